import type { AudioSink, StreamDecoder } from './audio-sink.ts';
import { filePieces } from './file-pieces.ts';
import type { FrameSink } from './frame-sink.ts';
import { MediaError } from './media-error.ts';
import { MpegAudio } from './mpeg-audio.ts';
import { FrameWalker } from './mpeg-frames.ts';
import type { FrameHeader } from './mpeg-header.ts';
import type { WhyUnheard } from './unheard.ts';
import { DECODER_DELAY, readXingTag, type XingTag } from './xing-tag.ts';

/** Frames must make up this share of what is not a tag, or the file is something else. */
const LEAST_FRAME_SHARE = 0.5;

/** A frame of the kind that most of a file consists of, undefined where there are no frames: the file is walked through. */
export async function majorStream(path: string, start = 0, signal?: AbortSignal): Promise<FrameHeader | undefined> {
  const walker = new FrameWalker({ frames: () => undefined, other: () => undefined, lost: () => undefined });
  for await (const piece of filePieces(path, { start, signal })) walker.push(piece);
  walker.end();
  return walker.majority();
}

/**
 * A decoder of MPEG-1, 2 and 2.5 audio (layers I–III; CBR, VBR, ABR) behind the frame walker.
 * What the encoder added at both ends is cut off where the file says so (LAME's tag), so lengths are exact.
 * `bytes` is how many will be pushed, if known; `stream` a frame of the stream, the first one otherwise.
 */
export function mp3Decoder(sink: AudioSink, bytes?: number, stream?: FrameHeader): StreamDecoder {
  return new Mp3Decoder(sink, bytes, stream);
}

/** The header of the stream, if enough of the file are frames; throws MediaError otherwise. */
export function demandFrames({ stream, frames, frameBytes, otherBytes, junkBytes }: FrameWalker): FrameHeader {
  if (!stream || frames === 0) throw new MediaError('no MPEG audio frames were found in it');
  const share = (frameBytes + otherBytes) / (frameBytes + otherBytes + junkBytes);
  if (share < LEAST_FRAME_SHARE) {
    throw new MediaError(
      `only ${Math.round(share * 100)} % of it are MPEG audio frames (at least ${LEAST_FRAME_SHARE * 100} % are needed)`,
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

/** The same of a file whose first frame, perhaps a tag, is of another stream: its tag tells of that stream alone. */
export function trimOfOther(run: Uint8Array, first: FrameHeader, sampleRate: number): number {
  const tag = readXingTag(run, first);
  if (!tag) return 0;
  const samples = first.samplesPerFrame + (tag.gap ? tag.gap.delay + DECODER_DELAY : 0);
  return Math.round((samples * sampleRate) / first.sampleRate);
}

/** Samples of frames that a tag tells of and that are not there. */
export function lackingSamples(
  tag: XingTag | undefined,
  { frames, otherFrames, lostFrames, stream }: FrameWalker,
): number {
  if (tag?.frames === undefined || otherFrames > 0) return 0;
  // The frame of the tag is counted by the walker.
  return Math.max(0, tag.frames - (frames - 1) - lostFrames) * stream!.samplesPerFrame;
}

class Mp3Decoder implements StreamDecoder {
  readonly #sink: AudioSink;
  readonly #walker: FrameWalker;
  #audio: MpegAudio | undefined;
  #tag: XingTag | undefined;
  /** The next frame is the tag. */
  #tagAhead = false;
  /** samples decoded so far, with those that are cut off */
  #position = 0;
  #start = 0;
  #end = Number.POSITIVE_INFINITY;
  #total = Number.POSITIVE_INFINITY;
  /** what lies past `end`: padding, unless the stream goes on after it (files joined end to end) */
  #beyond: { readonly samples: Float32Array; readonly why: WhyUnheard | undefined }[] = [];

  constructor(sink: AudioSink, bytes: number | undefined, stream: FrameHeader | undefined) {
    this.#sink = sink;
    const frameSink: FrameSink = {
      frames: (run, count, first) => {
        if (!this.#audio) this.#begin(readXingTag(run, first), first);
        const tagged = this.#tagAhead ? 1 : 0;
        this.#tagAhead = false;
        if (count > tagged) this.#audio!.frames(run.subarray(tagged * first.frameBytes), count - tagged);
      },
      other: (run, count, first, samples) => {
        if (!this.#audio) {
          this.#begin(undefined, first);
          this.#start = trimOfOther(run, first, this.#walker.stream!.sampleRate);
        }
        this.#audio!.other(run, count, first, samples);
      },
      lost: (samples) => {
        this.#audio?.lost(samples);
      },
    };
    this.#walker = new FrameWalker(frameSink, { ...(bytes !== undefined && { bytes }), ...(stream && { stream }) });
  }

  push(bytes: Uint8Array): void {
    this.#walker.push(bytes);
  }

  end(): number {
    this.#walker.end();
    this.#audio?.end();
    demandFrames(this.#walker);
    return lackingSamples(this.#tag, this.#walker);
  }

  close(): void {
    this.#audio?.close();
  }

  #begin(tag: XingTag | undefined, first: FrameHeader): void {
    const { sampleRate } = this.#walker.stream!;
    this.#audio = new MpegAudio(sampleRate, (samples, why) => this.#emit(samples, sampleRate, why));
    this.#tag = tag;
    this.#tagAhead = tag !== undefined;
    const trim = trimOf(tag, first.samplesPerFrame);
    [this.#start, this.#end, this.#total] = [trim.start, trim.end, trim.total];
  }

  /** Passes on what lies between start and end. */
  #emit(samples: Float32Array, rate: number, why?: WhyUnheard): void {
    const from = this.#position;
    this.#position += samples.length;
    const skip = Math.max(0, Math.min(samples.length, this.#start - from));
    const keep = Math.max(skip, Math.min(samples.length, this.#end - from));
    if (keep > skip) this.#sink(samples.subarray(skip, keep), rate, why);
    if (keep === samples.length) return;
    if (this.#position <= this.#total) {
      this.#beyond.push({ samples: samples.slice(keep), why });
      return;
    }
    // More audio than the tag tells: something was joined on, so the padding was played too.
    for (const held of this.#beyond) this.#sink(held.samples, rate, held.why);
    this.#beyond = [];
    this.#sink(samples.subarray(keep), rate, why);
    this.#end = Number.POSITIVE_INFINITY;
  }
}
