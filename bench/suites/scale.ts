import { Bitset } from '../../domain/bitset.ts';
import { ledgerItem } from '../../functions/stores/ledger-item.ts';
import { BenchArchive, type BenchEmulators } from '../bench-archive.ts';
import { atMost, type Cost, costOf, exponent, type Figure, type Operation, operation } from '../figures.ts';
import { itemBytes, OVERHEAD, storedBytes } from '../stored-bytes.ts';
import { clipItems, episodeItems, ledgerItems, syntheticLedger, upTo, writeAll } from '../synthetic.ts';
import { PairRows, resultRow } from '../yardstick/pair-rows.ts';

export interface Size {
  readonly episodes: number;
  readonly clips: number;
  /** Episodes that rest, with the rest complete. */
  readonly waiting?: number;
}

/** What choosing costs at one size, and with how much time (ms, one run: for orientation only). */
export interface Scaled extends Size {
  readonly pairs: number;
  readonly choosing: Cost;
  readonly idle: Cost;
  /** What a process pays once for the clips, and what when one of them was struck since it read them. */
  readonly catalogueReadUnits: number;
  readonly reloadReadUnits: number;
  readonly ms: { readonly choosing: number; readonly idle: number; readonly catalogue: number };
}

/** Stored bytes of the ledgers of `pairs` researched pairs, in one pattern of completion. */
export interface Stored {
  readonly pattern: string;
  readonly episodes: number;
  readonly clips: number;
  readonly researched: number;
  readonly bytes: number;
  readonly largestItem: number;
}

export interface ScaleResult {
  readonly suite: 'scale';
  readonly operations: readonly Operation[];
  readonly sizes: readonly Scaled[];
  readonly stored: readonly Stored[];
  readonly storedByYardstick: number;
  /** b of cost ≈ a · x^b; x are the pairs, for the catalogue the clips. */
  readonly exponents: Record<string, number>;
  readonly figures: readonly Figure[];
}

export const SCALE_SIZES: readonly Size[] = [
  { episodes: 400, clips: 1_000 },
  { episodes: 4_000, clips: 1_000 },
  { episodes: 4_000, clips: 10_000 },
  { episodes: 40_000, clips: 10_000 },
  { episodes: 40_000, clips: 10_000, waiting: 10_000 },
];

export const PAIRS = 40_000_000;

export async function scaleSuite(
  emulators: BenchEmulators,
  sizes: readonly Size[] = SCALE_SIZES,
  told: (line: string) => void = () => {},
): Promise<ScaleResult> {
  const scaled: Scaled[] = [];
  const operations: Operation[] = [];
  for (const size of sizes) {
    const name = nameOf(size);
    told(name);
    const measured = await measuredAt(emulators, size);
    scaled.push(measured.scaled);
    operations.push(
      operation(`choose and lease, ${name}`, 'work item', measured.scaled.choosing, measured.choosingRows),
      operation(`idle run, ${name}`, 'run', measured.scaled.idle, measured.idleRows),
    );
  }
  told('stored bytes');
  const stored = storedPatterns();
  const units = scaled.map(({ choosing }) => choosing.readUnits);
  const complete = scaled.filter(({ waiting }) => waiting === undefined);
  const growing = (of: (one: Scaled) => number) => exponent(complete.map((one) => [one.pairs, of(one)]));
  const between = (episodes: number, clips: number) =>
    scaled.find((one) => one.episodes === episodes && one.clips === clips)?.choosing.readUnits;
  const [small, large] = [between(400, 1_000), between(4_000, 10_000)];
  return {
    suite: 'scale',
    operations,
    sizes: scaled,
    stored,
    storedByYardstick: PAIRS * (itemBytes(resultRow(4_000, 10_000, '2026-06-01T00:00:00Z')) + OVERHEAD),
    exponents: {
      'read units to choose, by pairs': growing((one) => one.choosing.readUnits),
      'write units to choose, by pairs': growing((one) => one.choosing.writeUnits),
      'read units of an idle run, by pairs': growing((one) => one.idle.readUnits),
      'read units of all clips, by clips': exponent(complete.map((one) => [one.clips, one.catalogueReadUnits])),
      'stored bytes, all complete, by pairs': exponent(
        [400_000, 4_000_000, PAIRS].map((pairs) => [pairs, storedBytesOf(allOf(pairs / 1_000, 1_000)).bytes]),
      ),
    },
    figures: [
      atMost('read units to choose and lease one work item', 20, Math.max(...units)),
      ...(small === undefined || large === undefined
        ? []
        : [atMost('those at 4,000 × 10,000 by those at 400 × 1,000', 1.5, large / small)]),
      atMost(
        'read units of a reload of all clips after a strike of one',
        5,
        Math.max(...scaled.map(({ reloadReadUnits }) => reloadReadUnits)),
      ),
      atMost('stored bytes of 40 million researched pairs', 100_000_000, Math.max(...stored.map(({ bytes }) => bytes))),
    ],
  };
}

export const nameOf = ({ episodes, clips, waiting }: Size): string =>
  `${grouped(episodes)} × ${grouped(clips)}${waiting === undefined ? '' : `, ${grouped(waiting)} waiting`}`;

const grouped = (count: number): string => count.toLocaleString('en-US');

/** Everything but the last episode in the order of work is complete (or waiting), and that one has not been begun. */
async function measuredAt(emulators: BenchEmulators, size: Size) {
  const { episodes, clips, waiting = 0 } = size;
  const archive = await BenchArchive.open(emulators);
  const { client, names, meter, now } = archive;
  const chosen = episodes;
  await writeAll(client, names.collection, clipItems(clips));
  await writeAll(client, names.collection, episodeItems([chosen], episodes));
  await writeAll(client, names.leases, ledgerItems(upTo(waiting), 'WAITING', { clips, now }));
  const others = upTo(episodes).slice(waiting);
  await writeAll(client, names.leases, ledgerItems(others, 'COMPLETE', { clips, now }));
  await archive.ledgers.changeControl((control) => ({ ...control, reopening: { assignableVersion: clips, at: now } }));
  await archive.drain();

  meter.taken();
  const ms = { choosing: 0, idle: 0, catalogue: 0 };
  ms.catalogue = await timed(async () => void (await archive.collection.catalogue()));
  const catalogueReadUnits = costOf(meter.taken()).readUnits;

  ms.idle = await timed(async () => {
    const { end } = await archive.assign();
    if (end !== 'nothing left to assign') throw new Error(`An idle run ended with: ${end}`);
  });
  const idle = costOf(meter.taken());

  const open = syntheticLedger(chosen, 'OPEN', { clips, now, researched: Bitset.empty });
  await writeAll(client, names.leases, [ledgerItem({ ...open, version: 2 })]);
  // The first run of a backlog notes its beginning in the control item; the measured one finds it noted.
  await archive.ledgers.changeControl((control) => ({ ...control, backlogSince: now }));
  meter.taken();
  ms.choosing = await timed(async () => {
    const { published } = await archive.assign();
    if (published !== 1) throw new Error(`${published} work items were published, and 1 was expected`);
  });
  const choosing = costOf(meter.taken());

  // The clips were put there by no transaction that notes them: the log begins with the first strike.
  await strikeFirstClip(archive, chosen);
  await archive.collection.catalogue();
  await strikeFirstClip(archive, chosen);
  meter.taken();
  const { clips: reloaded } = await archive.collection.catalogue();
  const reloadReadUnits = costOf(meter.taken()).readUnits;
  if (!reloaded.some(({ strikes }) => strikes?.count === 2)) throw new Error('The second strike was not seen');

  const rows = await PairRows.open(client);
  await rows.putBacklog(chosen, upTo(100));
  meter.taken();
  await rows.lease(now);
  const choosingRows = { ...costOf(meter.taken()), sqsRequests: choosing.sqsRequests };
  await rows.lookAround();
  const idleRows = { ...costOf(meter.taken()), sqsRequests: idle.sqsRequests };
  const scaled: Scaled = { ...size, pairs: episodes * clips, choosing, idle, catalogueReadUnits, reloadReadUnits, ms };
  return { scaled, choosingRows, idleRows };
}

/** As somebody who falls silent at it does. */
async function strikeFirstClip({ collection, ledgers, now }: BenchArchive, episode: number): Promise<void> {
  const [clip] = (await collection.catalogue()).clips;
  const ledger = await ledgers.read(episode);
  if (clip === undefined || ledger === undefined) throw new Error(`Episode ${episode} or its clips are not there`);
  const count = (clip.strikes?.count ?? 0) + 1;
  const strikes = { count, restUntil: now, reason: '', strikers: [{ by: 'bench', at: now }], revision: clip.revision };
  await ledgers.write({ ledger, clips: [{ ...clip, strikes }] });
}

async function timed(step: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await step();
  return Math.round(performance.now() - start);
}

/** Ledgers in which 40 million pairs are researched, as different histories leave them. */
function storedPatterns(): Stored[] {
  const random = randomNumbers(1);
  const half = (clips: number) => upTo(clips).filter(() => random() < 0.5);
  const clips = 10_000;
  const every = (state: 'COMPLETE' | 'OPEN', episodes: number, researched: (episode: number) => Iterable<number>) => ({
    state,
    episodes,
    clips,
    researched,
  });
  const scattered = upTo(clips).filter(() => random() < 0.9);
  return [
    ['everything researched', every('COMPLETE', 4_000, () => upTo(clips))],
    ['the older half of the clips', every('OPEN', 8_000, () => upTo(clips / 2))],
    [
      'the five of ten priorities that come first',
      every('OPEN', 8_000, () => upTo(clips).filter((clip) => clip % 10 >= 5)),
    ],
    [
      'nine of ten at random, the same in each episode',
      every('OPEN', Math.ceil(PAIRS / scattered.length), () => scattered),
    ],
    ['half at random, another in each episode', every('OPEN', 8_000, () => half(clips))],
  ].map(([pattern, plan]) => ({ pattern: pattern as string, ...storedBytesOf(plan as Plan) }));
}

interface Plan {
  readonly state: 'COMPLETE' | 'OPEN';
  readonly episodes: number;
  readonly clips: number;
  readonly researched: (episode: number) => Iterable<number>;
}

const allOf = (episodes: number, clips: number): Plan => ({
  state: 'COMPLETE',
  episodes,
  clips,
  researched: () => upTo(clips),
});

/** So many ledgers are really made; the others are like them. */
const MADE = 200;

function storedBytesOf({ state, episodes, clips, researched }: Plan): Omit<Stored, 'pattern'> {
  const made = Math.min(MADE, episodes);
  let bytes = 0;
  let largestItem = 0;
  let pairs = 0;
  // Spread over all episodes, whose ordinals have different lengths.
  for (const index of upTo(made)) {
    const episode = Math.ceil((index * episodes) / made);
    const set = Bitset.of(researched(episode));
    const item = ledgerItem(syntheticLedger(episode, state, { clips, now: NOW, researched: set }));
    pairs += set.size;
    bytes += storedBytes(item);
    largestItem = Math.max(largestItem, itemBytes(item));
  }
  const all = (sum: number) => Math.round((sum / made) * episodes);
  return { episodes, clips, researched: all(pairs), bytes: all(bytes), largestItem };
}

const NOW = Date.parse('2026-06-01T00:00:00Z');

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
