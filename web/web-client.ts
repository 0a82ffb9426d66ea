import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import type { RefusedRange } from './address-ranges.ts';
import { basicAuthorization, hasCredentials, withoutCredentials } from './credentials.ts';
import { FetchError } from './fetch-error.ts';
import { guardedConnect, type Resolve } from './guarded-connect.ts';
import { redirectTarget } from './redirect.ts';
import { shownAddress } from './shown-address.ts';

export interface WebClientOptions {
  readonly refusedRange: RefusedRange;
  /** The host, with its port as in URL.host, that the user named himself: there only what is never asked is refused. */
  readonly namedHost?: string;
  /** What a refusal of a private address says behind the range: why, or what may be done. */
  readonly remedy: string;
  /** How names are resolved; node:dns by default. */
  readonly resolve?: Resolve;
  readonly userAgent: string;
  readonly maximumRedirects: number;
  /** The connection may be silent for so long; without end where absent. */
  readonly idleMs?: number;
  /** What is asked instead of the web, in tests: nothing guards it. */
  readonly dispatcher?: Dispatcher;
}

export interface WebRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Whose credentials are sent to its origin, and nowhere else; by default those of the address that is asked. */
  readonly credentialsOf?: URL;
}

/** By their names in small letters; each byte of a value is one character. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>;

export interface WebAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: AnswerHeaders;
  /** Unread. */
  readonly body: Readable;
  /** Where it came from after redirects, without credentials. */
  readonly url: URL;
  /** Where it has moved to for good: as far as redirects 301 and 308 led, one after the other from the first. */
  readonly movedTo?: URL;
}

const SOCKETS_A_HOST = 6;
const CONNECT_MS = 10_000;
const FOR_GOOD: ReadonlySet<number> = new Set([301, 308]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** GET over http and https, with redirects, from addresses that may be asked. */
export class WebClient {
  readonly #options: WebClientOptions;
  readonly #dispatcher: Dispatcher;
  /** Nobody else ends it. */
  readonly #own: Agent | undefined;

  constructor(options: WebClientOptions) {
    const { idleMs = 0, dispatcher } = options;
    this.#options = options;
    this.#own = dispatcher
      ? undefined
      : new Agent({
          connect: guardedConnect({ ...options, connectMs: idleMs || CONNECT_MS }),
          connections: SOCKETS_A_HOST,
          headersTimeout: idleMs,
          bodyTimeout: idleMs,
        });
    this.#dispatcher = dispatcher ?? (this.#own as Agent);
  }

  /**
   * The answer to a GET after following redirects. Its body must be read to its end, or dropped.
   * @throws FetchError for addresses that may not be asked and too many redirects; errors of the network as they are.
   */
  async get(url: URL, request: WebRequest): Promise<WebAnswer> {
    const { maximumRedirects } = this.#options;
    const { credentialsOf = url } = request;
    let at = url;
    let movedTo: URL | undefined;
    let forGood = true;
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#ask(at, { ...request, credentialsOf });
      const { location } = answer.headers;
      if (!REDIRECTS.has(answer.status) || location === undefined) {
        return movedTo === undefined ? answer : { ...answer, movedTo };
      }
      drop(answer);
      if (redirects === maximumRedirects) {
        const last = `the last time to ${shownAddress(location)}`;
        throw new FetchError('answer', `it redirects more than ${maximumRedirects} times, ${last}`);
      }
      at = redirected(location, at);
      forGood &&= FOR_GOOD.has(answer.status);
      if (forGood) movedTo = at;
    }
  }

  /** Ends what is under way, and the connections that are kept for later. */
  close(): void {
    void this.#own?.destroy();
  }

  async #ask(at: URL, { headers, signal, credentialsOf = at }: WebRequest): Promise<WebAnswer> {
    const owner = [credentialsOf, at].find((owner) => hasCredentials(owner) && owner.origin === at.origin);
    const url = withoutCredentials(at);
    const { statusCode, statusText, ...answer } = await this.#dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: {
        ...headers,
        'user-agent': this.#options.userAgent,
        ...(owner && { authorization: basicAuthorization(owner) }),
      },
      signal,
    });
    return { status: statusCode, statusText, headers: once(answer.headers), body: answer.body, url };
  }
}

/** A body that was read to its end leaves the connection to others; any other one takes it along. */
export function drop({ body }: WebAnswer): void {
  if (body.readableEnded) return;
  // That it was not read to its end is no error here.
  body.on('error', () => undefined).destroy();
}

/** Encodings add up; of anything else that a server says twice, the first counts. */
function once(headers: Readonly<Record<string, string | readonly string[] | undefined>>): AnswerHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (typeof value === 'string' || value === undefined) return [name, value];
      return [name, name === 'content-encoding' ? value.join(', ') : value[0]];
    }),
  );
}

function redirected(location: string, from: URL): URL {
  const url = redirectTarget(location, from);
  if (url) return url;
  throw new FetchError('refused', `it redirects to ${shownAddress(location)}, which is no http or https address`);
}
