import { Bitset } from '../../domain/bitset.ts';
import type { ClipEntry, EpisodeEntry, Finding } from '../../domain/collection.ts';
import { type Claim, keptNames, type Name, namesOf } from '../../domain/identity.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { parseClipInfo, parseEpisodeInfo, toJson } from '../../domain/messages.ts';
import type { Strikes } from '../../domain/strikes.ts';
import type { AuditEntry } from '../tables/dynamo-operations.ts';
import { type Stored, storedItem, storedOf } from '../tables/dynamo-transfer.ts';

/*
 * The lines of an exported archive: what the archive knows of one thing each, independent of how its tables hold it.
 * Versions of items are not in them: an imported item is new. Leases are not either: see decision 011.
 */

type Json = Readonly<Record<string, unknown>>;

type StoredFinding = Finding & { readonly variant: number };

export function entryLine({ info, version: _, ...entry }: ClipEntry | EpisodeEntry): Json {
  return { ...entry, info: toJson(info) };
}

/** A name is known by its hash only, and so are the names that an entry had before. */
export const nameLine = (name: Name, claim: Claim): Json => ({ name, ...claim });

export function ledgerLine(ledger: Ledger, reasons: ReadonlyMap<number, string>): Json {
  const {
    version: _version,
    leases: _leases,
    researched,
    found,
    foundBy,
    pairStrikes,
    parked,
    clipRecordings,
    handedBack,
    ...rest
  } = ledger;
  return {
    ...rest,
    researched: ranges(researched),
    ...(found !== undefined && { found: ranges(found) }),
    ...(foundBy !== undefined && {
      foundBy: Object.fromEntries([...foundBy].map(([analyzer, clips]) => [analyzer, ranges(clips)])),
    }),
    pairStrikes: Object.fromEntries(pairStrikes),
    parked: Object.fromEntries(parked),
    parkedReasons: Object.fromEntries(reasons),
    ...(clipRecordings !== undefined && { clipRecordings: Object.fromEntries(clipRecordings) }),
    ...(handedBack !== undefined && { handedBack: { ...handedBack, clips: ranges(handedBack.clips) } }),
  };
}

export const findingLine = (finding: StoredFinding, supersededAt: string | undefined): Json => ({
  ...finding,
  ...(supersededAt === undefined ? {} : { supersededAt }),
});

export const auditLine = (entry: AuditEntry): Json => ({ ...entry });

/** What the lines of each file stand for. @throws Error saying what is wrong with the line */
export const READERS = {
  clips: (line: Json) => entryOf('clip', line),
  episodes: (line: Json) => entryOf('episode', line),
  names: ({ name, ordinal, at, by }: Json): Part[] => {
    if (typeof name !== 'string' || !/^[\w-]{43}$/.test(name)) throw new Error('name is no SHA-256 in base64url');
    if (!Number.isSafeInteger(ordinal)) throw new Error('ordinal is no whole number');
    const since = { ...(at !== undefined && { at: String(at) }), ...(by !== undefined && { by: String(by) }) };
    return [{ kind: 'name', name, claim: { ordinal: ordinal as number, ...since } }];
  },
  ledgers: ledgerOf,
  findings: (line: Json): Part[] => {
    const { supersededAt, ...finding } = line as unknown as StoredFinding & { supersededAt?: string };
    return [checked({ kind: 'finding', finding, ...(supersededAt === undefined ? {} : { supersededAt }) })];
  },
  audit: (line: Json): Part[] => {
    const missing = ['id', 'at', 'who', 'command', 'what', 'why'].find((field) => typeof line[field] !== 'string');
    if (missing !== undefined) throw new Error(`${missing} is no text`);
    return [checked({ kind: 'audit', entry: line as unknown as AuditEntry })];
  },
} as const;

export type Part = Parameters<typeof storedItem>[0];

/** With the names that it has now: they follow from it, and without them it could come a second time. */
function entryOf(kind: 'clip' | 'episode', { info, ...rest }: Json): Part[] {
  const body = JSON.stringify(info);
  const parsed = kind === 'clip' ? parseClipInfo(body) : parseEpisodeInfo(body);
  const entry = { ...rest, info: parsed, version: 1 } as ClipEntry & EpisodeEntry;
  const { uri, ...others } = namesOf(kind, parsed);
  const names = keptNames({ uri, ...others });
  // The address is another one's; whose, the file of names tells.
  const own = entry.gone === true || entry.sameAs !== undefined ? names.filter((name) => name !== uri) : names;
  const claim = { ordinal: entry.ordinal };
  return [checked({ kind, entry }), ...own.map((name): Part => ({ kind: 'name', name, claim }))];
}

function ledgerOf(line: Json): Part[] {
  const { researched, found, foundBy, pairStrikes, parked, parkedReasons, clipRecordings, handedBack, ...rest } = line;
  const { clips: resting, until } = (handedBack ?? {}) as Json;
  const numbered = <Value>(map: unknown) =>
    new Map(Object.entries(map as Record<string, Value>).map(([clip, value]) => [Number(clip), value]));
  const ledger = {
    ...rest,
    version: 1,
    leases: [],
    researched: setOf(researched),
    // Not there in exports made before they were kept.
    found: found === undefined ? undefined : setOf(found),
    ...(foundBy !== undefined && {
      foundBy: new Map(Object.entries(foundBy as Json).map(([analyzer, clips]) => [analyzer, setOf(clips)])),
    }),
    pairStrikes: numbered<Strikes>(pairStrikes),
    parked: numbered<number>(parked),
    ...(clipRecordings !== undefined && { clipRecordings: numbered<number>(clipRecordings) }),
    // Exports once held it in a form that nobody could read; without it those pairs rest no longer.
    ...(Array.isArray(resting) && { handedBack: { until, clips: setOf(resting) } }),
  } as unknown as Ledger;
  const reasons = [...numbered<string>(parkedReasons)].map(
    ([clip, reason]): Part => checked({ kind: 'reason', episode: ledger.episode, clip, reason: String(reason) }),
  );
  return [checked({ kind: 'ledger', ledger }), ...reasons];
}

/** Whatever the archive could not read again must not get into it. */
function checked<P extends Part>(part: P): P {
  const item = storedItem(part);
  const read: Stored | undefined = storedOf(item, String(item.pk), String(item.sk));
  if (read?.kind !== part.kind) throw new Error(`it is no ${part.kind}`);
  return part;
}

/** Members of a set as ranges, first and last: a ledger with everything researched is one pair of numbers. */
export function ranges(set: Iterable<number>): [number, number][] {
  const found: [number, number][] = [];
  for (const member of set) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === member - 1) last[1] = member;
    else found.push([member, member]);
  }
  return found;
}

const setOf = (ranged: unknown): Bitset => Bitset.of(members(ranged as [number, number][]));

/** A damaged file must not exhaust the memory. */
const HIGHEST_MEMBER = 10_000_000;

export function* members(of: readonly (readonly [number, number])[]): Generator<number> {
  for (const [first, last] of of) {
    if (!(Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last && last <= HIGHEST_MEMBER)) {
      throw new Error(`researched has no such range: ${first} to ${last}`);
    }
    for (let member = first; member <= last; member++) yield member;
  }
}
