import { join } from 'node:path';
import type { Play } from '../../researcher/analyzer/find-clips.ts';
import type { AnalyzerPool } from '../../researcher/analyzer/pool.ts';
import { ANALYZER } from '../../researcher/analyzer/version.ts';
import type { Detection, FaintDetection } from './score.ts';

export { ANALYZER };

/** A clip under the name that its detections get. */
export interface ClipFile {
  readonly id: string;
  readonly path: string;
}

export interface Analysis {
  readonly detections: readonly Detection[];
  /** What the analyzer lists as possible only. */
  readonly faint: readonly FaintDetection[];
  readonly refused: readonly { readonly clip: string; readonly reason: string }[];
  readonly notDistinctive: readonly string[];
  /** Distinctiveness of each clip that was not refused. */
  readonly freedom: ReadonlyMap<string, number>;
  /** How long it is. */
  readonly seconds: ReadonlyMap<string, number>;
  readonly episodeSeconds: number;
}

/**
 * Searches the clips in the episode with the researcher's analyzer, from the files to the offsets, in the threads of
 * `pool`. Nothing is taken from a cache.
 * `onEpisode` is called when the episode is decoded and its features are there.
 */
export async function analyzed(
  pool: AnalyzerPool,
  episode: string,
  clips: readonly ClipFile[],
  onEpisode: () => void = () => undefined,
): Promise<Analysis> {
  const detections: Detection[] = [];
  const faint: FaintDetection[] = [];
  const refused: { clip: string; reason: string }[] = [];
  const notDistinctive: string[] = [];
  const freedom = new Map<string, number>();
  const seconds = new Map<string, number>();
  let episodeSeconds = 0;
  await pool.research({
    episode,
    clips: clips.map((clip) => clip.path),
    onEpisode: (media) => {
      episodeSeconds = media.durationNs / 1e9;
      onEpisode();
    },
    onClip: (index, outcome) => {
      const clip = clips[index]?.id ?? '';
      if (outcome.kind === 'failed') {
        refused.push({ clip, reason: outcome.failure });
        return;
      }
      if (!outcome.found.distinctive) notDistinctive.push(clip);
      const { plays, possible, threshold, distinctiveness } = outcome.found;
      freedom.set(clip, distinctiveness);
      seconds.set(clip, outcome.media.durationNs / 1e9);
      const detected = ({ offsetNs, laterOffsetsNs, score, likeness, coverage, speed }: Play) => ({
        ...{ clip, offset: offsetNs / 1e9, score, likeness, coverage, speed, distinctiveness },
        ...(laterOffsetsNs && { laterOffsets: laterOffsetsNs.map((ns) => ns / 1e9) }),
      });
      detections.push(...plays.map(detected));
      faint.push(...possible.map((play) => ({ ...detected(play), threshold })));
    },
  });
  return { detections, faint, refused, notDistinctive, freedom, seconds, episodeSeconds };
}

/** The clips of a set, by the ids of its truth. */
export function clipFiles(folder: string, ids: readonly string[]): ClipFile[] {
  return ids.map((id) => ({ id, path: join(folder, 'clips', `${id}.mp3`) }));
}
