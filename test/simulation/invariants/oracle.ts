import type { ClipEntry, EpisodeEntry } from '../../../domain/collection.ts';
import type { Ledger } from '../../../domain/ledger.ts';
import type { Strikes } from '../../../domain/strikes.ts';

/** The rules of selection once more, as plainly as they can be said; nothing of domain is used. */

const counts = (strikes: Strikes | undefined, revision: number) =>
  strikes === undefined || strikes.revision < revision ? 0 : strikes.count;

const restEnd = (strikes: Strikes | undefined, revision: number) =>
  strikes === undefined || strikes.revision < revision ? 0 : strikes.restUntil;

export function givenUp(ledger: Ledger, clip: ClipEntry): boolean {
  if (clip.retired === true || clip.gone === true || clip.sameAs !== undefined) return true;
  if (counts(clip.strikes, clip.revision) >= 4) return true;
  const parkedAt = ledger.parked.get(clip.ordinal);
  return parkedAt !== undefined && parkedAt >= clip.revision;
}

/** Whether the pair has a result of the clip's present recording. */
export const isRecorded = (ledger: Ledger, clip: ClipEntry): boolean =>
  ledger.researched.has(clip.ordinal) &&
  (ledger.clipRecordings?.get(clip.ordinal) ?? 1) >= (clip.recording?.number ?? 1);

export const episodeStrikes = (ledger: Ledger): number => counts(ledger.episodeStrikes, ledger.revision);

export const episodeGivenUp = (ledger: Ledger): boolean => counts(ledger.episodeStrikes, ledger.revision) >= 4;

export const episodeRestEnd = (ledger: Ledger): number => restEnd(ledger.episodeStrikes, ledger.revision);

export const pairRestEnd = (ledger: Ledger, clip: ClipEntry): number =>
  Math.max(
    restEnd(ledger.pairStrikes.get(clip.ordinal), clip.revision),
    restEnd(clip.strikes, clip.revision),
    ledger.handedBack?.clips.has(clip.ordinal) === true ? ledger.handedBack.until : 0,
    episodeRestEnd(ledger),
  );

export const pairStrikes = (ledger: Ledger, clip: ClipEntry): number =>
  counts(ledger.pairStrikes.get(clip.ordinal), clip.revision) + counts(clip.strikes, clip.revision);

/** Clips whose pair is neither researched nor leased nor given up, whether it rests or not. */
export function free(ledger: Ledger, clips: Iterable<ClipEntry>): ClipEntry[] {
  const held = new Set(ledger.leases.flatMap(({ left }) => left));
  return [...clips].filter((clip) => !isRecorded(ledger, clip) && !held.has(clip.ordinal) && !givenUp(ledger, clip));
}

export const isStruck = (clip: ClipEntry): boolean => counts(clip.strikes, clip.revision) > 0;

/** What may be leased, in its order; clips that struck last. */
export function inOrderOfWork(ledger: Ledger, clips: Iterable<ClipEntry>, now: number): ClipEntry[] {
  if (ledger.state === 'PARKED' || ledger.state === 'HELD') return [];
  return free(ledger, clips)
    .filter((clip) => pairRestEnd(ledger, clip) <= now)
    .sort(
      (a, b) =>
        Number(isStruck(a)) - Number(isStruck(b)) ||
        pairStrikes(ledger, a) - pairStrikes(ledger, b) ||
        b.info.priority - a.info.priority ||
        Date.parse(b.info.initialDateCurated) - Date.parse(a.info.initialDateCurated) ||
        a.ordinal - b.ordinal,
    );
}

export function isDone(ledger: Ledger, clips: readonly ClipEntry[]): boolean {
  return clips.length > 0 && clips.every((clip) => isRecorded(ledger, clip) || givenUp(ledger, clip));
}

const time = (text: string | undefined) => (text === undefined ? Number.NEGATIVE_INFINITY : Date.parse(text));

export function compareEpisodes(a: EpisodeEntry, b: EpisodeEntry): number {
  const byAired = time(b.info.dateAired) - time(a.info.dateAired);
  return (
    b.info.priority - a.info.priority ||
    (Number.isNaN(byAired) ? 0 : byAired) ||
    time(b.info.initialDateCurated) - time(a.info.initialDateCurated) ||
    a.ordinal - b.ordinal
  );
}
