import { gunzipSync } from 'node:zlib';
import { SourceUnusable } from './curated.ts';

/** So much of a document is looked at for the name of its encoding. */
const DECLARATION_BYTES = 200;

/**
 * The text of a document: gzip undone, decoded by its byte order mark, else by the charset of the content type, else
 * by its XML declaration, else as UTF-8.
 *
 * @param maxBytes of the decompressed document: a bomb ends there.
 * @throws SourceUnusable when it is too big, broken, or in an unknown encoding.
 */
export function documentText(bytes: Uint8Array<ArrayBuffer>, contentType: string, maxBytes: number): string {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipped(bytes, maxBytes) : bytes;
  const label = byteOrderMark(plain) ?? charsetOf(contentType) ?? declaredEncoding(plain) ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(plain);
  } catch (cause) {
    throw new SourceUnusable(`its encoding "${label.slice(0, 40)}" is not known`, { cause });
  }
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
