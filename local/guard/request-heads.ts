import { type AskedFor, refusalOf } from './foreign-request.ts';

/** Of a request: longer ones no AWS client sends. */
const LONGEST_HEAD = 16 * 1024;

/** What may stand once only, or two readers of it could understand it differently. */
const ONCE: ReadonlySet<string> = new Set([
  ...['content-length', 'content-type', 'host', 'origin', 'sec-fetch-site', 'x-amz-target'],
]);

const END = Buffer.from('\r\n\r\n');

/** Bytes that may be passed on; or why they may not. */
export type Passed = { readonly bytes: Buffer } | { readonly refused: string };

/**
 * Follows the bytes of one connection from head to head, and lets whole requests through as they are: to take each apart and
 * put it together again would cost as much as a small database. It is stricter than HTTP: what AWS clients never send, and
 * what two readers could understand differently (lengths in parts, folded lines, a header twice), is refused.
 */
export class RequestHeads {
  readonly #why: (request: AskedFor) => string | undefined;
  #begun: Buffer = Buffer.alloc(0);
  /** Bytes of the body that are still to come. */
  #rest = 0;

  /** @param why a request is refused; undefined for one that is not. */
  constructor(why: (request: AskedFor) => string | undefined) {
    this.#why = why;
  }

  /** What of all that came so far, and was not yet passed on, may be passed on now. */
  take(part: Buffer): Passed {
    const bytes = this.#begun.length > 0 ? Buffer.concat([this.#begun, part]) : part;
    let at = Math.min(this.#rest, bytes.length);
    this.#rest -= at;
    while (at < bytes.length) {
      const end = bytes.indexOf(END, at);
      if (end < 0 || end - at > LONGEST_HEAD) {
        if (bytes.length - at > LONGEST_HEAD) return { refused: `its head has more than ${LONGEST_HEAD} bytes` };
        break;
      }
      const read = headIn(bytes.toString('latin1', at, end));
      const refused = 'refused' in read ? read.refused : this.#why(read.request);
      if (refused !== undefined) return { refused };
      const body = end + END.length;
      const length = 'refused' in read ? 0 : read.length;
      at = Math.min(body + length, bytes.length);
      this.#rest = body + length - at;
    }
    this.#begun = bytes.subarray(at);
    return { bytes: bytes.subarray(0, at) };
  }
}

type Head = { readonly request: AskedFor; readonly length: number } | { readonly refused: string };

function headIn(head: string): Head {
  const [first = '', ...lines] = head.split('\r\n');
  const [, method, url] = /^([A-Z]{1,20}) (\S{1,8000}) HTTP\/1\.1$/.exec(first) ?? [];
  if (method === undefined) return { refused: 'it does not begin as a request of HTTP/1.1 does' };
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]{1,200}):([^\r\n\0]*)$/.exec(line) ?? [];
    if (name === '') return { refused: 'a line of its head is no header' };
    const lower = name.toLowerCase();
    if (ONCE.has(lower) && headers[lower] !== undefined) return { refused: `it has ${lower} twice` };
    headers[lower] = value.trim();
  }
  if (headers['transfer-encoding'] !== undefined) return { refused: 'its length is not told beforehand' };
  if (headers.upgrade !== undefined) return { refused: 'it asks for another protocol' };
  const length = headers['content-length'] ?? '0';
  if (!/^\d{1,9}$/.test(length)) return { refused: 'its Content-Length is no number' };
  return { request: { method, url, headers }, length: Number(length) };
}

/** The answer as it goes over the wire; the connection ends with it. */
export function refusalBytes(reason: string): string {
  const { status, headers, body } = refusalOf(reason);
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Forbidden\r\n${lines.join('')}\r\n${body}`;
}
