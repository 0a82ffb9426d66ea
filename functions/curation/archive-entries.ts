import { isDeepStrictEqual } from 'node:util';
import { ArchiveBatch, type BatchOutcome } from '../../domain/archive-batch.ts';
import { type EpisodeEntry, type Kind, NO_COUNTER } from '../../domain/collection.ts';
import { keptNames, lookedUpNames, type Name, namesOf } from '../../domain/identity.ts';
import { cameBack, goneFrom, type Ledger, newLedger, reRecorded, reranked, revised } from '../../domain/ledger.ts';
import { rankOf } from '../../domain/order.ts';
import { type Clock, type Collection, type EntryOf, type Ledgers, VersionConflict } from '../ports.ts';

/** What became of one curated message. A refused one is hopeless; a failed one may succeed when it comes again. */
export type ArchiveOutcome = BatchOutcome | { readonly kind: 'failed'; readonly error: Error };

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
  const named = infos.map((info) => ({ info, names: namesOf(kind, info) }));
  const wanted = [...new Set(named.flatMap(({ names }) => lookedUpNames(names)))];
  const known = await readKnown(kind, collection, wanted);
  const { claims, entries } = known;
  // Only an insertion needs the counter: an unknown id may be one, whoever is at its address.
  const inserts = named.some(({ names }) =>
    names.id === undefined ? !keptNames(names).some((name) => claims.has(name)) : !claims.has(names.id),
  );
  const { lastOrdinal } = inserts ? await collection.counter(kind) : NO_COUNTER;

  const now = clock();
  const batch = new ArchiveBatch<EntryOf[K]['info']>({ kind, claims, entries, lastOrdinal }, now);
  const outcomes = named.map(({ info, names }) => batch.take(info, names));
  // No write of a refusal has a condition, and what is read together is not of one moment. Read twice alike, it was so in between.
  const refuses = outcomes.some((outcome) => outcome.kind === 'refused');
  if (refuses && !isDeepStrictEqual(await readKnown(kind, collection, wanted), known)) {
    throw new VersionConflict('What a refusal rests on has changed since it was read');
  }

  const changed = [...batch.changed.values()] as EntryOf[K][];
  if (changed.length > 0) {
    await collection.change<K>({
      kind,
      entries: changed,
      names: batch.names,
      ...(batch.lastOrdinal > lastOrdinal && { ordinals: { before: lastOrdinal, after: batch.lastOrdinal } }),
      newMedia: batch.newMedia,
      raisesAssignable: kind === 'clip' && batch.raisesAssignable,
      raisesCatalogue: kind === 'clip',
      ledgers: kind === 'clip' ? [] : await changedLedgers(changed as EpisodeEntry[], ledgers, now),
    });
  }
  for (const entry of batch.touched()) await collection.touch(kind, entry as EntryOf[K]);
  return outcomes;
}

/** What these names lead to. */
async function readKnown<K extends Kind>(kind: K, collection: Collection, names: readonly Name[]) {
  const claims = await collection.claims(kind, names);
  const ordinals = new Set([...claims.values()].map(({ ordinal }) => ordinal));
  return { claims, entries: await standingEntries(kind, collection, ordinals) };
}

/** The entries of these ordinals, and those that stand for them. */
async function standingEntries<K extends Kind>(
  kind: K,
  collection: Collection,
  ordinals: ReadonlySet<number>,
): Promise<ReadonlyMap<number, EntryOf[K]>> {
  const entries = new Map<number, EntryOf[K]>();
  for (let wanted = [...ordinals]; wanted.length > 0; ) {
    const read = await collection.entries(kind, wanted);
    for (const [ordinal, entry] of read) entries.set(ordinal, entry);
    const next = [...read.values()].flatMap(({ sameAs }) => sameAs ?? []);
    wanted = [...new Set(next)].filter((ordinal) => !entries.has(ordinal));
  }
  return entries;
}

/** New ledgers for new episodes, and those whose rank or media changed. */
async function changedLedgers(
  episodes: readonly EpisodeEntry[],
  ledgers: ArchiveDependencies['ledgers'],
  now: number,
): Promise<Ledger[]> {
  const changed: Ledger[] = [];
  for (const episode of episodes) {
    const rank = rankOf(episode);
    // An episode may have come and moved in one batch.
    const inserted = episode.version === 0;
    const ledger = inserted ? newLedger(episode.ordinal, rank, now) : await ledgers?.read(episode.ordinal);
    if (ledger === undefined) throw new Error(`Episode ${episode.ordinal} has no ledger`);
    const ranked = reranked(ledger, rank);
    const next = episode.revision > ledger.revision ? revised(ranked, episode.revision, now) : ranked;
    const after = inOrOut(episode, ofRecording(episode, next));
    if (inserted || after !== ledger) changed.push(after);
  }
  return changed;
}

/** Another recording is to be researched from its beginning. */
function ofRecording({ recording, info }: EpisodeEntry, ledger: Ledger): Ledger {
  if (recording === undefined || recording.number <= (ledger.recording?.number ?? 1)) return ledger;
  return reRecorded(ledger, { ...recording, revision: info.revision ?? '' });
}

const inOrOut = ({ gone, sameAs }: EpisodeEntry, ledger: Ledger): Ledger =>
  gone === true || sameAs !== undefined ? goneFrom(ledger) : cameBack(ledger);
