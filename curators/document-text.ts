import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { SourceUnusable } from './curated.ts';

/** So much of a document is looked at for the name of its encoding. */
const DECLARATION_BYTES = 200;

/** Decoded at once: as text a document would take up to four times its size, and of pieces that live short nothing stays. */
const PIECE_BYTES = 8 * 1024;

/** A document, of which only the bytes are held. */
export interface DocumentText {
  /** Bytes, unpacked. */
  readonly size: number;
  /** Its text from the beginning, at each call. */
  pieces(): Generator<string>;
  /** The same for the last time: what has been read is let go. */
  lastPieces(): Generator<string>;
}

/**
 * The text of a document: gzip undone, decoded by its byte order mark. Without one, what the content type and the XML
 * declaration say is tried strictly, then UTF-8, since many documents say the wrong thing; what is none of these is
 * windows-1252, in which everything is some text.
 *
 * @param bytes as they came, in blocks of their own.
 * @param maxBytes of the decompressed document: a bomb ends there.
 * @throws SourceUnusable when it is too big or broken.
 */
export function documentText(
  bytes: readonly Uint8Array<ArrayBuffer>[],
  contentType: string,
  maxBytes: number,
): DocumentText {
  const isGzip = beginningOf(bytes)[0] === 0x1f && beginningOf(bytes)[1] === 0x8b;
  const plain = isGzip ? [gunzipped(Buffer.concat(bytes), maxBytes)] : [...bytes];
  const beginning = beginningOf(plain);
  const encoding = byteOrderMark(beginning) ?? encodingOf(plain, beginning, contentType);
  return {
    size: plain.reduce((sum, { length }) => sum + length, 0),
    pieces: () => decoded(plain, new TextDecoder(encoding)),
    lastPieces: () => decoded(taken(plain), new TextDecoder(encoding)),
  };
}

/** Enough to tell what a document is. */
function beginningOf(bytes: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let [at, size] = [0, 0]; at < bytes.length && size < DECLARATION_BYTES; at++) {
    const part = bytes[at]!.subarray(0, DECLARATION_BYTES);
    parts.push(part);
    size += part.length;
  }
  return Buffer.concat(parts);
}

/** Each once, and given back to the system when the next is asked for: it would stay until all of the heap is looked through. */
function* taken(bytes: Uint8Array<ArrayBuffer>[]): Generator<Uint8Array> {
  bytes.reverse();
  for (let next = bytes.pop(); next !== undefined; next = bytes.pop()) {
    yield next;
    next.buffer.transfer(0);
  }
}

function* decoded(bytes: Iterable<Uint8Array>, decoder: InstanceType<typeof TextDecoder>): Generator<string> {
  for (const part of bytes) {
    for (let at = 0; at < part.length; at += PIECE_BYTES) {
      yield decoder.decode(part.subarray(at, at + PIECE_BYTES), { stream: true });
    }
  }
  yield decoder.decode();
}

function encodingOf(bytes: readonly Uint8Array[], beginning: Uint8Array, contentType: string): string {
  const labels = [charsetOf(contentType), declaredEncoding(beginning), wideEncoding(beginning), 'utf-8'];
  const fits = (label: string | undefined) => label !== undefined && isIn(label, bytes, wideEncoding(beginning));
  return [...new Set(labels)].find(fits) ?? 'windows-1252';
}

/** @returns false for what is not in this encoding, or when the encoding is not known. */
function isIn(label: string, bytes: readonly Uint8Array[], wide: string | undefined): boolean {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    // As UTF-16 nearly everything is some text.
    if (decoder.encoding.startsWith('utf-16') && wide !== decoder.encoding) return false;
    if (decoder.encoding === 'utf-8') return areUtf8(bytes);
    for (const _ of decoded(bytes, decoder));
    return true;
  } catch {
    return false;
  }
}

/** Whether all parts together are, without making a text of them: a character may begin in one and end in the next. */
function areUtf8(bytes: readonly Uint8Array[]): boolean {
  let begun: Uint8Array = new Uint8Array();
  for (const part of bytes) {
    const rest = part.findIndex((byte) => (byte & 0xc0) !== 0x80);
    const [from, until] = rest < 0 ? [part.length, part.length] : [rest, lastBeginning(part)];
    if (!isUtf8(Buffer.concat([begun, part.subarray(0, from)])) || !isUtf8(part.subarray(from, until))) return false;
    begun = part.subarray(until);
  }
  return isUtf8(begun);
}

/** Where the last character begins that may not have ended; a character has at most four bytes. */
function lastBeginning(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 4); at--) {
    if ((bytes[at]! & 0xc0) !== 0x80) return at;
  }
  return bytes.length;
}

/** The encoding of a document that begins with "<" in two bytes. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  return bytes[0] === 0 && bytes[1] === 0x3c ? 'utf-16be' : undefined;
}

function gunzipped(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: maxBytes }));
  } catch (cause) {
    const tooBig = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = tooBig ? `it unpacks to more than ${maxBytes} bytes, the most that are read` : 'its gzip is broken';
    throw new SourceUnusable(reason, { cause });
  }
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined;
}

function charsetOf(contentType: string): string | undefined {
  return /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1];
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes).toString('latin1', 0, DECLARATION_BYTES);
  return /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/i.exec(start)?.[1];
}
