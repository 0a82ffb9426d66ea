import { gunzipSync } from 'node:zlib';
import { SourceUnusable } from './curated.ts';

/** So much of a document is looked at for the name of its encoding. */
const DECLARATION_BYTES = 200;

/**
 * The text of a document: gzip undone, decoded by its byte order mark. Without one, what the content type and the XML
 * declaration say is tried strictly, then UTF-8, since many documents say the wrong thing; what is none of these is
 * windows-1252, in which everything is some text.
 *
 * @param maxBytes of the decompressed document: a bomb ends there.
 * @throws SourceUnusable when it is too big or broken.
 */
export function documentText(bytes: Uint8Array<ArrayBuffer>, contentType: string, maxBytes: number): string {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipped(bytes, maxBytes) : bytes;
  const mark = byteOrderMark(plain);
  if (mark !== undefined) return new TextDecoder(mark).decode(plain);
  const labels = [charsetOf(contentType), declaredEncoding(plain), wideEncoding(plain), 'utf-8'];
  for (const label of new Set(labels)) {
    const text = label === undefined ? undefined : strictly(label, plain);
    if (text !== undefined) return text;
  }
  return new TextDecoder('windows-1252').decode(plain);
}

/** @returns undefined for what is not in this encoding, or when the encoding is not known. */
function strictly(label: string, bytes: Uint8Array): string | undefined {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    // As UTF-16 nearly everything is some text.
    if (decoder.encoding.startsWith('utf-16') && wideEncoding(bytes) !== decoder.encoding) return undefined;
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The encoding of a document that begins with "<" in two bytes. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  return bytes[0] === 0 && bytes[1] === 0x3c ? 'utf-16be' : undefined;
}

function gunzipped(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
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
  const start = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString('latin1');
  return /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/i.exec(start)?.[1];
}
