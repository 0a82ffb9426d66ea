import type { ClipOutcome, EpisodeResearch } from '../../../../researcher/analyzer/pool.ts';
import type { DecodedMedia } from '../../../../researcher/media/decode.ts';

export const media = (hash: string, durationNs: number): DecodedMedia => ({
  ...{ format: 'MPEG audio', hash: hash.repeat(64), bytes: 1_000, sampleRate: 44_100 },
  ...{ samples: Math.round((durationNs / 1e9) * 44_100), durationNs, unheard: [], unheardShare: 0 },
});

export const EPISODE_MEDIA = media('e', 60e9);
export const CLIP_MEDIA = media('c', 2e9);

export const found = (...offsetsNs: number[]): ClipOutcome => ({
  kind: 'researched',
  media: CLIP_MEDIA,
  found: {
    plays: offsetsNs.map((offsetNs) => ({
      offsetNs,
      score: 0.75,
      likeness: 0.75,
      coverage: 1,
      heardFromNs: 0,
      heardToNs: 1e9,
      speed: 1,
    })),
    possible: [],
    distinctiveness: 500,
    distinctive: true,
    threshold: 0.4,
  },
});

export const negative = found();

/** What becomes of each clip, by its place; it is waited for. Where it is not said: a negative. */
export type Script = (index: number, work: EpisodeResearch) => ClipOutcome | Promise<ClipOutcome>;

/** Stands for the threads that analyse: opens every episode and follows the script, as AnalyzerPool promises. */
export function scripted(script: Script = () => negative) {
  return () => ({
    async research(work: EpisodeResearch): Promise<void> {
      work.signal?.throwIfAborted();
      work.onEpisode?.(EPISODE_MEDIA);
      for (let index = 0; index < work.clips.length; index++) {
        work.onWorking?.([index]);
        const path = await Promise.resolve(work.clips[index]!).catch((error: Error) => error);
        const outcome =
          path instanceof Error
            ? ({ kind: 'failed', failure: path.message } as const)
            : await Promise.race([script(index, work), aborted(work.signal)]);
        work.signal?.throwIfAborted();
        work.onClip(index, outcome as ClipOutcome);
      }
    },
    close: async () => undefined,
  });
}

const aborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });

/** A clip whose analysis never ends by itself. */
export const never = (): Promise<ClipOutcome> => new Promise(() => undefined);
