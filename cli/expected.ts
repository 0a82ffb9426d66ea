import { readFileSync } from 'node:fs';
import { Failure } from '../operating/failure.ts';
import type { FullFinding } from '../operating/reading/findings.ts';
import type { Progress } from '../operating/reading/progress.ts';
import { tell } from '../operating/terminal.ts';
import type { Unresearched } from './unresearched.ts';

/** What is truly in the samples, by title. */
export interface Truth {
  readonly toleranceSeconds: number;
  /** How many there are. */
  readonly episodes: number;
  readonly clips: number;
  readonly findings: readonly {
    readonly episode: string;
    readonly clip: string;
    readonly offsetsSeconds: readonly number[];
  }[];
  readonly failed: readonly { readonly clip: string; readonly reason: string }[];
}

export const readTruth = (path: string): Truth => JSON.parse(readFileSync(path, 'utf8')) as Truth;

export const mayBeCompared = (truth: Truth, archive: Pick<Progress, 'episodes' | 'clips'>): boolean =>
  archive.episodes <= truth.episodes && archive.clips <= truth.clips;

/**
 * Of an archive that holds more than the samples the truth says nothing.
 *
 * @throws Failure that lists each difference between what was found and the truth
 */
export function comparedWithTruth(
  truth: Truth,
  archive: Pick<Progress, 'episodes' | 'clips'>,
  findings: readonly FullFinding[],
  unresearched: readonly Unresearched[],
): void {
  if (!mayBeCompared(truth, archive)) {
    tell('The archive holds more than the samples, so its findings are not compared with their truth.');
    return;
  }
  const differences: string[] = [];
  const found = new Map(findings.map((finding) => [keyOf(finding), finding]));
  for (const { episode, clip, offsetsSeconds } of truth.findings) {
    const key = JSON.stringify([episode, clip]);
    const offsets = (found.get(key)?.offsetsNs ?? []).map((ns) => ns / 1e9);
    found.delete(key);
    const matches =
      offsets.length === offsetsSeconds.length &&
      offsets.every((offset, index) => Math.abs(offset - (offsetsSeconds[index] ?? 0)) <= truth.toleranceSeconds);
    if (!matches)
      differences.push(
        `“${clip}” in “${episode}” plays at ${offsetsSeconds.join(', ')} s, found: ${offsets.join(', ') || 'nowhere'}`,
      );
  }
  for (const { clipEntry, episodeEntry } of found.values()) {
    differences.push(`“${clipEntry.info.title}” is not in “${episodeEntry.info.title}”, but was found`);
  }
  const failed = new Set(unresearched.map(({ clip }) => clip));
  for (const { clip } of truth.failed)
    if (!failed.delete(clip)) differences.push(`“${clip}” cannot be researched, but was`);
  for (const clip of failed) differences.push(`“${clip}” was not researched`);
  if (differences.length > 0) throw new Failure(`Not the truth of the samples:\n  ${differences.join('\n  ')}`);
  tell('The findings are the truth of the samples.');
}

const keyOf = ({ episodeEntry, clipEntry }: FullFinding): string =>
  JSON.stringify([episodeEntry.info.title, clipEntry.info.title]);
