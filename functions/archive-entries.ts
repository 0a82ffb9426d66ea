import { archived } from './domain/archiving.ts';
import type { ClipEntry, EpisodeEntry, Kind } from './domain/collection.ts';
import { namesOf } from './domain/identity.ts';
import { type Ledger, newLedger, reranked, revised } from './domain/ledger.ts';
import { assertInsertable, InvalidMessage } from './domain/messages.ts';
import { episodeRank, rankOf } from './domain/order.ts';
import {
  type Clock,
  type Collection,
  type CollectionChange,
  type EntryOf,
  type Ledgers,
  VersionConflict,
} from './ports.ts';

/** What became of one curated message. A refused one is hopeless; a failed one may succeed when it comes again. */
export type ArchiveOutcome =
  | { readonly kind: 'inserted' | 'updated' | 'touched' | 'unchanged'; readonly ordinal: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: Error };

export interface ArchiveDependencies {
  readonly collection: Collection;
  /** Needed for episodes only. */
  readonly ledgers?: Pick<Ledgers, 'read'>;
  readonly clock: Clock;
}

/** A whole batch tries again so often before its messages go one by one. */
const BATCH_ATTEMPTS = 3;
/** One message tries again so often before it is left to be received again. */
const SINGLE_ATTEMPTS = 10;

/**
 * Takes curated clips or episodes into the collection, as one transaction where it can be. Never throws for one
 * message's sake: outcomes are in the order of `infos`.
 */
export async function archiveEntries<K extends Kind>(
  kind: K,
  infos: readonly EntryOf[K]['info'][],
  dependencies: ArchiveDependencies,
): Promise<ArchiveOutcome[]> {
  if (infos.length > 1) {
    for (let attempt = 0; attempt < BATCH_ATTEMPTS; attempt++) {
      try {
        return await archiveTogether(kind, infos, dependencies);
      } catch (error) {
        // Whatever it was, one message alone may be the cause; each is tried by itself below.
        if (!(error instanceof VersionConflict)) break;
      }
    }
  }
  const outcomes: ArchiveOutcome[] = [];
  for (const info of infos) outcomes.push(await archiveAlone(kind, info, dependencies));
  return outcomes;
}

async function archiveAlone<K extends Kind>(
  kind: K,
  info: EntryOf[K]['info'],
  dependencies: ArchiveDependencies,
): Promise<ArchiveOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      const [outcome] = await archiveTogether(kind, [info], dependencies);
      return outcome ?? { kind: 'failed', error: new Error('no outcome') };
    } catch (error) {
      if (error instanceof VersionConflict && attempt < SINGLE_ATTEMPTS) continue;
      return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}

async function archiveTogether<K extends Kind>(
  kind: K,
  infos: readonly EntryOf[K]['info'][],
  { collection, ledgers, clock }: ArchiveDependencies,
): Promise<ArchiveOutcome[]> {
  const now = clock();
  const names = infos.map((info) => namesOf(kind, info));
  const all = names.flatMap(({ uri, title }) => (title === undefined ? [uri] : [uri, title]));
  const owners = new Map(await collection.owners(kind, [...new Set(all)]));
  const entries = new Map(await collection.entries(kind, [...new Set(owners.values())]));

  const changed = new Set<number>();
  const touched = new Set<number>();
  const newNames: { name: string; ordinal: number }[] = [];
  const changedLedgers = new Map<number, Ledger>();
  let lastRead: number | undefined;
  let last = 0;
  let raisesMembers = false;
  let raisesContent = false;

  const own = (fresh: readonly string[], ordinal: number) => {
    for (const name of fresh) {
      owners.set(name, ordinal);
      newNames.push({ name, ordinal });
    }
  };

  const outcomes: ArchiveOutcome[] = [];
  for (const [index, info] of infos.entries()) {
    const decision = archived(info, names[index] ?? { uri: '' }, owners, (ordinal) => entries.get(ordinal), now);
    switch (decision.kind) {
      case 'conflict':
        outcomes.push({ kind: 'refused', reason: `Names in conflict: ${decision.reason}.` });
        break;
      case 'unchanged':
        outcomes.push({ kind: 'unchanged', ordinal: decision.ordinal });
        break;
      case 'touched':
        entries.set(decision.entry.ordinal, decision.entry as EntryOf[K]);
        touched.add(decision.entry.ordinal);
        outcomes.push({ kind: 'touched', ordinal: decision.entry.ordinal });
        break;
      case 'inserted': {
        const refusal = refusalOf(info);
        if (refusal !== undefined) {
          outcomes.push({ kind: 'refused', reason: refusal });
          break;
        }
        if (lastRead === undefined) {
          lastRead = (await collection.counter(kind)).lastOrdinal;
          last = lastRead;
        }
        const ordinal = ++last;
        entries.set(ordinal, { ordinal, version: 0, info: decision.info, revision: 1, revisedAt: now } as EntryOf[K]);
        changed.add(ordinal);
        own(decision.names, ordinal);
        raisesMembers = true;
        raisesContent = true;
        if (kind === 'episode')
          changedLedgers.set(ordinal, newLedger(ordinal, episodeRank(decision.info, ordinal), now));
        outcomes.push({ kind: 'inserted', ordinal });
        break;
      }
      case 'updated': {
        const { ordinal } = decision.entry;
        // Strikes and facts are of the medium that was.
        const { strikes: _struck, facts: _facts, ...media }: Partial<ClipEntry> = decision.entry as ClipEntry;
        entries.set(ordinal, (decision.moved ? media : decision.entry) as EntryOf[K]);
        changed.add(ordinal);
        own(decision.names, ordinal);
        raisesMembers ||= decision.moved;
        raisesContent = true;
        if (kind === 'episode') {
          const ledger = changedLedgers.get(ordinal) ?? (await ledgers?.read(ordinal));
          if (ledger === undefined) throw new Error(`Episode ${ordinal} has no ledger`);
          const ranked = reranked(ledger, rankOf(decision.entry as EpisodeEntry));
          const next = decision.moved ? revised(ranked, decision.entry.revision, now) : ranked;
          if (next !== ledger) changedLedgers.set(ordinal, next);
        }
        outcomes.push({ kind: 'updated', ordinal });
        break;
      }
    }
  }

  const ofKind = (ordinals: Iterable<number>) => [...ordinals].map((ordinal) => entries.get(ordinal) as EntryOf[K]);
  if (changed.size > 0) {
    const ordinals = lastRead === undefined ? {} : { ordinals: { before: lastRead, after: last } };
    const change: CollectionChange<K> = {
      kind,
      entries: ofKind(changed),
      names: newNames,
      ...ordinals,
      raisesMembers: kind === 'clip' && raisesMembers,
      raisesContent: kind === 'clip' && raisesContent,
      ledgers: [...changedLedgers.values()],
    };
    await collection.change(change);
  }
  for (const entry of ofKind([...touched].filter((ordinal) => !changed.has(ordinal))))
    await collection.touch(kind, entry);
  return outcomes;
}

function refusalOf(info: Parameters<typeof assertInsertable>[0]): string | undefined {
  try {
    assertInsertable(info);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMessage) return error.message;
    throw error;
  }
}
