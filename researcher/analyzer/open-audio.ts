import { createHash } from 'node:crypto';
import { type DecodedMedia, type DecodeOptions, decodeFile, MediaError } from '../media/decode.ts';
import { demandHeard } from '../media/demand-heard.ts';
import { filePieces } from '../media/file-pieces.ts';
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

/** Clips shorter than this say too little. */
export const SHORTEST_CLIP_SECONDS = 0.4;
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
    return { media: plan.media, features: assembled(plan, parts) };
  } catch (error) {
    throw asMediaError(error, 'episode', options.signal);
  }
}

/** Opens a clip, of 0.4 seconds to 30 minutes. Throws MediaError about the clip. */
export async function openClip(path: string, options: DecodeOptions = {}, engine?: FftEngine): Promise<OpenedAudio> {
  try {
    const opened = await open(path, { maximumSeconds: LONGEST_CLIP_SECONDS, ...options }, engine);
    const seconds = opened.media.durationNs / 1e9;
    if (seconds < SHORTEST_CLIP_SECONDS) {
      throw new MediaError(
        `the clip lasts ${seconds.toFixed(2)} s: at least ${SHORTEST_CLIP_SECONDS} s are needed to find it`,
      );
    }
    return opened;
  } catch (error) {
    throw asMediaError(error, 'clip', options.signal);
  }
}

async function open(path: string, options: DecodeOptions, engine?: FftEngine): Promise<OpenedAudio> {
  let extractor = new FeatureExtractor(engine);
  const beginAnew = () => {
    // What the first decoder gave is thrown away, with the memory that it took.
    extractor.end();
    extractor = new FeatureExtractor(engine);
    return extractor.push;
  };
  const media = await decodeFile(path, extractor.push, { ...options, beginAnew });
  demandHeard(media);
  return { media, features: extractor.end() };
}

/** Whatever a decoder throws at damaged data is a failure of that data; a wish to stop is not. */
export function asMediaError(error: unknown, subject: 'clip' | 'episode', signal?: AbortSignal): unknown {
  return signal?.aborted ? signal.reason : MediaError.about(subject, error);
}

/** SHA-256 of a file, as DecodedMedia has it. Throws MediaError. */
export async function hashOf(path: string, subject: 'clip' | 'episode'): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of filePieces(path)) hash.update(piece);
  } catch (error) {
    throw MediaError.about(subject, new MediaError(`the file cannot be read: ${(error as Error).message}`));
  }
  return hash.digest('hex');
}
