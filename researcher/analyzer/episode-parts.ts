import type { AudioSink } from '../media/audio-sink.ts';
import { type DecodedMedia, type DecodeOptions, MediaError } from '../media/decode.ts';
import { demandHeard } from '../media/demand-heard.ts';
import { decodeMp3Part, type Mp3Survey, surveyMp3 } from '../media/mp3-parts.ts';
import { sniffFile } from '../media/sniff-file.ts';
import { type Hole, UnheardLog } from '../media/unheard.ts';
import {
  AUDIO_RATE,
  type AudioFeatures,
  featurePiece,
  PIECE_FRAMES,
  SAMPLES_A_FRAME,
  WAVE_PER_FRAME,
} from './audio-features.ts';
import { FeatureExtractor } from './feature-extractor.ts';
import type { FftEngine } from './fft-engine.ts';
import { WANTED_HZ } from './resampler.ts';

/** 256 s: a part is a piece of shared memory, and a whole number of samples at every sample rate. */
const PART_SECONDS = (PIECE_FRAMES * SAMPLES_A_FRAME) / AUDIO_RATE;
/** 2.4 s on both sides: features look 1.5 s ahead and back. A whole number of samples at every sample rate too. */
const MARGIN_FRAMES = 75;
const MARGIN_SECONDS = (MARGIN_FRAMES * SAMPLES_A_FRAME) / AUDIO_RATE;

/** How an episode is opened in parts. Plain data: any thread can make any part. */
export interface EpisodePlan {
  readonly path: string;
  readonly media: DecodedMedia;
  readonly survey: Mp3Survey;
  readonly parts: number;
}

/** The features of one part, and what of it was not heard, in samples of the episode. */
export interface EpisodePart {
  readonly bands: SharedArrayBuffer;
  readonly wave: SharedArrayBuffer;
  readonly holes: readonly Hole[];
}

/**
 * A plan for an MP3 file; undefined for other formats, and for what only began like one: these are opened as a whole.
 * Throws MediaError.
 */
export async function planEpisode(path: string, options: DecodeOptions): Promise<EpisodePlan | undefined> {
  const { format, description } = sniffFile(path);
  if (format !== 'mp3' && format !== 'unknown') return undefined;
  const survey = await surveyMp3(path, options.signal).catch((error: unknown) => {
    if (error instanceof MediaError) return undefined;
    throw error;
  });
  // Of layer I there are frames that no decoder here knows: who opens it as a whole asks ffmpeg.
  if (!survey || survey.stream.layer === 1) return undefined;
  const { samples, sampleRate, hash, bytes, heard } = survey;
  const seconds = samples / sampleRate;
  if (samples === 0) throw new MediaError(`this file (${description}) contains no audio`);
  if (seconds > (options.maximumSeconds ?? Number.POSITIVE_INFINITY)) {
    throw new MediaError(`it is longer than ${options.maximumSeconds} seconds, the limit`);
  }
  demandHeard(heard);
  const durationNs = Math.round(seconds * 1e9);
  const media = { format: 'MPEG audio', hash, bytes, sampleRate, samples, durationNs, ...heard };
  return { path, media, survey, parts: Math.ceil(seconds / PART_SECONDS) };
}

/** Decodes one part, with a margin on both sides, and makes its features: the same whoever makes it, and when. */
export async function openPart(
  { path, survey, parts }: EpisodePlan,
  part: number,
  engine?: FftEngine,
): Promise<EpisodePart> {
  const { sampleRate, samples } = survey;
  const before = part === 0 ? 0 : MARGIN_FRAMES;
  const from = (part * PART_SECONDS - (part === 0 ? 0 : MARGIN_SECONDS)) * sampleRate;
  const to =
    part === parts - 1 ? samples : Math.min(samples, ((part + 1) * PART_SECONDS + MARGIN_SECONDS) * sampleRate);
  const extractor = new FeatureExtractor(engine);
  // What lies in the margins is told by the neighbours.
  const [first, end] = [part * PART_SECONDS * sampleRate, Math.min(samples, (part + 1) * PART_SECONDS * sampleRate)];
  const lost = new UnheardLog();
  let position = from;
  const take: AudioSink = (piece, rate, why) => {
    const [begin, next] = [Math.max(first, position), Math.min(end, position + piece.length)];
    if (why) lost.add(begin, next - begin, why);
    position += piece.length;
    extractor.push(piece, rate);
  };
  await decodeMp3Part(path, survey, from, to, take, WANTED_HZ);
  return { ...featurePiece(extractor.end(), before), holes: lost.holes };
}

/** The parts put together. Throws MediaError where too little was heard. */
export function assembled({ media, survey }: EpisodePlan, parts: readonly EpisodePart[]) {
  const lost = new UnheardLog();
  for (const { from, to, why } of parts.flatMap(({ holes }) => holes)) lost.add(from, to - from, why);
  lost.add(media.samples, survey.lacking, 'missing');
  const heard = lost.told(media.samples, media.sampleRate);
  demandHeard(heard);
  return { media: { ...media, ...heard }, features: featuresOf(media, parts) };
}

function featuresOf(media: DecodedMedia, parts: readonly EpisodePart[]): AudioFeatures {
  const audioSamples = Math.ceil((media.samples / media.sampleRate) * AUDIO_RATE);
  return {
    frames: Math.ceil(audioSamples / SAMPLES_A_FRAME),
    waveSamples: Math.ceil((audioSamples * WAVE_PER_FRAME) / SAMPLES_A_FRAME),
    bands: parts.map(({ bands }) => bands),
    wave: parts.map(({ wave }) => wave),
  };
}
