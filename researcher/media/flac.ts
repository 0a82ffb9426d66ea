import { type AudioSink, giveSilence, LONGEST_GAP_SECONDS, type StreamDecoder } from './audio-sink.ts';
import { ascii, joined } from './bytes.ts';
import { Codec, flacFrameBytes } from './codecs.ts';
import { type FlacFrameHeader, LONGEST_FLAC_HEADER, parseFlacHeader } from './flac-header.ts';
import { MediaError } from './media-error.ts';
import { RateChange } from './rate-change.ts';
import type { WhyUnheard } from './unheard.ts';

/** STREAMINFO (RFC 9639 §8.2), without the header of its block. */
export const STREAMINFO_BYTES = 34;
/** A block has at most so many samples. */
const LONGEST_BLOCK = 65_535;
/** Encoders store what does not shrink as it is; a frame that is longer than that by more than this is none. */
const FRAME_ROOM = 4_096;

interface StreamInfo {
  readonly sampleRate: number;
  readonly bitsPerSample: number;
  /** 0 where it is not told */
  readonly samples: number;
}

/** Reads STREAMINFO: 16 + 16 + 24 + 24 bits of sizes, 20 of the rate, 3 of channels − 1, 5 of bits − 1, 36 of samples. */
function readStreamInfo(block: Uint8Array): StreamInfo {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const packed = view.getUint32(10);
  const sampleRate = packed >>> 12;
  if (sampleRate < 1_000) {
    throw new MediaError(`this FLAC file has ${sampleRate} Hz: its beginning is damaged`);
  }
  const samples = (view.getUint8(13) & 15) * 2 ** 32 + view.getUint32(14);
  return { sampleRate, bitsPerSample: ((packed >>> 4) & 31) + 1, samples };
}

/**
 * Decodes FLAC frames (RFC 9639) that arrive one by one and whole. Each tells its place: what is missing before it
 * passes in silence. A stream may change its channels and its bits at any frame; frames of another rate are brought to
 * that of the first.
 */
export class FlacFrames {
  readonly #info: StreamInfo;
  readonly #sink: AudioSink;
  /** Hz, of the first frame: STREAMINFO may be wrong. */
  #sampleRate: number;
  #codec: Codec | undefined;
  #layout = '';
  /** Samples until here, as the numbers of the frames count. */
  #position: number | undefined;
  /** The block size that numbers of frames count in: the last frame may be shorter, the others are not. */
  #blockSize = 0;
  /** Files that were joined count anew, and perhaps in blocks of another length: then numbers say nothing. */
  #counted = true;
  #samples = 0;
  #change: { readonly rate: number; readonly change: RateChange; inputs: number; given: number } | undefined;
  /** Something stood before the first frame. */
  lostBefore = false;

  /** @param streamInfo its block of 34 bytes */
  constructor(streamInfo: Uint8Array, sink: AudioSink) {
    this.#info = readStreamInfo(streamInfo);
    this.#sampleRate = this.#info.sampleRate;
    this.#sink = sink;
  }

  /** Hz, of all that the sink gets. */
  get sampleRate(): number {
    return this.#sampleRate;
  }

  take(frame: Uint8Array, header: FlacFrameHeader): void {
    if (this.#position === undefined && header.sampleRate) this.#sampleRate = header.sampleRate;
    this.#pass(header);
    const bits = header.bitsPerSample ?? this.#info.bitsPerSample;
    const samples = this.#codecFor(header.channels, bits)?.decode(frame);
    const known = samples?.length === header.blockSize;
    this.#give(known ? samples : new Float32Array(header.blockSize), header.sampleRate ?? this.#info.sampleRate, known);
  }

  /** No frame of this kind is longer. */
  mostBytes({ blockSize, channels, bitsPerSample }: FlacFrameHeader): number {
    return Math.ceil((blockSize * channels * ((bitsPerSample ?? this.#info.bitsPerSample) + 1)) / 8) + FRAME_ROOM;
  }

  /** @returns samples that STREAMINFO tells of and that did not come */
  end(): number {
    this.#endChange();
    return this.#counted ? Math.max(0, this.#info.samples - this.#samples) : 0;
  }

  close(): void {
    this.#codec?.close();
    this.#codec = undefined;
  }

  #pass(header: FlacFrameHeader): void {
    if (!header.variable && this.#blockSize === 0) this.#blockSize = header.blockSize;
    const at = header.variable ? header.number : header.number * this.#blockSize;
    // A file that was cut out of another may begin with any number; a small one tells of frames that were taken for
    // metadata whose length lies.
    this.#position ??= this.lostBefore || at <= this.#sampleRate ? 0 : at;
    const gap = at - this.#position;
    this.#counted &&= gap >= 0;
    this.#position = at + header.blockSize;
    if (!this.#counted || gap > LONGEST_GAP_SECONDS * this.#sampleRate) return;
    this.#endChange();
    giveSilence(gap, (silence) => this.#emit(silence, 'damaged'));
  }

  /** A decoder is made for a number of channels; what STREAMINFO says of blocks need not be true. */
  #codecFor(channels: number, bits: number): Codec | undefined {
    const layout = `${channels} ${bits}`;
    if (layout !== this.#layout) {
      this.close();
      this.#layout = layout;
      const extra = new Uint8Array(STREAMINFO_BYTES);
      const view = new DataView(extra.buffer);
      view.setUint16(0, 16);
      view.setUint16(2, LONGEST_BLOCK);
      view.setUint32(10, (44_100 << 12) | ((channels - 1) << 9) | ((bits - 1) << 4));
      this.#codec = Codec.open('FLAC', { sampleRate: 44_100, channels, extra });
    }
    return this.#codec;
  }

  #give(samples: Float32Array, rate: number, known: boolean): void {
    const why = known ? undefined : 'unknown';
    if (rate === this.#sampleRate) {
      this.#endChange();
      this.#emit(samples, why);
      return;
    }
    if (this.#change && this.#change.rate !== rate) this.#endChange();
    this.#change ??= { rate, change: new RateChange(rate, this.#sampleRate), inputs: 0, given: 0 };
    const out = this.#change.change.push(samples);
    this.#change.inputs += samples.length;
    this.#change.given += out.length;
    this.#emit(out, why);
  }

  #endChange(): void {
    const stretch = this.#change;
    if (!stretch) return;
    this.#change = undefined;
    const outputs = Math.round((stretch.inputs * this.#sampleRate) / stretch.rate);
    this.#emit(stretch.change.end(outputs));
  }

  #emit(samples: Float32Array, why?: WhyUnheard): void {
    this.#samples += samples.length;
    if (samples.length > 0) this.#sink(samples, this.#sampleRate, why);
  }
}

/**
 * A decoder of FLAC files: finds the frames by their checksums, which no damaged frame passes. Metadata after
 * STREAMINFO are skipped, unread. Memory: a frame and a piece. `head` is the beginning of the file, where "fLaC" stands.
 */
export function flacDecoder(sink: AudioSink, head: Uint8Array): StreamDecoder {
  const { block, skip } = streamInfoIn(head);
  return new FlacFile(new FlacFrames(block, sink), skip);
}

/** Where STREAMINFO is among the first metadata: it should be the first of them. */
function streamInfoIn(head: Uint8Array): { readonly block: Uint8Array; readonly skip: number } {
  for (let at = 4; ascii(head, 0, 4) === 'fLaC' && at + 4 + STREAMINFO_BYTES <= head.length; ) {
    const [kind, length] = [head[at]! & 127, (head[at + 1]! << 16) | (head[at + 2]! << 8) | head[at + 3]!];
    if (kind === 0 && length === STREAMINFO_BYTES) {
      return { block: head.slice(at + 4, at + 4 + STREAMINFO_BYTES), skip: at };
    }
    at += 4 + length;
  }
  throw new MediaError('the beginning of this FLAC file is damaged');
}

class FlacFile implements StreamDecoder {
  readonly #frames: FlacFrames;
  /** Bytes to drop; the rest is metadata until its last block, then frames. */
  #skip: number;
  #lastBlock = false;
  #inFrames = false;
  #held: Uint8Array = new Uint8Array(0);

  constructor(frames: FlacFrames, skip: number) {
    this.#frames = frames;
    this.#skip = skip;
  }

  push(bytes: Uint8Array): void {
    this.#held = joined(this.#held, bytes);
    if (!this.#inFrames) this.#skipMetadata();
    if (this.#inFrames) this.#takeFrames(false);
    this.#held = this.#held.slice();
  }

  end(): number {
    if (this.#inFrames) this.#takeFrames(true);
    return this.#frames.end();
  }

  close(): void {
    this.#frames.close();
  }

  #skipMetadata(): void {
    for (;;) {
      const skipped = Math.min(this.#skip, this.#held.length);
      this.#skip -= skipped;
      this.#held = this.#held.subarray(skipped);
      if (this.#skip > 0) return;
      if (this.#lastBlock) break;
      if (this.#held.length < LONGEST_FLAC_HEADER) return;
      // The last block does not always say that it is.
      if (parseFlacHeader(this.#held, 0)) break;
      this.#lastBlock = this.#held[0]! >= 128;
      this.#skip = 4 + ((this.#held[1]! << 16) | (this.#held[2]! << 8) | this.#held[3]!);
    }
    this.#inFrames = true;
  }

  #takeFrames(last: boolean): void {
    const held = this.#held;
    let at = 0;
    for (; at < held.length; ) {
      const header = parseFlacHeader(held, at);
      if (!header) {
        if (!last && at + LONGEST_FLAC_HEADER > held.length) break;
        this.#frames.lostBefore = true;
        at++;
        continue;
      }
      const most = this.#frames.mostBytes(header);
      const length = flacFrameBytes(held.subarray(at, at + most), last && at + most >= held.length);
      if (length > 0) {
        this.#frames.take(held.subarray(at, at + length), header);
        at += length;
      } else if (last || held.length - at >= most) {
        this.#frames.lostBefore = true;
        at++;
      } else break;
    }
    this.#held = held.subarray(at);
  }
}
