import { Bitset } from '../../domain/bitset.ts';
import { type CompletedResearchItem, type PendingResearchItem, rangesOf } from '../../domain/messages.ts';
import { BenchArchive, type BenchEmulators } from '../bench-archive.ts';
import { consumedBy, inTurn, minus, scaled, sumOf } from '../consumed.ts';
import { atMost, type Cost, costOf, type Figure, type Operation, operation } from '../figures.ts';
import type { Consumed } from '../metering.ts';
import { ASSUMED, dollarsAMillionPairs, dollarsIdleMonth, type FixedParts, PRICES } from '../prices.ts';
import { clipItems, episodeItems, ledgerItems, syntheticClip, syntheticEpisode, upTo, writeAll } from '../synthetic.ts';
import { type PairLease, PairRows } from '../yardstick/pair-rows.ts';
import { addingClips, addingEpisodes } from './adding-entries.ts';

/** What every operation costs in units, requests and bytes; the same for the yardstick; and US dollars. */
export interface CostResult {
  readonly suite: 'cost';
  readonly operations: readonly Operation[];
  readonly dollars: {
    readonly prices: typeof PRICES;
    readonly assumed: typeof ASSUMED;
    readonly millionPairs: { readonly archivist: Record<string, number>; readonly yardstick: Record<string, number> };
    readonly fixed: FixedParts;
    readonly idleMonth: Record<string, number>;
  };
  readonly figures: readonly Figure[];
}

export interface CostSizes {
  /** Episodes that are there when clips are added. */
  readonly episodes: readonly number[];
  /** Clips that are there when episodes are added. */
  readonly clips: readonly number[];
  /** COMPLETE episodes that one clip re-opens. */
  readonly reopened: number;
  /** Work items whose pairs are averaged. */
  readonly rounds: number;
}

export const COST_SIZES: CostSizes = { episodes: [0, 400, 4_000], clips: [0, 1_000, 10_000], reopened: 400, rounds: 4 };

const CLIPS = 1_000;
const AT = '2026-06-01T00:00:00Z';
export async function costSuite(
  emulators: BenchEmulators,
  fixed: FixedParts,
  sizes: CostSizes = COST_SIZES,
): Promise<CostResult> {
  const rows = await PairRows.open(emulators.dynamoDb.client);
  const operations = [
    ...(await addingClips(emulators, rows, sizes.episodes)),
    ...(await addingEpisodes(emulators, rows, sizes.clips)),
    ...(await working(emulators, await PairRows.open(emulators.dynamoDb.client), sizes.rounds)),
    ...(await idling(emulators, rows, sizes.reopened)),
  ];
  const named = (name: string): Operation => {
    const found = operations.find((one) => one.name === name);
    if (found === undefined) throw new Error(`No operation ${name} was measured`);
    return found;
  };
  const alone = sizes.episodes.map((episodes) => named(`clip alone, ${episodes} episodes`));
  const batches = sizes.episodes.map((episodes) => named(`clip in a batch of ten, ${episodes} episodes`));
  const writes = (of: readonly Operation[]) => of.map(({ archivist }) => archivist.writeUnits);
  const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
  const atOnce = named('researched pair, 1,000 at once');
  const trickling = named('researched pair, over ten minutes');
  return {
    suite: 'cost',
    operations,
    dollars: {
      prices: PRICES,
      assumed: ASSUMED,
      millionPairs: {
        archivist: dollarsAMillionPairs(atOnce.archivist),
        yardstick: dollarsAMillionPairs(atOnce.yardstick),
      },
      fixed,
      idleMonth: dollarsIdleMonth(named('idle minute').archivist, 0, fixed),
    },
    figures: [
      atMost('write units to add one clip alone', 11, Math.max(...writes(alone))),
      atMost('write units to add one clip in a batch of ten', 7, Math.max(...writes(batches))),
      atMost(
        'difference of those between no episodes and the most',
        0,
        spread(writes(alone)) + spread(writes(batches)),
      ),
      atMost('US dollars a million researched pairs', 0.05, dollarsAMillionPairs(atOnce.archivist).total ?? 0),
      atMost(
        'SQS requests a pair, archivists and researchers',
        0.03,
        atOnce.archivist.sqsRequests + ASSUMED.sendsAPair + ASSUMED.fifoRequestsAPair,
      ),
      atMost('ledger write units a pair, drained in one go', 0.005, atOnce.archivist.ledgerWriteUnits),
      atMost('ledger write units a pair, trickling over ten minutes', 0.03, trickling.archivist.ledgerWriteUnits),
    ],
  };
}

/** From the work item to its results, by items of 1,000 clips, in an archive of several thousand whose catalogue is warm. */
async function working(emulators: BenchEmulators, rows: PairRows, rounds: number): Promise<Operation[]> {
  const archive = await BenchArchive.open(emulators, { clipsPerItem: CLIPS });
  const { client, names, meter } = archive;
  await writeAll(client, names.collection, clipItems((rounds + 4) * CLIPS));
  await archive.archive('episode', [syntheticEpisode(1), syntheticEpisode(2)]);
  await archive.collection.catalogue();
  // An archive that works: its backlog is noted in the control item, and every clip was reported of some episode before.
  const clips = (rounds + 4) * CLIPS;
  const noted = {
    reopening: { assignableVersion: clips, at: archive.now },
    backlogSince: archive.now,
    tried: { clips: Bitset.of(upTo(clips)), asOf: archive.now },
  };
  await archive.ledgers.changeControl((control) => ({ ...control, ...noted }));
  await archive.drain();
  meter.taken();

  const choosing = costOf(await consumedBy(meter, async () => void (await archive.assign())));
  const made = await consumedBy(meter, () => rows.putBacklog(1, upTo(CLIPS)));
  let lease: PairLease | undefined;
  const choose = async () => {
    lease = await rows.lease(archive.now);
  };
  const choosingRows = withQueues(costOf(await consumedBy(meter, choose)), choosing);

  const once: Consumed[] = [];
  const sums = { once: 0, trickling: 0 };
  let item = await archive.take();
  for (let round = 0; round < rounds; round++) {
    await archive.report(item, [{ workingOn: '0' }, ...togetherOf(item, 100), { revokeLease: true }]);
    archive.pass(1);
    meter.taken();
    await archive.drain();
    await archive.assign();
    once.push(meter.taken());
    sums.once += item.clips.length;
    item = await archive.take();
  }
  const atOnce = costOf(sumOf(once), sums.once);
  const taken = lease!;
  if (taken.clips.length !== 100) throw new Error('The yardstick leased fewer than 100 rows');
  const recordRows = await consumedBy(meter, () => rows.record(taken, taken.clips, AT, true));
  const next = await consumedBy(meter, choose);
  // A pair of the yardstick begins with its backlog row; the Archivist's begins with nothing.
  const madeHundred = scaled(made, taken.clips.length / CLIPS);
  const atOnceRows = withQueues(costOf(sumOf([madeHundred, recordRows, next]), taken.clips.length), atOnce);

  const trickle: Consumed[] = [];
  const tricklingRows: Consumed[] = [];
  const slow = lease!;
  for (let minute = 0; minute < 10; minute++) {
    const share = item.clips.length / 10;
    const clips = item.clips.slice(minute * share, (minute + 1) * share);
    const results = togetherOf({ clips }, Math.ceil(share / MESSAGES_A_MINUTE));
    await archive.report(item, minute === 0 ? [{ workingOn: '0' }, ...results] : results);
    archive.pass(1);
    meter.taken();
    await archive.drain();
    await archive.assign();
    trickle.push(meter.taken());
    const rest = slow.clips.slice(minute * 10, minute * 10 + 10);
    tricklingRows.push(await consumedBy(meter, () => rows.record(slow, rest, AT, minute === 9)));
  }
  sums.trickling = item.clips.length;
  tricklingRows.push(madeHundred, await consumedBy(meter, choose));
  const trickling = costOf(sumOf(trickle), sums.trickling);

  item = await archive.take();
  await archive.drain();
  const quiet = await consumedBy(meter, async () => void (await archive.drain()));
  const some = item.clips.slice(0, 20);
  await archive.report(item, resultsOf({ clips: some }, FOUND));
  const found = costOf(minus(await consumedBy(meter, async () => void (await archive.drain())), quiet), some.length);
  await archive.report(item, [{}]);
  archive.pass(1);
  const sign = costOf(minus(await consumedBy(meter, async () => void (await archive.drain())), quiet));
  const held = lease!;
  const foundRows = await consumedBy(meter, () =>
    inTurn(held.clips.slice(0, 20), (clip) => rows.recordFinding(held, clip, AT)),
  );
  const signRows = await consumedBy(meter, () => rows.renew(held, archive.now));

  return [
    operation('work item', 'work item', choosing, choosingRows),
    operation('researched pair, 1,000 at once', 'pair', atOnce, atOnceRows),
    operation(
      'researched pair, over ten minutes',
      'pair',
      trickling,
      withQueues(costOf(sumOf(tricklingRows), slow.clips.length), trickling),
    ),
    operation('finding', 'finding', found, withQueues(costOf(foundRows, 20), found)),
    operation('sign of life', 'message', sign, withQueues(costOf(signRows), sign)),
  ];
}

/** Nothing left to do, nobody there; then one clip comes. */
async function idling(emulators: BenchEmulators, rows: PairRows, episodes: number): Promise<Operation[]> {
  const archive = await BenchArchive.open(emulators);
  const { client, names, meter } = archive;
  await writeAll(client, names.collection, clipItems(CLIPS));
  await writeAll(client, names.collection, episodeItems(upTo(episodes), episodes));
  await writeAll(client, names.leases, ledgerItems(upTo(episodes), 'COMPLETE', { clips: CLIPS, now: archive.now }));
  await archive.ledgers.changeControl((control) => ({
    ...control,
    reopening: { assignableVersion: CLIPS, at: archive.now },
  }));
  await archive.drain();
  await archive.assign();
  archive.pass(1);
  const minute = async () => {
    await archive.drain();
    await archive.assign();
  };
  const idle = costOf(await consumedBy(meter, minute));
  const idleRows = withQueues(costOf(await consumedBy(meter, () => rows.lookAround())), idle);

  await archive.archive('clip', [syntheticClip(CLIPS + 1)]);
  archive.pass(61);
  await archive.collection.catalogue();
  meter.taken();
  // A run judges a hundred episodes again, and the next ones as more work is wanted.
  let looked = 0;
  const reopening = await consumedBy(meter, async () => {
    looked = (await archive.assign()).lookedAgain;
  });
  const ofReopening = costOf(reopening, looked);
  const reopeningRows = costOf(await consumedBy(meter, () => rows.addClip(CLIPS + 1, upTo(episodes))), episodes);
  return [
    operation('idle minute', 'minute', idle, idleRows),
    operation('re-opening for one clip', 'episode', ofReopening, reopeningRows),
  ];
}

const FOUND = {
  clipOffsets: [61_500_000_000, 3_600_000_000_001],
  clipScores: [0.75, 0.5],
  episodeHash: 'a'.repeat(64),
  episodeDuration: 7_200_000_000_000,
  clipHash: 'b'.repeat(64),
  clipDuration: 2_500_000_000,
};

/** A researcher holds results back for five seconds. */
const MESSAGES_A_MINUTE = 12;

/** Nothing was found: as many results a message as given. */
function togetherOf({ clips }: Pick<PendingResearchItem, 'clips'>, most: number): Partial<CompletedResearchItem>[] {
  const messages: Partial<CompletedResearchItem>[] = [];
  for (let start = 0; start < clips.length; start += most) {
    const together = clips.slice(start, start + most).map(({ id }) => Number(id));
    messages.push({ notFound: rangesOf(together), workingOn: String(together.at(-1)), analyzer: 'bench@1' });
  }
  return messages;
}

function resultsOf({ clips }: Pick<PendingResearchItem, 'clips'>, more: object = {}) {
  return clips.map((clipInfo) => ({ clipInfo, analyzer: 'bench@1', ...more }));
}

/** Both designs use the same queues in the same way. */
function withQueues(cost: Cost, { sqsRequests }: Cost): Cost {
  return { ...cost, sqsRequests };
}
