import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Bitset } from '../domain/bitset.ts';
import type { Lease, LeaseSummary, Ledger, LedgerState } from '../domain/ledger.ts';
import type { Strikes } from '../domain/strikes.ts';
import type { Item } from './dynamo.ts';
import { episodeOfLedgerKey, leasedKey, ledgerKey, stateKey } from './keys.ts';

/*
 * How a ledger lies in its item. Every byte is paid at every write (and the leases once more in their index), so what
 * is regular is packed; what people look for in the console (state, position, lease ids, times) is plain.
 */

const STATES: readonly LedgerState[] = ['OPEN', 'STRUCK', 'WAITING', 'COMPLETE', 'PARKED', 'HELD'];
/** A damaged attribute must not exhaust the memory. */
const INFLATED_AT_MOST = 4 * 1024 * 1024;

/** The part of a lease that changes, as the index of leases projects it. */
interface StoredLease {
  id: string;
  made: number;
  signed?: number | undefined;
  sign?: number | undefined;
  result?: number | undefined;
  word?: number | undefined;
  by?: string | undefined;
  /** Bitset over the positions of the work item. */
  left: Uint8Array;
}

export function ledgerItem(ledger: Ledger): Item {
  const { leases, pairStrikes, parked, researched, rank, position } = ledger;
  return {
    ...ledgerKey(ledger.episode),
    version: ledger.version,
    stateKey: stateKey(ledger.state),
    position,
    rank: rank === position ? undefined : rank,
    researched: researched.size === 0 ? undefined : researched.packed(),
    leasedKey: leases.length === 0 ? undefined : leasedKey,
    leases: leases.length === 0 ? undefined : leases.map(storedLease),
    work:
      leases.length === 0 ? undefined : Object.fromEntries(leases.map(({ id, clips }) => [id, packedOrdinals(clips)])),
    pairStrikes: pairStrikes.size === 0 ? undefined : packedJson([...pairStrikes].map(storedStrikes)),
    episodeStrikes: ledger.episodeStrikes,
    parked: parked.size === 0 ? undefined : packedJson([...parked]),
    revision: ledger.revision,
    revisedAt: ledger.revisedAt,
  };
}

export function ledgerOf(item: Item): Ledger {
  const position = item.position as string;
  const work = (item.work ?? {}) as Record<string, Uint8Array>;
  const leases = ((item.leases ?? []) as StoredLease[]).map((stored) => leaseOf(stored, work[stored.id]));
  const pairStrikes = item.pairStrikes === undefined ? [] : unpackedJson<StoredStrikes[]>(item.pairStrikes);
  return {
    episode: episodeOfLedgerKey(item.pk as string),
    version: item.version as number,
    state: stateOf(item.stateKey),
    position,
    rank: (item.rank as string | undefined) ?? position,
    researched: item.researched === undefined ? Bitset.empty : Bitset.unpacked(item.researched as Uint8Array),
    leases,
    pairStrikes: new Map(pairStrikes.map(strikesOf)),
    episodeStrikes: item.episodeStrikes as Strikes | undefined,
    parked: new Map(item.parked === undefined ? [] : unpackedJson<[number, number][]>(item.parked)),
    revision: item.revision as number,
    revisedAt: item.revisedAt as number,
  };
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
    left: Bitset.of(positions).bytes,
  };
}

function timesOf(stored: StoredLease) {
  return {
    id: stored.id,
    created: stored.made,
    signed: stored.signed,
    lastSign: stored.sign,
    lastResult: stored.result,
    lastWord: stored.word,
    researcher: stored.by ?? '',
  };
}

function leaseOf(stored: StoredLease, work: Uint8Array | undefined): Lease {
  if (work === undefined) throw new Error(`its lease ${stored.id} has no clips`);
  const clips = unpackedOrdinals(work);
  const left = Bitset.fromBytes(stored.left);
  return { ...timesOf(stored), clips, left: clips.filter((_, position) => left.has(position)) };
}

/** Leases as the index of leases shows them. */
export function leaseSummaries(item: Item): LeaseSummary[] {
  return ((item.leases ?? []) as StoredLease[]).map((stored) => ({
    ...timesOf(stored),
    clipsLeft: Bitset.fromBytes(stored.left).size,
  }));
}

type StoredStrikes = [number, number, number, string, number, [string, number][]];

function storedStrikes([clip, { count, restUntil, reason, revision, strikers }]: [number, Strikes]): StoredStrikes {
  return [clip, count, restUntil, reason, revision, strikers.map(({ by, at }) => [by, at])];
}

function strikesOf([clip, count, restUntil, reason, revision, strikers]: StoredStrikes): [number, Strikes] {
  return [clip, { count, restUntil, reason, revision, strikers: strikers.map(([by, at]) => ({ by, at })) }];
}

function packedJson(value: unknown): Uint8Array {
  return new Uint8Array(deflateRawSync(JSON.stringify(value), { level: 9 }));
}

function unpackedJson<Value>(packed: unknown): Value {
  return JSON.parse(inflateRawSync(packed as Uint8Array, { maxOutputLength: INFLATED_AT_MOST }).toString()) as Value;
}

/** Zigzag deltas as LEB128 numbers, deflated: clips in order of priority mostly have ordinals near each other. */
export function packedOrdinals(ordinals: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let before = 0;
  for (const ordinal of ordinals) {
    const delta = ordinal - before;
    let zigzag = delta < 0 ? -2 * delta - 1 : 2 * delta;
    for (; zigzag >= 128; zigzag = Math.floor(zigzag / 128)) bytes.push((zigzag % 128) + 128);
    bytes.push(zigzag);
    before = ordinal;
  }
  return new Uint8Array(deflateRawSync(Uint8Array.from(bytes), { level: 9 }));
}

export function unpackedOrdinals(packed: Uint8Array): number[] {
  const ordinals: number[] = [];
  let value = 0;
  let scale = 1;
  let before = 0;
  for (const byte of inflateRawSync(packed, { maxOutputLength: INFLATED_AT_MOST })) {
    value += (byte % 128) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    before += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    ordinals.push(before);
    value = 0;
    scale = 1;
  }
  return ordinals;
}
