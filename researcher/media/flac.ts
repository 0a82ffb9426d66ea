import type * as LibFlac from 'libflacjs/dist/libflac.js';
import { type AudioSink, giveSilence, LONGEST_GAP_SECONDS, mixDown, type StreamDecoder } from './audio-sink.ts';
import { ascii, joined } from './bytes.ts';
import { MediaError } from './media-error.ts';
import { quietly } from './quietly.ts';

/** States and errors of libFLAC (FLAC/stream_decoder.h). */
const [END_OF_STREAM, CRC_MISMATCH] = [4, 2];

/** "fLaC", the header of a metadata block, STREAMINFO (RFC 9639 §8.2). */
const HEADER_BYTES = 42;
/** libFLAC reads ahead of the frame that it decodes, a buffer at a time. */
const READ_AHEAD = 16_384;

interface StreamInfo {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** A frame without compression, and what is read ahead of it. */
  readonly enough: number;
}

/**
 * A decoder of FLAC (RFC 9639) by libFLAC, compiled to JavaScript. `head` is the beginning of the file, where "fLaC"
 * stands. Metadata after STREAMINFO is skipped here, unread. Memory: a frame and a piece.
 *
 * @returns undefined for samples of 4–7, 9–15, 17–23 and 25–32 bits, which libflacjs 5.6.0 hands over damaged.
 */
export async function flacDecoder(sink: AudioSink, head: Uint8Array): Promise<StreamDecoder | undefined> {
  const header = head.slice(0, HEADER_BYTES);
  const info = readStreamInfo(header);
  if (![8, 16, 24].includes(info.bitsPerSample)) return undefined;
  const library = await loaded();
  return new FlacDecoder(library, info, header, sink);
}

/** A megabyte, for those who have such files. */
async function loaded(): Promise<typeof LibFlac> {
  const { default: library } = (await import('libflacjs/dist/libflac.js')) as unknown as { default: typeof LibFlac };
  if (!library.isReady()) await new Promise((resolve) => library.on('ready', resolve));
  return library;
}

/** Reads STREAMINFO: 16 + 16 + 24 + 24 bits of sizes, 20 of the rate, 3 of channels − 1, 5 of bits − 1 … */
function readStreamInfo(header: Uint8Array): StreamInfo {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const known = header.length === HEADER_BYTES && ascii(header, 0, 4) === 'fLaC';
  if (!known || (header[4]! & 127) !== 0 || (view.getUint32(4) & 0xffffff) !== 34) {
    throw new MediaError('the beginning of this FLAC file is damaged');
  }
  const longestBlock = view.getUint16(10);
  const packed = view.getUint32(18);
  const [sampleRate, channels, bitsPerSample] = [packed >>> 12, ((packed >>> 9) & 7) + 1, ((packed >>> 4) & 31) + 1];
  if (sampleRate < 1_000 || longestBlock < 16) {
    throw new MediaError(`this FLAC file has ${sampleRate} Hz and blocks of ${longestBlock}: its beginning is damaged`);
  }
  const enough = Math.ceil((longestBlock * channels * (bitsPerSample + 1)) / 8) + READ_AHEAD;
  return { sampleRate, channels, bitsPerSample, enough };
}

class FlacDecoder implements StreamDecoder {
  readonly #library: typeof LibFlac;
  readonly #decoder: number;
  readonly #info: StreamInfo;
  readonly #header: Uint8Array;
  readonly #sink: AudioSink;
  /** Bytes to drop; the rest is metadata until its last block, then frames. */
  #skip = HEADER_BYTES;
  #lastBlock: boolean;
  #inFrames = false;
  /** What the decoder is given next. */
  #held: Uint8Array = new Uint8Array(0);
  /** Audio to pass on once libFLAC has returned: what a sink throws must not unwind its stack. */
  #decoded: { readonly gap: number; readonly samples: Float32Array }[] = [];
  #crcFailed = false;
  #failed = false;
  /** Samples until here, as the numbers of the frames count. */
  #position: number | undefined;
  /** Files that were joined count anew, and perhaps in blocks of another length: then numbers say nothing. */
  #counted = true;
  #samples = 0;
  #silent = 0;

  constructor(library: typeof LibFlac, info: StreamInfo, header: Uint8Array, sink: AudioSink) {
    this.#library = library;
    this.#info = info;
    this.#sink = sink;
    this.#lastBlock = header[4]! >= 128;
    // For libFLAC no other metadata follows, and the length is unknown: it would stop at one that is too short.
    this.#header = header.slice();
    this.#header[4] = 128;
    this.#header[21]! &= 0xf0;
    this.#header.fill(0, 22, 26);
    this.#decoder = library.create_libflac_decoder(false);
    const status = library.init_decoder_stream(
      this.#decoder,
      (size) => this.#read(size),
      (channels, frame) => this.#take(channels, frame),
      (code) => {
        this.#failed = true;
        this.#crcFailed ||= code === CRC_MISMATCH;
      },
      () => undefined,
    );
    if (status !== 0) throw new MediaError('there is no memory for a decoder of this FLAC file');
  }

  push(bytes: Uint8Array): void {
    this.#held = joined(this.#held, bytes);
    if (!this.#inFrames) this.#skipMetadata();
    if (this.#inFrames) {
      while (this.#held.length >= this.#info.enough) {
        // Read to its end, without a frame: junk, after which there may be more.
        if (!this.#decodeFrame()) this.#begin();
      }
    }
    this.#held = this.#held.slice();
  }

  end(): void {
    if (this.#inFrames) while (this.#decodeFrame());
  }

  close(): void {
    this.#library.FLAC__stream_decoder_delete(this.#decoder);
  }

  brokenShare(): number {
    return this.#silent / Math.max(1, this.#samples);
  }

  #skipMetadata(): void {
    for (;;) {
      const skipped = Math.min(this.#skip, this.#held.length);
      this.#skip -= skipped;
      this.#held = this.#held.subarray(skipped);
      if (this.#skip > 0) return;
      if (this.#lastBlock) break;
      if (this.#held.length < 4) return;
      this.#lastBlock = this.#held[0]! >= 128;
      this.#skip = 4 + ((this.#held[1]! << 16) | (this.#held[2]! << 8) | this.#held[3]!);
    }
    this.#inFrames = true;
    this.#begin();
  }

  #begin(): void {
    this.#library.FLAC__stream_decoder_reset(this.#decoder);
    this.#held = joined(this.#header, this.#held);
  }

  /** @returns false at the end of what is held. */
  #decodeFrame(): boolean {
    quietly(() => this.#library.FLAC__stream_decoder_process_single(this.#decoder));
    const state = this.#library.FLAC__stream_decoder_get_state(this.#decoder);
    if (state > END_OF_STREAM) throw new MediaError('this FLAC file cannot be decoded');
    for (const { gap, samples } of this.#decoded.splice(0)) {
      giveSilence(gap, (silence) => this.#give(silence));
      this.#silent += gap;
      this.#give(samples);
    }
    return state !== END_OF_STREAM;
  }

  #give(samples: Float32Array): void {
    this.#samples += samples.length;
    this.#sink(samples, this.#info.sampleRate);
  }

  #read(size: number): LibFlac.ReadResult {
    const buffer = this.#held.slice(0, size);
    this.#held = this.#held.subarray(buffer.length);
    return { buffer, readDataLength: buffer.length, error: false };
  }

  /** A frame; one that fails its check, or is of another kind than the stream, counts as lost. */
  #take(channels: readonly Uint8Array<ArrayBuffer>[], frame: LibFlac.BlockMetadata): void {
    const { sampleRate, bitsPerSample } = this.#info;
    const alike =
      frame.sampleRate === sampleRate &&
      frame.bitsPerSample === bitsPerSample &&
      frame.channels === this.#info.channels;
    const lost = this.#crcFailed || !alike;
    this.#crcFailed = false;
    if (lost) return;
    const { blocksize: length, number } = frame;
    const planes = channels.map((bytes) => floats(bytes, length, bitsPerSample));
    // A file that was cut out of another may begin with any number.
    this.#position ??= this.#failed ? 0 : number;
    const gap = number - this.#position;
    this.#counted &&= gap >= 0;
    this.#position = number + length;
    this.#decoded.push({
      gap: this.#counted && gap <= LONGEST_GAP_SECONDS * sampleRate ? gap : 0,
      samples: mixDown(planes, length, new Float32Array(length)),
    });
  }
}

/** Little-endian integers, of two bytes for samples of 8 and 16 bits and of four for 24, as −1..1. */
function floats({ buffer }: Uint8Array<ArrayBuffer>, length: number, bitsPerSample: number): Float32Array {
  const integers = bitsPerSample === 24 ? new Int32Array(buffer, 0, length) : new Int16Array(buffer, 0, length);
  const scale = 2 ** (1 - bitsPerSample);
  const plane = new Float32Array(length);
  for (let i = 0; i < length; i++) plane[i] = integers[i]! * scale;
  return plane;
}
