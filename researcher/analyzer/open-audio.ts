import { type AudioSink, type DecodedMedia, type DecodeOptions, decodeFile, MediaError } from '../media/decode.ts';
import { demandHeard } from '../media/demand-heard.ts';
import { fileHash } from '../media/file-pieces.ts';
import type { AudioFeatures } from './audio-features.ts';
import { assembled, type EpisodePart, openPart, planEpisode } from './episode-parts.ts';
import { FeatureExtractor } from './feature-extractor.ts';
import { createFftEngine } from './fft.ts';
import type { FftEngine } from './fft-engine.ts';

/** An audio file, ready to be compared. Plain data: it can be posted to worker threads without being copied. */
export interface OpenedAudio {
  readonly media: DecodedMedia;
  readonly features: AudioFeatures;
}

/** A clip, ready to be looked for. */
export interface OpenedClip extends OpenedAudio {
  /** Why nothing can be said of it in any episode, where that is known before it is looked for. */
  readonly notJudged?: string;
}

/** Clips shorter than this say too little. */
export const SHORTEST_CLIP_SECONDS = 0.4;
/** One step of 16 bits, as most sound is stored: what never leaves it is the noise of its making. */
const QUIETEST_PEAK = 2 ** -15;
export const LONGEST_CLIP_SECONDS = 1_800;
export const LONGEST_EPISODE_SECONDS = 24 * 3_600;

/**
 * Opens an episode: decodes it, hashes it and makes its features. MP3 files are opened in parts of 256 s, each by
 * itself, so that the result is the same when threads share them out. Throws MediaError about the episode.
 */
export async function openEpisode(path: string, options: DecodeOptions = {}, engine?: FftEngine): Promise<OpenedAudio> {
  const limited = { maximumSeconds: LONGEST_EPISODE_SECONDS, ...options };
  try {
    const plan = await planEpisode(path, limited);
    if (!plan) return await open(path, limited, engine);
    const shared = engine ?? createFftEngine();
    const parts: EpisodePart[] = [];
    for (let part = 0; part < plan.parts; part++) {
      options.signal?.throwIfAborted();
      parts.push(await openPart(plan, part, shared));
      options.progress?.((part + 1) / plan.parts);
    }
    return assembled(plan, parts);
  } catch (error) {
    throw asMediaError(error, 'episode', options.signal);
  }
}

/** Opens a clip of up to 30 minutes; one that is too short or too quiet says so. Throws MediaError about the clip. */
export async function openClip(path: string, options: DecodeOptions = {}, engine?: FftEngine): Promise<OpenedClip> {
  try {
    let peak = 0;
    const listen = (samples: Float32Array): void => {
      for (let i = 0; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i]!));
    };
    const opened = await open(path, { maximumSeconds: LONGEST_CLIP_SECONDS, ...options }, engine, listen);
    const seconds = opened.media.durationNs / 1e9;
    const notJudged =
      seconds < SHORTEST_CLIP_SECONDS
        ? `it is too short: it lasts ${seconds.toFixed(2)} s, and at least ${SHORTEST_CLIP_SECONDS} s are needed to find it`
        : peak < QUIETEST_PEAK
          ? 'it is too quiet: there is nothing in it but silence'
          : undefined;
    return { ...opened, ...(notJudged !== undefined && { notJudged }) };
  } catch (error) {
    throw asMediaError(error, 'clip', options.signal);
  }
}

async function open(
  path: string,
  options: DecodeOptions,
  engine?: FftEngine,
  listen?: (samples: Float32Array) => void,
): Promise<OpenedAudio> {
  let extractor = new FeatureExtractor(engine);
  const take: AudioSink = (samples, sampleRate) => {
    listen?.(samples);
    extractor.push(samples, sampleRate);
  };
  const beginAnew = () => {
    // What the first decoder gave is thrown away, with the memory that it took.
    extractor.end();
    extractor = new FeatureExtractor(engine);
    return take;
  };
  const media = await decodeFile(path, take, { ...options, beginAnew });
  demandHeard(media);
  return { media, features: extractor.end() };
}

/** Whatever a decoder throws at damaged data is a failure of that data; a wish to stop is not. */
export function asMediaError(error: unknown, subject: 'clip' | 'episode', signal?: AbortSignal): unknown {
  return signal?.aborted ? signal.reason : MediaError.about(subject, error);
}

/** SHA-256 of a file, as DecodedMedia has it. Throws MediaError. */
export async function hashOf(path: string, subject: 'clip' | 'episode'): Promise<string> {
  try {
    return await fileHash(path);
  } catch (error) {
    throw MediaError.about(subject, new MediaError(`the file cannot be read: ${(error as Error).message}`));
  }
}
