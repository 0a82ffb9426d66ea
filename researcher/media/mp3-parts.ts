import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { type AudioSink, giveSilence } from './audio-sink.ts';
import { filePieces } from './file-pieces.ts';
import type { FrameSink } from './frame-sink.ts';
import { demandFrames, lackingSamples, majorStream, trimOf, trimOfOther } from './mp3.ts';
import { MpegAudio } from './mpeg-audio.ts';
import type { FrameAudio } from './mpeg-core.ts';
import { FrameWalker } from './mpeg-frames.ts';
import { type FrameHeader, parseFrameHeader } from './mpeg-header.ts';
import { type Unheard, UnheardLog } from './unheard.ts';
import { readXingTag, type XingTag } from './xing-tag.ts';

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
  /** Decoded samples that come before the first one of the audio (encoder and decoder delay, where the file tells). */
  readonly skipped: number;
  /** Samples of the audio. */
  readonly samples: number;
  /** What was lost between frames; what is damaged within one is only seen by who decodes it. */
  readonly heard: Unheard;
  /** Samples that the file tells of behind its end. */
  readonly lacking: number;
  /** A frame of the stream. */
  readonly stream: FrameHeader;
  readonly checkpoints: readonly Checkpoint[];
}

/** About two and a half seconds; and frames that must follow in the same run, so that a walker beginning there sees the same. */
const CHECKPOINT_FRAMES = 100;
const FOLLOWING_FRAMES = 8;
/** Frames before a part whose output is thrown away: the bit reservoir and the filter banks must fill. */
const WARM_UP_FRAMES = 24;

/** Walks through a whole MP3 file without decoding it (a hundredth of the time), and hashes it. Throws MediaError. */
export async function surveyMp3(path: string, signal?: AbortSignal): Promise<Mp3Survey> {
  const major = await majorStream(path, 0, signal);
  const hash = createHash('sha256');
  // The beginning stands for whatever comes before the first frame of the stream.
  const checkpoints: Checkpoint[] = [{ byte: 0, sample: 0, frames: 0, frameBytes: 0 }];
  const lost = new UnheardLog();
  let [sample, frames, frameBytes, bytes] = [0, 0, 0, 0];
  let begun = false;
  let skippedOfOther = 0;
  let tag: XingTag | undefined;
  const sink: FrameSink = {
    frames: (run, count, first, offset) => {
      let left = count;
      let at = 0;
      if (!begun) tag = readXingTag(run, first);
      if (!begun && tag) [left, at, frames, frameBytes] = [count - 1, first.frameBytes, 1, first.frameBytes];
      begun = true;
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
    other: (run, _count, first, samples) => {
      if (!begun) skippedOfOther = trimOfOther(run, first, major!.sampleRate);
      begun = true;
      sample += samples;
    },
    lost: (samples) => {
      lost.add(sample, samples, 'damaged');
      sample += samples;
    },
  };
  const walker = new FrameWalker(sink, { bytes: statSync(path).size, ...(major && { stream: major }) });
  for await (const piece of filePieces(path, { signal })) {
    hash.update(piece);
    bytes += piece.length;
    walker.push(piece);
  }
  walker.end();
  const stream = demandFrames(walker);
  const { start, end, total } = trimOf(tag, stream.samplesPerFrame);
  const skipped = Math.min(start + skippedOfOther, sample);
  const samples = Math.max(0, (sample <= total ? Math.min(sample, end) : sample) - skipped);
  const lacking = lackingSamples(tag, walker);
  lost.add(sample, lacking, 'missing');
  return {
    hash: hash.digest('hex'),
    bytes,
    sampleRate: stream.sampleRate,
    skipped,
    samples,
    heard: lost.told(samples, stream.sampleRate, skipped),
    lacking,
    stream,
    checkpoints,
  };
}

/**
 * Decodes samples from … to − 1 of the audio into the sink: mono, in pieces, exactly that many. The result does not
 * depend on what else is decoded, or by whom. What is above `wantedHz` may be missing, or be there mirrored.
 */
export async function decodeMp3Part(
  path: string,
  survey: Mp3Survey,
  from: number,
  to: number,
  sink: AudioSink,
  wantedHz?: number,
): Promise<void> {
  const { skipped, sampleRate, checkpoints, stream } = survey;
  const wanted = (Math.floor((from + skipped) / stream.samplesPerFrame) - WARM_UP_FRAMES) * stream.samplesPerFrame;
  const begin = checkpoints.findLast(({ sample }) => sample <= wanted) ?? checkpoints[0]!;
  // Position in the audio of the next decoded sample, and of the next one that the sink gets.
  let position = begin.sample - skipped;
  let next = from;
  const take: FrameAudio = (samples, why) => {
    const first = Math.max(0, next - position);
    const last = Math.min(samples.length, to - position);
    position += samples.length;
    if (last <= first) return;
    next += last - first;
    sink(samples.subarray(first, last), sampleRate, why);
  };
  const audio = new MpegAudio(sampleRate, take, wantedHz);
  // The first frame of the file may be a tag, which the walker must see as the survey's did.
  let mayBeTag = begin === checkpoints[0];
  const frameSink: FrameSink = {
    frames: (run, count, first) => {
      const tagged = mayBeTag && readXingTag(run, first) ? 1 : 0;
      mayBeTag = false;
      if (count > tagged) audio.frames(run.subarray(tagged * first.frameBytes), count - tagged);
    },
    other: (...run) => {
      mayBeTag = false;
      audio.other(...run);
    },
    lost: (samples) => audio.lost(samples),
  };
  const { frames, frameBytes } = begin;
  const walker = new FrameWalker(frameSink, { bytes: survey.bytes - begin.byte, frames, frameBytes, stream });
  try {
    for await (const piece of filePieces(path, { start: begin.byte })) {
      walker.push(piece);
      if (next >= to) return;
    }
    walker.end();
    audio.end();
    giveSilence(to - next, (silence) => sink(silence, sampleRate, 'damaged'));
  } finally {
    audio.close();
  }
}
