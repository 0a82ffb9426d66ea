import { pipeline, type Readable } from 'node:stream';
import zlib from 'node:zlib';
import { FetchError } from './fetch-error.ts';
import type { WebAnswer } from './web-client.ts';

/** What is asked for: servers that know none of these send a document as it is. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** What a server may put around each other. */
const MOST_ENCODINGS = 3;

// As browsers do: a document that lacks the end of its compressed form is read as far as it goes.
const LENIENT = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
const LENIENT_BROTLI = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
};

const DECODERS: Readonly<Record<string, () => zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress>> = {
  gzip: () => zlib.createGunzip(LENIENT),
  'x-gzip': () => zlib.createGunzip(LENIENT),
  deflate: () => zlib.createInflate(LENIENT),
  br: () => zlib.createBrotliDecompress(LENIENT_BROTLI),
};

/** The body of an answer, decompressed (RFC 9110 §8.4). @throws FetchError for an encoding that nobody asked for. */
export function decodedBody({ body, headers }: WebAnswer): Readable {
  const encodings = (headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => !['', 'identity'].includes(encoding));
  if (encodings.length > MOST_ENCODINGS) {
    throw new FetchError('answer', `the server compresses it ${encodings.length} times`);
  }
  // The last one was put around the others.
  return encodings.reduceRight((stream: Readable, encoding) => {
    const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
    if (!decoder) throw new FetchError('answer', `the server compresses it (${encoding.slice(0, 40)}), unasked`);
    // What goes wrong on one side ends the other, and is thrown where the result is read.
    return pipeline(stream, decoder(), () => undefined);
  }, body);
}
