import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { FetchError, shownUri } from './fetch-error.ts';
import { assertAllowedHost, guardedLookup, type RefusedRange, type Resolve } from './guarded-lookup.ts';
import { redirectTarget } from './redirect.ts';

export interface WebClientOptions {
  readonly refusedRange: RefusedRange;
  /** How names are resolved; node:dns by default. */
  readonly resolve?: Resolve;
  readonly maximumRedirects: number;
  /** The connection may be silent for so long. */
  readonly idleMs: number;
}

const SOCKETS_A_HOST = 6;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The connection was silent for too long; worth another try. */
export class Silence extends Error {
  override readonly name = 'Silence';
}

/** GET over http and https, with redirects, from addresses that may be asked. */
export class WebClient {
  readonly #options: WebClientOptions;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor(options: WebClientOptions) {
    this.#options = options;
    const shared = {
      keepAlive: true,
      maxSockets: SOCKETS_A_HOST,
      lookup: guardedLookup(options.refusedRange, options.resolve),
    };
    this.#http = new HttpAgent(shared);
    this.#https = new HttpsAgent(shared);
  }

  /**
   * The answer to a GET, its body unread, after following redirects.
   * @throws FetchError for addresses that may not be asked and too many redirects; errors of the network as they are.
   */
  async get(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    let at = url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#ask(at, headers, signal);
      const { location } = response.headers;
      if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
      response.destroy();
      if (redirects === this.#options.maximumRedirects) {
        throw new FetchError('answer', `it redirects more than ${this.#options.maximumRedirects} times`);
      }
      at = redirected(location, at);
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #ask(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    assertAllowedHost(url, this.#options.refusedRange);
    const secure = url.protocol === 'https:';
    const { idleMs } = this.#options;
    return new Promise((resolve, reject) => {
      const options = { agent: secure ? this.#https : this.#http, headers, signal };
      const request = secure ? requestHttps(url, options) : requestHttp(url, options);
      let response: IncomingMessage | undefined;
      const silence = () => (response ?? request).destroy(new Silence(`no data came for ${idleMs / 1_000} s`));
      request.on('response', (answer) => {
        response = answer;
        resolve(answer);
      });
      request.setTimeout(idleMs, silence).on('error', reject).end();
    });
  }
}

function redirected(location: string, from: URL): URL {
  const url = redirectTarget(location, from);
  if (url) return url;
  throw new FetchError('refused', `it redirects to ${shownUri(location)}, which is no http or https address`);
}
