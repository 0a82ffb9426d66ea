import { createHash, type Hash } from 'node:crypto';
import { adtsDecoder } from './adts.ts';
import type { AudioSink, StreamDecoder } from './audio-sink.ts';
import { decodeWithFfmpeg, FfmpegMissingError } from './ffmpeg.ts';
import { fileHash, filePieces } from './file-pieces.ts';
import { flacDecoder } from './flac.ts';
import { MediaError, TooLongError } from './media-error.ts';
import { majorStream, mp3Decoder } from './mp3.ts';
import { decodeMp4 } from './mp4.ts';
import { oggFlacDecoder } from './ogg-flac.ts';
import { opusDecoder } from './opus.ts';
import { type SniffedFile, sniffFile } from './sniff-file.ts';
import { type Unheard, UnheardLog } from './unheard.ts';
import { vorbisDecoder } from './vorbis.ts';
import { wavDecoder } from './wav.ts';

export type { AudioSink } from './audio-sink.ts';
export { MediaError, type MediaSubject } from './media-error.ts';
export type { Unheard, UnheardStretch, WhyUnheard } from './unheard.ts';

export interface DecodeOptions {
  /** Stops the decoding; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Refuses longer audio (seconds). */
  readonly maximumSeconds?: number;
  /** The program for what no decoder here knows ("ffmpeg" from the PATH by default), or false for none. */
  readonly ffmpeg?: string | false;
  /** Called with the share of the file that was read, 0..1; again and again with 0 where it is not known (ffmpeg). */
  readonly progress?: (share: number) => void;
  /** Told the process of ffmpeg when it begins, and undefined when it has ended: it outlives a thread that is ended. */
  readonly onChild?: (pid: number | undefined) => void;
  /**
   * Asked where a decoder gave up midway, or did not know all of it, for a sink that has had nothing yet: another
   * decoder begins anew. Without it such a file is a failure, or is heard as far as it is known.
   */
  readonly beginAnew?: () => AudioSink;
}

export interface DecodedMedia extends Unheard {
  /** For people: "MPEG audio", "WAV" … */
  readonly format: string;
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly hash: string;
  readonly bytes: number;
  /** Hz, as in the file; 48,000 where ffmpeg decoded it. */
  readonly sampleRate: number;
  /** Samples a channel. */
  readonly samples: number;
  readonly durationNs: number;
}

/**
 * Decodes an audio file to mono, at its own sample rate, judging it by its content, and hashes it in the same pass.
 * Time is that of a player that follows the file: what the file says is to be cut is cut, what it says begins late
 * begins late, and everything else that a decoder gives counts. Memory does not depend on the length. Throws MediaError
 * for anything that is not audio, or needs ffmpeg where there is none.
 */
export async function decodeFile(path: string, sink: AudioSink, options: DecodeOptions = {}): Promise<DecodedMedia> {
  const file = sniffFile(path);
  const first = new Listener(sink, options.maximumSeconds);
  let refusal: MediaError | undefined;
  let media: DecodedMedia | undefined;
  try {
    media = await decodeHere(path, file, first, options);
    if (media && !(first.log.unknown && options.beginAnew && options.ffmpeg !== false)) return media;
  } catch (error) {
    if (!(error instanceof MediaError) || error instanceof TooLongError) throw error;
    refusal = error;
  }
  if (first.samples > 0 && !options.beginAnew) {
    if (refusal) throw refusal;
    return media!;
  }
  const anew = (): Listener =>
    first.samples === 0 ? first : new Listener(options.beginAnew!(), options.maximumSeconds);
  try {
    return await decodeOutside(path, file, anew(), options, media?.hash);
  } catch (error) {
    if (!(error instanceof MediaError) || error instanceof TooLongError) throw error;
    // Heard in part is better than not at all; the file is there a second time for that.
    if (media) return (await decodeHere(path, file, anew(), options))!;
    throw refusal ? both(refusal, error) : error;
  }
}

/** What the own decoder said of a file decides; what ffmpeg said, or that it is missing, is added. */
function both(own: MediaError, outside: MediaError): MediaError {
  if (!(outside instanceof FfmpegMissingError)) return new MediaError(`${own.message}; ${outside.message}`);
  const missing = outside.message.replace(/^.*?, which needs ffmpeg, and /, '');
  return new MediaError(`${own.message}; ffmpeg may know it, and ${missing}`);
}

/** By the decoders of this program; undefined where there is none for such a file. */
async function decodeHere(
  path: string,
  file: SniffedFile,
  listener: Listener,
  options: DecodeOptions,
): Promise<DecodedMedia | undefined> {
  let digest: string;
  let lacking: number;
  if (file.format === 'mp4') {
    lacking = await decodeMp4(path, file.bytes, listener.sink, options);
    digest = await fileHash(path, options.signal);
  } else {
    const decoder = await decoderFor(path, file, listener.sink, options.signal);
    if (!decoder) return undefined;
    const hash = createHash('sha256');
    lacking = await decodeStream(path, decoder, hash, file, options);
    digest = hash.digest('hex');
  }
  listener.log.add(listener.samples, lacking, 'missing');
  return listener.media(file.format === 'unknown' ? 'MPEG audio' : file.description, file.bytes, digest);
}

async function decodeOutside(
  path: string,
  { description, bytes }: SniffedFile,
  listener: Listener,
  options: DecodeOptions,
  known: string | undefined,
): Promise<DecodedMedia> {
  await decodeWithFfmpeg(path, description, listener.sink, options);
  return listener.media(description, bytes, known ?? (await fileHash(path, options.signal)));
}

/** Data of no known format may be MP3 that begins with junk. */
async function decoderFor(
  path: string,
  { format, head, bytes, start }: SniffedFile,
  sink: AudioSink,
  signal: AbortSignal | undefined,
): Promise<StreamDecoder | undefined> {
  if (format === 'wav') return wavDecoder(sink);
  if (format === 'mp3' || format === 'unknown') {
    return mp3Decoder(sink, bytes - start, await majorStream(path, start, signal));
  }
  if (format === 'opus') return opusDecoder(sink, head);
  if (format === 'flac') return flacDecoder(sink, head);
  if (format === 'ogg-flac') return oggFlacDecoder(sink);
  if (format === 'vorbis') return vorbisDecoder(sink);
  if (format === 'adts') return adtsDecoder(sink);
  return undefined;
}

/** @returns samples that the file tells of behind its end */
async function decodeStream(
  path: string,
  decoder: StreamDecoder,
  hash: Hash,
  { bytes, start }: SniffedFile,
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
    return decoder.end();
  } finally {
    decoder.close();
  }
}

/** Counts what passes on its way to the sink. */
class Listener {
  samples = 0;
  sampleRate = 0;
  readonly log = new UnheardLog();
  readonly sink: AudioSink;

  constructor(next: AudioSink, maximumSeconds = Number.POSITIVE_INFINITY) {
    this.sink = (samples, sampleRate, why) => {
      if (why) this.log.add(this.samples, samples.length, why);
      this.samples += samples.length;
      this.sampleRate = sampleRate;
      if (this.samples > maximumSeconds * sampleRate) {
        throw new TooLongError(`it is longer than ${maximumSeconds} seconds, the limit`);
      }
      next(samples, sampleRate, why);
    };
  }

  media(format: string, bytes: number, hash: string): DecodedMedia {
    const { samples, sampleRate } = this;
    if (samples === 0) throw new MediaError(`this file (${format}) contains no audio`);
    const durationNs = Math.round((samples / sampleRate) * 1e9);
    return { format, hash, bytes, sampleRate, samples, durationNs, ...this.log.told(samples, sampleRate) };
  }
}
