import { createHash } from 'node:crypto';
import type { AudioSink, StreamDecoder } from './audio-sink.ts';
import { decodeWithFfmpeg } from './ffmpeg.ts';
import { filePieces } from './file-pieces.ts';
import { flacDecoder } from './flac.ts';
import { MediaError } from './media-error.ts';
import { mp3Decoder } from './mp3.ts';
import { opusDecoder } from './opus.ts';
import { sniffFile } from './sniff-file.ts';
import { wavDecoder } from './wav.ts';

export type { AudioSink } from './audio-sink.ts';
export { MediaError, type MediaSubject } from './media-error.ts';

export interface DecodeOptions {
  /** Stops the decoding; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Refuses longer audio (seconds). */
  readonly maximumSeconds?: number;
  /** The program for formats without a decoder here ("ffmpeg" from the PATH by default), or false for none. */
  readonly ffmpeg?: string | false;
  /** Called with the share of the file that was read, 0..1; again and again with 0 where it is not known (ffmpeg). */
  readonly progress?: (share: number) => void;
  /** Told the process of ffmpeg when it begins, and undefined when it has ended: it outlives a thread that is ended. */
  readonly onChild?: (pid: number | undefined) => void;
}

export interface DecodedMedia {
  /** For people: "MPEG audio", "WAV" … */
  readonly format: string;
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly hash: string;
  readonly bytes: number;
  /** Hz, as in the file. */
  readonly sampleRate: number;
  /** Samples a channel. */
  readonly samples: number;
  readonly durationNs: number;
  /** 0..1: the share of frames that were damaged. */
  readonly brokenShare: number;
}

/**
 * Decodes an audio file to mono, at its own sample rate, judging it by its content, and hashes it in the
 * same pass. Memory does not depend on the length. Throws MediaError for anything that is not audio of a
 * supported format.
 */
export async function decodeFile(path: string, sink: AudioSink, options: DecodeOptions = {}): Promise<DecodedMedia> {
  const { format, description, bytes, start, head } = sniffFile(path);

  const counter = new SampleCounter(sink, options.maximumSeconds);
  const hash = createHash('sha256');
  let brokenShare = 0;
  const decoder = await decoderFor(format, counter.sink, head, bytes - start);
  if (decoder) {
    brokenShare = await decodeStream(path, decoder, hash, { bytes, start }, options);
  } else {
    for await (const piece of filePieces(path, { signal: options.signal })) hash.update(piece);
    await decodeWithFfmpeg(path, description, counter.sink, options);
  }
  if (counter.samples === 0) throw new MediaError(`this file (${description}) contains no audio`);
  return {
    format: format === 'unknown' ? 'MPEG audio' : description,
    hash: hash.digest('hex'),
    bytes,
    sampleRate: counter.sampleRate,
    samples: counter.samples,
    durationNs: Math.round((counter.samples / counter.sampleRate) * 1e9),
    brokenShare,
  };
}

/** Data of no known format may be MP3 that begins with junk. */
async function decoderFor(
  format: string,
  sink: AudioSink,
  head: Uint8Array,
  bytes: number,
): Promise<StreamDecoder | undefined> {
  if (format === 'wav') return wavDecoder(sink);
  if (format === 'mp3' || format === 'unknown') return mp3Decoder(sink, bytes);
  if (format === 'opus') return opusDecoder(sink, head);
  if (format === 'flac') return flacDecoder(sink, head);
  return undefined;
}

async function decodeStream(
  path: string,
  decoder: StreamDecoder,
  hash: ReturnType<typeof createHash>,
  { bytes, start }: { readonly bytes: number; readonly start: number },
  { signal, progress }: DecodeOptions,
): Promise<number> {
  let read = 0;
  try {
    for await (const piece of filePieces(path, { signal })) {
      hash.update(piece);
      decoder.push(piece.subarray(Math.max(0, Math.min(piece.length, start - read))));
      read += piece.length;
      progress?.(read / bytes);
    }
    decoder.end();
    return decoder.brokenShare();
  } finally {
    decoder.close();
  }
}

class SampleCounter {
  samples = 0;
  sampleRate = 0;
  readonly sink: AudioSink;

  constructor(next: AudioSink, maximumSeconds = Number.POSITIVE_INFINITY) {
    this.sink = (samples, sampleRate) => {
      this.samples += samples.length;
      this.sampleRate = sampleRate;
      if (this.samples > maximumSeconds * sampleRate) {
        throw new MediaError(`it is longer than ${maximumSeconds} seconds, the limit`);
      }
      next(samples, sampleRate);
    };
  }
}
