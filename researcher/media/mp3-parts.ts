import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { AudioSink } from './audio-sink.ts';
import { giveSilence, mixDown } from './audio-sink.ts';
import { filePieces } from './file-pieces.ts';
import { demandFrames, trimOf } from './mp3.ts';
import { MpegCore } from './mpeg-core.ts';
import { type FrameSink, FrameWalker } from './mpeg-frames.ts';
import { type FrameHeader, parseFrameHeader } from './mpeg-header.ts';
import { readXingTag } from './xing-tag.ts';

/** A place where decoding can begin: what the frame at this byte decodes to begins at this sample. */
interface Checkpoint {
  readonly byte: number;
  readonly sample: number;
  /** Frames before it, and their bytes: by them a walker that begins here measures junk as one that came from the beginning. */
  readonly frames: number;
  readonly frameBytes: number;
}

/** What must be known of an MP3 file to decode any part of it by itself. Plain data. */
export interface Mp3Survey {
  readonly hash: string;
  readonly bytes: number;
  readonly sampleRate: number;
  readonly samplesPerFrame: number;
  /** Decoded samples that come before the first one of the audio (encoder and decoder delay, where the file tells). */
  readonly skipped: number;
  /** Samples of the audio. */
  readonly samples: number;
  readonly brokenShare: number;
  readonly checkpoints: readonly Checkpoint[];
}

/** About two and a half seconds; and frames that must follow in the same run, so that a walker beginning there sees the same. */
const CHECKPOINT_FRAMES = 100;
const FOLLOWING_FRAMES = 8;
/** Frames before a part whose output is thrown away: the bit reservoir and the filter banks must fill. */
const WARM_UP_FRAMES = 24;

/** Walks through a whole MP3 file without decoding it (a hundredth of the time), and hashes it. Throws MediaError. */
export async function surveyMp3(path: string, signal?: AbortSignal): Promise<Mp3Survey> {
  const hash = createHash('sha256');
  const checkpoints: Checkpoint[] = [];
  let [sample, frames, frameBytes, bytes] = [0, 0, 0, 0];
  let header: FrameHeader | undefined;
  let tag: ReturnType<typeof readXingTag>;
  const sink: FrameSink = {
    frames: (run, count, first, offset) => {
      let left = count;
      let at = 0;
      if (!header) {
        header = first;
        tag = readXingTag(run, first);
        checkpoints.push({ byte: offset, sample, frames, frameBytes });
        if (tag) [left, at, frames, frameBytes] = [count - 1, first.frameBytes, 1, first.frameBytes];
      }
      for (; left > 0; left--) {
        const due = sample >= checkpoints.at(-1)!.sample + CHECKPOINT_FRAMES * first.samplesPerFrame;
        if (due && left > FOLLOWING_FRAMES) {
          checkpoints.push({ byte: offset + at, sample, frames, frameBytes });
        }
        const length = parseFrameHeader(run, at)!.frameBytes;
        at += length;
        sample += first.samplesPerFrame;
        frames++;
        frameBytes += length;
      }
    },
    lost: (samples) => {
      sample += samples;
    },
  };
  const walker = new FrameWalker(sink, { bytes: statSync(path).size });
  for await (const piece of filePieces(path, { signal })) {
    hash.update(piece);
    bytes += piece.length;
    walker.push(piece);
  }
  walker.end();
  const { sampleRate, samplesPerFrame } = demandFrames(walker);
  const { start, end, total } = trimOf(tag, samplesPerFrame);
  return {
    hash: hash.digest('hex'),
    bytes,
    sampleRate,
    samplesPerFrame,
    skipped: Math.min(start, sample),
    samples: Math.max(0, (sample <= total ? Math.min(sample, end) : sample) - start),
    brokenShare: walker.lostFrames / Math.max(1, walker.frames + walker.lostFrames),
    checkpoints,
  };
}

/**
 * Decodes samples from … to − 1 of the audio into the sink: mono, in pieces, exactly that many. The result does not
 * depend on what else is decoded, or by whom.
 */
export async function decodeMp3Part(
  path: string,
  survey: Mp3Survey,
  from: number,
  to: number,
  sink: AudioSink,
): Promise<void> {
  const { samplesPerFrame, skipped, sampleRate, checkpoints } = survey;
  const wanted = (Math.floor((from + skipped) / samplesPerFrame) - WARM_UP_FRAMES) * samplesPerFrame;
  const begin = checkpoints.findLast(({ sample }) => sample <= wanted) ?? checkpoints[0]!;
  // Position in the audio of the next decoded sample, and of the next one that the sink gets.
  let position = begin.sample - skipped;
  let next = from;
  const emit = (samples: Float32Array): void => {
    const first = Math.max(0, next - position);
    const last = Math.min(samples.length, to - position);
    position += samples.length;
    if (last <= first) return;
    next += last - first;
    sink(samples.subarray(first, last), sampleRate);
  };
  const core = await MpegCore.create();
  let mono = new Float32Array(0);
  const mixed = (left: Float32Array, right: Float32Array, channels: number): Float32Array => {
    if (channels === 1) return left;
    if (mono.length < left.length) mono = new Float32Array(left.length);
    return mixDown([left, right], left.length, mono);
  };
  let begun = false;
  // The first frame of the file may be a tag, which the walker must see as the survey's did.
  let mayBeTag = begin === checkpoints[0];
  const frameSink: FrameSink = {
    frames: (run, count, first) => {
      const tagged = mayBeTag && readXingTag(run, first) !== undefined;
      mayBeTag = false;
      const [audio, audioFrames] = tagged ? [run.subarray(first.frameBytes), count - 1] : [run, count];
      if (audioFrames === 0) return;
      const { channels } = first;
      let missing = audioFrames * samplesPerFrame;
      const held: Float32Array[] = [];
      core.decode(audio, (left, right) => {
        missing -= left.length;
        const samples = mixed(left, right, channels);
        if (begun) emit(samples);
        else held.push(samples.slice());
      });
      // Frames whose beginnings lie before the part give nothing: in the first run they are the first ones.
      if (missing > 0) emit(new Float32Array(missing));
      for (const samples of held) emit(samples);
      begun = true;
    },
    lost: (samples) => giveSilence(samples, emit),
  };
  const { frames, frameBytes } = begin;
  const walker = new FrameWalker(frameSink, { bytes: survey.bytes - begin.byte, frames, frameBytes });
  try {
    for await (const piece of filePieces(path, { start: begin.byte })) {
      walker.push(piece);
      if (next >= to) return;
    }
    walker.end();
    giveSilence(to - next, (silence) => sink(silence, sampleRate));
  } finally {
    core.close();
  }
}
