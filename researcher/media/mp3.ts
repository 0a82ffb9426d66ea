import { type AudioSink, giveSilence, mixDown, type StreamDecoder } from './audio-sink.ts';
import { MediaError } from './media-error.ts';
import { MpegCore } from './mpeg-core.ts';
import { type FrameSink, FrameWalker } from './mpeg-frames.ts';
import type { FrameHeader } from './mpeg-header.ts';
import { DECODER_DELAY, readXingTag, type XingTag } from './xing-tag.ts';

/** Frames must make up this share of what is not a tag, or the file is something else. */
const LEAST_FRAME_SHARE = 0.5;

/**
 * A decoder of MPEG-1, 2 and 2.5 audio (layers I–III; CBR, VBR, ABR) behind the frame walker.
 * What the encoder added at both ends is cut off where the file says so (LAME's tag), so lengths are exact.
 * `bytes` is how many will be pushed, if known.
 */
export async function mp3Decoder(sink: AudioSink, bytes?: number): Promise<StreamDecoder> {
  return new Mp3Decoder(await MpegCore.create(), sink, bytes);
}

/** The header of the stream, if enough of the file are frames of it; throws MediaError otherwise. */
export function demandFrames({ stream, frames, frameBytes, junkBytes }: FrameWalker): FrameHeader {
  if (!stream || frames === 0) throw new MediaError('no MPEG audio frames were found in it');
  const share = frameBytes / (frameBytes + junkBytes);
  if (share < LEAST_FRAME_SHARE) {
    throw new MediaError(
      `only ${Math.round(share * 100)} % of it are MPEG audio frames of ${stream.sampleRate} Hz like the first ones (at least 50 % are needed)`,
    );
  }
  return stream;
}

/** Decoded samples between which the audio lies, and how many the tag promises in all; unbounded where it tells nothing. */
export function trimOf(
  tag: XingTag | undefined,
  samplesPerFrame: number,
): { start: number; end: number; total: number } {
  const unbounded = Number.POSITIVE_INFINITY;
  if (!tag?.gap) return { start: 0, end: unbounded, total: unbounded };
  const start = tag.gap.delay + DECODER_DELAY;
  if (tag.frames === undefined) return { start, end: unbounded, total: unbounded };
  const total = tag.frames * samplesPerFrame;
  return { start, end: Math.max(start, Math.min(total, total - tag.gap.padding + DECODER_DELAY)), total };
}

class Mp3Decoder implements StreamDecoder {
  readonly #core: MpegCore;
  readonly #sink: AudioSink;
  readonly #walker: FrameWalker;
  #mono = new Float32Array(0);
  #rate = 0;
  #errors = 0;
  /** samples decoded so far, with those that are cut off */
  #position = 0;
  #start = 0;
  #end = Number.POSITIVE_INFINITY;
  #total = Number.POSITIVE_INFINITY;
  /** what lies past `end`: padding, unless the stream goes on after it (files joined end to end) */
  #beyond: Float32Array[] = [];

  constructor(core: MpegCore, sink: AudioSink, bytes: number | undefined) {
    this.#core = core;
    this.#sink = sink;
    const frameSink: FrameSink = {
      frames: (run, _count, first) => this.#decode(run, first),
      lost: (samples) => giveSilence(samples, (silence) => this.#emit(silence)),
    };
    this.#walker = new FrameWalker(frameSink, bytes === undefined ? {} : { bytes });
  }

  push(bytes: Uint8Array): void {
    this.#walker.push(bytes);
  }

  end(): void {
    this.#walker.end();
    demandFrames(this.#walker);
  }

  close(): void {
    this.#core.close();
  }

  brokenShare(): number {
    const { frames, lostFrames } = this.#walker;
    return Math.min(1, (lostFrames + this.#errors) / Math.max(1, frames + lostFrames));
  }

  #decode(bytes: Uint8Array, first: FrameHeader): void {
    let audio = bytes;
    if (this.#rate === 0) {
      this.#rate = first.sampleRate;
      const tag = readXingTag(bytes, first);
      if (tag) audio = bytes.subarray(first.frameBytes);
      const trim = trimOf(tag, first.samplesPerFrame);
      this.#start = trim.start;
      this.#end = trim.end;
      this.#total = trim.total;
    }
    if (audio.length === 0) return;
    // A mono file comes back as two equal channels.
    const mono = first.channels === 1;
    this.#errors += this.#core.decode(audio, (left, right) => {
      if (mono) this.#emit(left);
      else {
        if (this.#mono.length < left.length) this.#mono = new Float32Array(left.length);
        this.#emit(mixDown([left, right], left.length, this.#mono));
      }
    });
  }

  /** Passes on what lies between start and end. */
  #emit(samples: Float32Array): void {
    const from = this.#position;
    this.#position += samples.length;
    const skip = Math.max(0, Math.min(samples.length, this.#start - from));
    const keep = Math.max(skip, Math.min(samples.length, this.#end - from));
    if (keep > skip) this.#sink(samples.subarray(skip, keep), this.#rate);
    if (keep === samples.length) return;
    if (this.#position <= this.#total) {
      this.#beyond.push(samples.slice(keep));
      return;
    }
    // More audio than the tag tells: something was joined on, so the padding was played too.
    for (const held of this.#beyond) this.#sink(held, this.#rate);
    this.#beyond = [];
    this.#sink(samples.subarray(keep), this.#rate);
    this.#end = Number.POSITIVE_INFINITY;
  }
}
