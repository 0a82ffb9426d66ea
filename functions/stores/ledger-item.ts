import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Bitset } from '../../domain/bitset.ts';
import type { HandedBack, Hold, Lease, LeaseSummary, Ledger, LedgerState } from '../../domain/ledger.ts';
import { packedOrdinals, unpackedOrdinals } from '../../domain/packed-ordinals.ts';
import type { Strikes } from '../../domain/strikes.ts';
import type { Item } from './dynamo.ts';
import { episodeOfLedgerKey, leasedKey, ledgerKey, stateKey } from './keys.ts';
import { recordingsOf, storedRecordings } from './leased-recordings.ts';
import { foundByIn, storedFoundBy } from './stored-found-by.ts';
import { amount, bytes, isAmount, isOrdinal, list, map, optional, ordinal, text } from './stored-value.ts';
import { strikesOfItem } from './strikes-item.ts';

/*
 * How a ledger lies in its item. Every byte is paid at every write (and the leases once more in their index), so what
 * is regular is packed; what people look for in the console (state, position, lease ids, times) is plain.
 */

const HOLDS: readonly Hold[] = ['paused', 'retired', 'removed'];
const STATES: readonly LedgerState[] = ['OPEN', 'STRUCK', 'WAITING', 'COMPLETE', 'PARKED', 'HELD'];
/** A damaged attribute must not exhaust the memory. */
const INFLATED_AT_MOST = 4 * 1024 * 1024;

/** Most ledgers have nothing of the kind, and tens of thousands of them may be held. */
const NO_STRIKES: ReadonlyMap<number, Strikes> = new Map();
const NOTHING_PARKED: ReadonlyMap<number, number> = new Map();

/** The part of a lease that changes, as the index of leases projects it. */
interface StoredLease {
  id: string;
  made: number;
  signed?: number | undefined;
  sign?: number | undefined;
  result?: number | undefined;
  word?: number | undefined;
  by?: string | undefined;
  at?: number | undefined;
  careful?: boolean | undefined;
  untried?: number | undefined;
  struck?: boolean | undefined;
  /** Bitset over the positions of the work item. */
  left: Uint8Array;
}

export function ledgerItem(ledger: Ledger): Item {
  const { leases, pairStrikes, parked, researched, found, rank, position } = ledger;
  return {
    ...ledgerKey(ledger.episode),
    version: ledger.version,
    stateKey: stateKey(ledger.state),
    position,
    rank: rank === position ? undefined : rank,
    researched: researched.size === 0 ? undefined : researched.packed(),
    // Of a ledger with results an empty one says that there is no finding; none, that nobody kept it.
    found: researched.size === 0 && found?.size === 0 ? undefined : found?.packed(),
    foundAt: ledger.foundAt,
    foundBy: storedFoundBy(ledger),
    leasedKey: leases.length === 0 ? undefined : leasedKey,
    leases: leases.length === 0 ? undefined : leases.map(storedLease),
    work:
      leases.length === 0 ? undefined : Object.fromEntries(leases.map(({ id, clips }) => [id, packedOrdinals(clips)])),
    ...storedRecordings(leases),
    pairStrikes: pairStrikes.size === 0 ? undefined : packedJson([...pairStrikes].map(storedStrikes)),
    episodeStrikes: ledger.episodeStrikes,
    parked: parked.size === 0 ? undefined : packedJson([...parked]),
    revision: ledger.revision,
    revisedAt: ledger.revisedAt,
    handedBack: storedHandedBack(ledger.handedBack),
    careful: ledger.careful === true ? true : undefined,
    held: ledger.held,
    gone: ledger.gone === true ? true : undefined,
    recording: ledger.recording,
    clipRecordings: ledger.clipRecordings?.size ? packedJson([...ledger.clipRecordings]) : undefined,
  };
}

/**
 * @param unpacked how a set is read: who reads many may know it already
 * @throws Error saying which attribute is not as `ledgerItem` writes it
 */
export function ledgerOf(item: Item, unpacked: (packed: Uint8Array) => Bitset = Bitset.unpacked): Ledger {
  const position = text(item, 'position');
  const work = optional(map, item, 'work') ?? {};
  const leases = (optional(list, item, 'leases') ?? [])
    .map((stored) => leaseOf(stored, work))
    .map((lease) => ({ ...lease, ...recordingsOf(item, lease) }));
  const researched = optional(bytes, item, 'researched');
  const packed = optional(bytes, item, 'found');
  const found = packed && Bitset.unpacked(packed);
  return {
    episode: ordinal({ episode: episodeOfLedgerKey(text(item, 'pk')) }, 'episode'),
    version: ordinal(item, 'version'),
    state: stateOf(item.stateKey),
    position,
    rank: optional(text, item, 'rank') ?? position,
    researched: researched === undefined ? Bitset.empty : unpacked(researched),
    found: found ?? (researched === undefined ? Bitset.empty : undefined),
    ...(item.foundAt !== undefined && { foundAt: amount(item, 'foundAt') }),
    ...(item.foundBy !== undefined && { foundBy: foundByIn(item, found) }),
    leases,
    pairStrikes:
      item.pairStrikes === undefined ? NO_STRIKES : new Map(unpackedJson(item, 'pairStrikes').map(strikesOf)),
    episodeStrikes: strikesOfItem(item, 'episodeStrikes'),
    parked: item.parked === undefined ? NOTHING_PARKED : new Map(unpackedJson(item, 'parked').map(numberedOf)),
    revision: ordinal(item, 'revision'),
    revisedAt: amount(item, 'revisedAt'),
    ...(item.handedBack !== undefined && { handedBack: handedBackOf(map(item, 'handedBack')) }),
    ...(item.careful === true && { careful: true }),
    held: optional(holdOf, item, 'held'),
    ...(item.gone === true && { gone: true }),
    ...(item.recording !== undefined && { recording: recordingIn(item) }),
    ...(item.clipRecordings !== undefined && {
      clipRecordings: new Map(unpackedJson(item, 'clipRecordings').map(numberedOf)),
    }),
  };
}

const storedHandedBack = (handedBack: HandedBack | undefined) =>
  handedBack === undefined ? undefined : { until: handedBack.until, clips: handedBack.clips.packed() };

const handedBackOf = (stored: Item): HandedBack => ({
  until: amount(stored, 'until'),
  clips: Bitset.unpacked(bytes(stored, 'clips')),
});

function holdOf(item: Item, name: string): Hold {
  const held = text(item, name);
  const hold = HOLDS.find((known) => known === held);
  if (hold === undefined) throw new Error(`its ${name} is none of ${HOLDS.join(', ')}: ${held}`);
  return hold;
}

function stateOf(key: unknown): LedgerState {
  const name = String(key).split('#')[1];
  const state = STATES.find((known) => known === name);
  if (state === undefined) throw new Error(`its state is none of ${STATES.join(', ')}: ${String(key)}`);
  return state;
}

function storedLease(lease: Lease): StoredLease {
  const left = new Set(lease.left);
  const positions = [...lease.clips.keys()].filter((position) => left.has(lease.clips[position] ?? 0));
  return {
    id: lease.id,
    made: lease.created,
    signed: lease.signed,
    sign: lease.lastSign,
    result: lease.lastResult,
    word: lease.lastWord,
    by: lease.researcher === '' ? undefined : lease.researcher,
    at: lease.at,
    careful: lease.careful === true ? true : undefined,
    untried: lease.untried,
    struck: lease.struck === true ? true : undefined,
    left: Bitset.of(positions).bytes,
  };
}

function timesOf(stored: Item) {
  return {
    id: text(stored, 'id'),
    created: amount(stored, 'made'),
    signed: optional(amount, stored, 'signed'),
    lastSign: optional(amount, stored, 'sign'),
    lastResult: optional(amount, stored, 'result'),
    lastWord: optional(amount, stored, 'word'),
    researcher: optional(text, stored, 'by') ?? '',
    ...(stored.at !== undefined && { at: amount(stored, 'at') }),
    ...(stored.careful === true && { careful: true }),
    ...(stored.untried !== undefined && { untried: amount(stored, 'untried') }),
    ...(stored.struck === true && { struck: true }),
  };
}

function leaseOf(stored: Item, work: Item): Lease {
  const times = timesOf(stored);
  const clips = unpackedOrdinals(bytes(work, times.id));
  const left = Bitset.fromBytes(bytes(stored, 'left'));
  return { ...times, clips, left: clips.filter((_, position) => left.has(position)) };
}

/** Leases as the index of leases shows them. @throws Error as `ledgerOf` does */
export function leaseSummaries(item: Item): LeaseSummary[] {
  return (optional(list, item, 'leases') ?? []).map((stored) => {
    const left = Bitset.fromBytes(bytes(stored, 'left'));
    const { untried, ...times } = timesOf(stored);
    const [first] = left;
    const isOut = untried !== undefined && first !== undefined && first < untried;
    return { ...times, clipsLeft: left.size, ...(isOut && { untried }) };
  });
}

type StoredStrikes = [number, number, number, string, number, [string, number][]];

function storedStrikes([clip, { count, restUntil, reason, revision, strikers }]: [number, Strikes]): StoredStrikes {
  return [clip, count, restUntil, reason, revision, strikers.map(({ by, at }) => [by, at])];
}

function strikesOf(stored: unknown): [number, Strikes] {
  const [clip, count, restUntil, reason, revision, strikers] = stored as StoredStrikes;
  const numbers = isOrdinal(clip) && isOrdinal(revision) && isAmount(count) && isAmount(restUntil);
  const known = strikers.map(([by, at]) => ({ by, at }));
  if (!numbers || typeof reason !== 'string' || known.some(({ by, at }) => typeof by !== 'string' || !isAmount(at)))
    throw new Error('its pairStrikes are damaged');
  return [clip, { count, restUntil, reason, revision, strikers: known }];
}

/** A clip, and the number that is kept of it. */
function numberedOf(stored: unknown): [number, number] {
  const [clip, number] = stored as [number, number];
  if (!isOrdinal(clip) || !isOrdinal(number)) throw new Error('its parked pairs or recordings are damaged');
  return [clip, number];
}

function recordingIn(item: Item): NonNullable<Ledger['recording']> {
  const recording = map(item, 'recording');
  return {
    number: ordinal(recording, 'number'),
    at: amount(recording, 'at'),
    revision: text(recording, 'revision'),
  };
}

function packedJson(value: unknown): Uint8Array {
  return new Uint8Array(deflateRawSync(JSON.stringify(value), { level: 9 }));
}

/** A list that `packedJson` wrote; empty where the attribute is absent. */
function unpackedJson(item: Item, name: string): unknown[] {
  const packed = optional(bytes, item, name);
  if (packed === undefined) return [];
  const inflated = inflateRawSync(packed, { maxOutputLength: INFLATED_AT_MOST });
  return list({ [name]: JSON.parse(inflated.toString()) }, name) as unknown[];
}
