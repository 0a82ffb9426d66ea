import { createHash } from 'node:crypto';
import type { AudioSink } from './audio-sink.ts';
import { mixDown } from './audio-sink.ts';
import { filePieces } from './file-pieces.ts';
import { demandFrames, trimOf } from './mp3.ts';
import { MpegCore } from './mpeg-core.ts';
import { FrameWalker } from './mpeg-frames.ts';
import { type FrameHeader, parseFrameHeader } from './mpeg-header.ts';
import { readXingTag } from './xing-tag.ts';

/** A place where decoding can begin: the frame at this byte is the frame of this number, counted from the first with audio. */
interface Checkpoint {
  readonly byte: number;
  readonly frame: number;
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
  let [frame, frameBytes, bytes] = [0, 0, 0];
  let header: FrameHeader | undefined;
  let tag: ReturnType<typeof readXingTag>;
  const walker = new FrameWalker({
    frames: (run, count, first, offset) => {
      let at = 0;
      if (!header) {
        header = first;
        tag = readXingTag(run, first);
        if (tag) at = first.frameBytes;
      }
      frameBytes += run.length;
      for (let left = at > 0 ? count - 1 : count; left > 0; left--, frame++) {
        const last = checkpoints.at(-1);
        const due = !last || frame >= last.frame + CHECKPOINT_FRAMES;
        if (due && (left > FOLLOWING_FRAMES || !last)) checkpoints.push({ byte: offset + at, frame });
        at += parseFrameHeader(run, at)!.frameBytes;
      }
    },
    lost: () => {
      frame++;
    },
  });
  for await (const piece of filePieces(path, { signal })) {
    hash.update(piece);
    bytes += piece.length;
    walker.push(piece);
  }
  walker.end();
  const { sampleRate, samplesPerFrame } = demandFrames(walker, frameBytes);
  const { start, end, total } = trimOf(tag, samplesPerFrame);
  const decoded = frame * samplesPerFrame;
  return {
    hash: hash.digest('hex'),
    bytes,
    sampleRate,
    samplesPerFrame,
    skipped: Math.min(start, decoded),
    samples: Math.max(0, (decoded <= total ? Math.min(decoded, end) : decoded) - start),
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
  const wanted = Math.floor((from + skipped) / samplesPerFrame) - WARM_UP_FRAMES;
  const begin = checkpoints.findLast(({ frame }) => frame <= wanted) ?? checkpoints[0]!;
  // Position in the audio of the next decoded sample, and of the next one that the sink gets.
  let position = begin.frame * samplesPerFrame - skipped;
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
  const walker = new FrameWalker({
    frames: (run, count, { channels }) => {
      let missing = count * samplesPerFrame;
      const held: Float32Array[] = [];
      core.decode(run, (left, right) => {
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
    lost: (header) => emit(new Float32Array(header.samplesPerFrame)),
  });
  try {
    for await (const piece of filePieces(path, { start: begin.byte })) {
      walker.push(piece);
      if (next >= to) return;
    }
    walker.end();
    if (next < to) sink(new Float32Array(to - next), sampleRate);
  } finally {
    core.close();
  }
}
