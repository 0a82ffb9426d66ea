import { redirectTarget } from '../web/redirect.ts';
import { reasonOf, SourceUnusable, type Validators } from './curated.ts';
import type { CurationLimits } from './curation-limits.ts';

/** What of `fetch` is needed; tests and other runtimes give their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Says whether an address that a document (not the user) named may be asked. @throws Error with the reason if not. */
export type CheckAddress = (url: URL) => Promise<void> | void;

export interface DownloadOptions {
  readonly fetch: Fetch;
  readonly checkAddress: CheckAddress;
  readonly limits: CurationLimits;
  /** What the user named: its host needs no check, and the credentials in it go to its origin and nowhere else. */
  readonly userAddress: URL;
  readonly validators?: Validators;
  /** Ends the download from outside: the time for all pages, Ctrl-C. */
  readonly signal?: AbortSignal;
}

export type Downloaded =
  | { readonly unchanged: true }
  | {
      readonly unchanged: false;
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** Where it came from after redirects, without credentials: what relative links refer to. */
      readonly url: URL;
      readonly contentType: string;
      readonly validators: Validators;
    };

const ACCEPTED = 'application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5';

/**
 * One document over http or https, bounded in size, time and redirects; every address that was not named by the user
 * is checked before it is asked. Of credentials only those of the user's address are sent.
 *
 * @throws SourceUnusable that names the address and what was wrong with the answer.
 */
export async function download(address: URL, options: DownloadOptions): Promise<Downloaded> {
  const { limits, signal } = options;
  const timeout = AbortSignal.timeout(limits.documentTimeMs);
  const ended = signal ? AbortSignal.any([signal, timeout]) : timeout;
  let url = withoutCredentials(address);
  try {
    for (let redirects = 0; ; redirects += 1) {
      const response = await answerOf(url, options, ended);
      const location = isRedirect(response.status) ? response.headers.get('location') : null;
      if (location === null) return await contentOf(response, url, options);
      await response.body?.cancel();
      if (redirects === limits.maxRedirects) {
        throw new SourceUnusable(`more than ${limits.maxRedirects} redirects, the last one to ${shownUrl(location)}`);
      }
      url = redirected(location, url);
    }
  } catch (error) {
    const late = timeout.aborted && !signal?.aborted;
    const reason = late ? `no complete answer within ${limits.documentTimeMs / 1_000} s` : reasonOf(error);
    throw new SourceUnusable(`${shownUrl(address.href)} cannot be read: ${reason}`, { cause: error });
  }
}

async function answerOf(url: URL, options: DownloadOptions, signal: AbortSignal): Promise<Response> {
  const { userAddress } = options;
  if (url.host !== userAddress.host) await options.checkAddress(url);
  const { etag, lastModified } = options.validators ?? {};
  const headers = new Headers({ accept: ACCEPTED, 'user-agent': 'archivist-curator' });
  if (etag !== undefined) headers.set('if-none-match', etag);
  if (lastModified !== undefined) headers.set('if-modified-since', lastModified);
  // fetch refuses addresses with credentials in them, but private feeds have them there.
  if (hasCredentials(userAddress) && url.origin === userAddress.origin) {
    headers.set('authorization', basicAuthorization(userAddress));
  }
  return options.fetch(url.href, { headers, redirect: 'manual', signal });
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

function basicAuthorization({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${percentDecoded(username)}:${percentDecoded(password)}`).toString('base64')}`;
}

/** A password may have a % that encodes nothing. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function contentOf(response: Response, url: URL, options: DownloadOptions): Promise<Downloaded> {
  const { validators: asked } = options;
  if (response.status === 304 && (asked?.etag ?? asked?.lastModified) !== undefined) return { unchanged: true };
  if (response.status !== 200) {
    await response.body?.cancel();
    const answered = `the server answered ${response.status} ${response.statusText}`.trimEnd();
    throw new SourceUnusable(`${answered}${response.status === 401 ? whyWithout(url, options.userAddress) : ''}`);
  }
  const etag = response.headers.get('etag');
  const lastModified = response.headers.get('last-modified');
  return {
    unchanged: false,
    bytes: await boundedBody(response, options.limits.maxDocumentBytes),
    url,
    contentType: response.headers.get('content-type') ?? '',
    validators: { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) },
  };
}

function whyWithout(url: URL, userAddress: URL): string {
  const kept = hasCredentials(userAddress) && url.origin !== userAddress.origin;
  return kept ? `; the credentials for ${userAddress.origin} were not sent to ${url.origin}` : '';
}

/** Decompressed bytes are counted, since that is what memory has to hold. */
async function boundedBody(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the body, and with it the connection.
    if (bytes > maxBytes) throw new SourceUnusable(`it has more than ${maxBytes} bytes, the most that are read`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function redirected(location: string, from: URL): URL {
  const url = redirectTarget(location, from);
  if (url) return withoutCredentials(url);
  throw new SourceUnusable(`it redirects to ${shownUrl(location)}, which is not an http or https address`);
}

export function isWeb(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}

export function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = bare.password = '';
  return bare;
}

/** An address as it may be shown: without credentials, and not endless. */
export function shownUrl(address: string): string {
  const shown = address.replace(/^([a-z]+:\/\/)[^/?#@]*@/i, '$1…@');
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}
