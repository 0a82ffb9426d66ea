import { type AudioSink, decodeFile, MediaError } from '../../researcher/media/decode.ts';
import { decodeWithFfmpeg } from '../../researcher/media/ffmpeg.ts';
import { RateChange } from '../../researcher/media/rate-change.ts';
import { sniffFile } from '../../researcher/media/sniff-file.ts';
import { shiftOf } from './shift.ts';

/**
 * same: both play it, equally long, at the same time. length, offset, unlike: both play it, and differ in that.
 * outside: only ffmpeg plays it, and the researcher asks it. refused: ffmpeg plays it and the researcher does not.
 * here: only the researcher plays it. neither: nobody does.
 */
export const VERDICTS = ['same', 'length', 'offset', 'unlike', 'outside', 'refused', 'here', 'neither'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One file, decoded twice. Without a value: not decoded by that one, or nothing in it to compare. */
export interface Compared {
  readonly file: string;
  readonly verdict: Verdict;
  readonly format?: string;
  /** Of the researcher alone, without ffmpeg. */
  readonly seconds?: number;
  readonly otherSeconds?: number;
  /** How much later than in ffmpeg's a sound is in the researcher's. */
  readonly offsetMs?: number;
  /** −1…1: the correlation there. */
  readonly likeness?: number;
  readonly heardShare?: number;
  readonly refusal?: string;
}

/** Both are brought to this before they are compared: twice what the analyzer looks at. */
const RATE = 16_000;
/** Beyond it a listener sees another time. */
const SAME_MS = 1;
/** A frame of AAC at 22 kHz: what a decoder leaves at the end is not heard. */
const SAME_LENGTH_SECONDS = 0.05;
const ALIKE = 0.98;
const MOST_SECONDS = 3_600;

/** Decodes a file here and by ffmpeg in the time of its container, and compares. */
export async function compareFile(path: string, file: string): Promise<Compared> {
  const [own, other] = [await decodedHere(path), await decodedOutside(path)];
  if (own.audio && other) return bothPlay(file, own, other);
  if (own.audio) return { file, verdict: 'here', ...own.about };
  const outside = await decodedHere(path, 'ffmpeg');
  const verdict = outside.audio ? 'outside' : other ? 'refused' : 'neither';
  return {
    ...{ file, verdict, ...outside.about, refusal: own.refusal ?? '' },
    ...(other && { otherSeconds: other.length / RATE }),
  };
}

interface Own {
  readonly audio?: Float32Array;
  readonly about?: Pick<Compared, 'format' | 'seconds' | 'heardShare'>;
  readonly refusal?: string;
}

async function decodedHere(path: string, ffmpeg: 'ffmpeg' | false = false): Promise<Own> {
  let collected = collector();
  const beginAnew = (): AudioSink => {
    collected = collector();
    return collected.take;
  };
  try {
    const media = await decodeFile(path, collected.take, { ffmpeg, maximumSeconds: MOST_SECONDS, beginAnew });
    const about = { format: media.format, seconds: media.durationNs / 1e9, heardShare: 1 - media.unheardShare };
    return { audio: collected.audio()!, about };
  } catch (error) {
    if (error instanceof MediaError) return { refusal: error.message };
    throw error;
  }
}

/** As a player that keeps to the container's times; undefined where it plays nothing. */
async function decodedOutside(path: string): Promise<Float32Array | undefined> {
  const collected = collector();
  try {
    await decodeWithFfmpeg(path, sniffFile(path).description, collected.take, { ffmpeg: 'ffmpeg' });
    return collected.audio();
  } catch (error) {
    if (error instanceof MediaError) return undefined;
    throw error;
  }
}

/** Takes audio of any rate, and has it at the rate of the comparison. */
function collector() {
  const pieces: Float32Array[] = [];
  let [change, rate, samples] = [undefined as RateChange | undefined, RATE, 0];
  const take: AudioSink = (piece, sampleRate) => {
    change ??= new RateChange(sampleRate, RATE);
    [rate, samples] = [sampleRate, samples + piece.length];
    if (samples > MOST_SECONDS * rate) throw new MediaError(`it is longer than ${MOST_SECONDS} seconds`);
    pieces.push(change.push(piece));
  };
  const audio = (): Float32Array | undefined => {
    if (change) pieces.push(change.end(Math.round((samples * RATE) / rate)));
    return samples > 0 ? joined(pieces) : undefined;
  };
  return { take, audio };
}

function bothPlay(file: string, { audio, about }: Own, other: Float32Array): Compared {
  const shift = shiftOf(audio!, other, RATE);
  const otherSeconds = other.length / RATE;
  const differs = Math.abs(about!.seconds! - otherSeconds) > SAME_LENGTH_SECONDS;
  const verdict =
    shift && shift.likeness < ALIKE
      ? 'unlike'
      : shift && Math.abs(shift.ms) >= SAME_MS
        ? 'offset'
        : differs
          ? 'length'
          : 'same';
  return { file, verdict, ...about, otherSeconds, ...(shift && { offsetMs: shift.ms, likeness: shift.likeness }) };
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  pieces.reduce((at, piece) => {
    all.set(piece, at);
    return at + piece.length;
  }, 0);
  return all;
}
