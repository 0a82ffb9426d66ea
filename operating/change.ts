import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import type { Ledger } from '../domain/ledger.ts';
import { reopenedAtOnce } from '../domain/operating.ts';
import { VersionConflict } from '../functions/ports.ts';
import { inParallel } from '../functions/runtime/in-parallel.ts';
import type { ArchiveClient } from './archive-client.ts';
import { Failure } from './failure.ts';
import { slowReading } from './slow-reading.ts';

/** What a command would do. Nothing happens before `apply`. */
export interface Change {
  /** As one would tell somebody to do it: `pause 3 episodes`. */
  readonly what: string;
  /** Of the things it would change; 0 means that there is nothing to do. */
  readonly count: number;
  /** Lines about them, for people. */
  readonly details: readonly string[];
  /** What one should know afterwards. */
  readonly hints?: readonly string[];
  /** @returns how many things were changed: others may have changed some of them meanwhile */
  apply(): Promise<number>;
}

const AT_A_TIME = 8;
const ATTEMPTS = 10;
/** A transaction takes 100 items. */
const CLIPS_A_TRANSACTION = 50;

/** Runs the step again after each conflict. @throws VersionConflict when others write all the time */
export async function persistently<Value>(step: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof VersionConflict) || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Does the step for each episode, and says how far it is where that takes long; one that fails stops no other.
 * @throws Failure at the end, naming those that failed
 */
export async function eachEpisode(
  episodes: Iterable<number>,
  step: (episode: number) => Promise<number>,
  atATime = AT_A_TIME,
): Promise<number> {
  let changed = 0;
  const failures: string[] = [];
  const all = [...episodes];
  const told = slowReading('episode', 'done');
  let done = 0;
  await inParallel(all, atATime, async (episode) => {
    try {
      const more = await step(episode);
      // Not `+= await`: that would add to what was before the others had ended.
      changed += more;
    } catch (error) {
      failures.push(`  episode ${episode}: ${(error as Error).message}`);
    }
    told(++done, all.length);
  });
  if (failures.length === 0) return changed;
  throw new Failure(`${changed} changed; not all, do it again for the rest:\n${failures.slice(0, 10).join('\n')}`);
}

/** Applies a pure function to ledgers, each under its version. @returns how many it changed */
export function changeLedgers(
  { ledgers }: Pick<ArchiveClient, 'ledgers'>,
  episodes: Iterable<number>,
  change: (ledger: Ledger) => Ledger,
): Promise<number> {
  return eachEpisode(episodes, (episode) =>
    persistently(async () => {
      const ledger = await ledgers.read(episode);
      const next = ledger === undefined ? undefined : change(ledger);
      if (next === undefined || next === ledger) return 0;
      await ledgers.write({ ledger: next });
      return 1;
    }),
  );
}

/** Applies a pure function to an episode, but for what its ledger says of it. @returns whether it changed it */
export function changeEpisode(
  { collection }: Pick<ArchiveClient, 'collection'>,
  ordinal: number,
  change: (episode: EpisodeEntry) => EpisodeEntry,
): Promise<boolean> {
  return persistently(async () => {
    const entry = (await collection.entries('episode', [ordinal])).get(ordinal);
    const next = entry === undefined ? undefined : change(entry);
    if (next === undefined || next === entry) return false;
    const nothingElse = { names: [], raisesAssignable: false, raisesCatalogue: false, ledgers: [] };
    await collection.change({ kind: 'episode', entries: [next], ...nothingElse });
    return true;
  });
}

/**
 * Applies a pure function to clips.
 * @param assignableAgain they may be leased again: complete episodes are looked at again for them, and at once
 * @returns how many it changed
 */
export async function changeClips(
  { collection, ledgers }: Pick<ArchiveClient, 'collection' | 'ledgers'>,
  clips: readonly number[],
  change: (clip: ClipEntry) => ClipEntry,
  assignableAgain: boolean,
): Promise<number> {
  let changed = 0;
  for (let start = 0; start < clips.length; start += CLIPS_A_TRANSACTION) {
    changed += await persistently(async () => {
      const read = await collection.entries('clip', clips.slice(start, start + CLIPS_A_TRANSACTION));
      const entries = [...read.values()].flatMap((clip) => {
        const next = change(clip);
        return next === clip ? [] : [next];
      });
      if (entries.length === 0) return 0;
      await collection.change({
        kind: 'clip',
        entries,
        names: [],
        raisesAssignable: assignableAgain,
        raisesCatalogue: true,
        ledgers: [],
      });
      return entries.length;
    });
  }
  if (assignableAgain && changed > 0) {
    const { assignableVersion } = await collection.counter('clip');
    await ledgers.changeControl((control) => reopenedAtOnce(control, assignableVersion, Date.now()));
  }
  return changed;
}
