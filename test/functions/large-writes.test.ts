import { leased } from '../../domain/leases.ts';
import { hasRoom, LEASES_AT_MOST, type Ledger } from '../../domain/ledger.ts';
import { completedItem, type PairResult, pairsOf, rangesOf } from '../../domain/messages.ts';
import { ledgerItem, ledgerOf } from '../../functions/stores/ledger-item.ts';
import {
  ITEM_BYTES_AT_MOST,
  TRANSACTION_BYTES_AT_MOST,
  TRANSACTION_ITEMS_AT_MOST,
  WriteRoom,
} from '../../functions/stores/write-room.ts';
import { entryBytes, itemBytes } from '../support/memory/limits.ts';
import { aClip, aLedger } from '../support/research.ts';
import { HOUR, MINUTE, SECOND, TriedArchive } from './tried-archive.ts';

/** The archive in memory refuses what DynamoDB refuses, so these fail where anything is not cut. */

async function taken(tried: TriedArchive) {
  await tried.assign();
  return tried.take();
}

test('LARGE-1: 120 clips that fail in one drain are more than one transaction, and all are struck', async () => {
  const tried = await new TriedArchive({ clipsPerItem: 120 }).filled(1, 120);
  const item = await taken(tried);
  for (const clipInfo of item.clips) tried.say(item, { clipInfo, failure: 'HTTP 404' });
  expect(await tried.record()).toMatchObject({ clipsStruck: 120, failuresCounted: 120, undeleted: 0, failures: [] });
});

test('LARGE-2: 80 clips with the longest descriptions are more than 4 MB', async () => {
  const tried = new TriedArchive();
  const description = '語'.repeat(16_384);
  for (let n = 0; n < 80; n++) await tried.clips(tried.clipInfo({ description, title: `${n} ${'題'.repeat(240)}` }));
  await tried.episodes(tried.episodeInfo());
  const item = await taken(tried);
  for (const clipInfo of item.clips) tried.say(item, { clipInfo, failure: 'HTTP 404' });
  expect(await tried.record()).toMatchObject({ clipsStruck: item.clips.length, undeleted: 0, failures: [] });
});

test('LARGE-3: 64 leases of one episode that lapse four times are more than 100 items, and none is stuck', async () => {
  const tried = await new TriedArchive({ minimumWaiting: 64, clipsPerItem: 1 }).filled(1, 64);
  for (let round = 1; round <= 4; round++) {
    tried.pass(30 * HOUR);
    await tried.drainedUntilNow();
    const { now } = tried;
    const before = tried.ledger();
    const items = Array.from({ length: 64 }, (_, index) => ({ id: `${round} ${index}`, clips: [index + 1] }));
    const leases = leased(before, items, now).leases.map((lease) => ({
      ...lease,
      researcher: `${round}`,
      signed: now,
    }));
    await tried.archive.ledgers.write({ ledger: { ...before, leases } });
    tried.pass(15 * MINUTE + SECOND);
    await tried.drainedUntilNow();
    const { failures, ended } = await tried.assign();
    expect({ failures, lapsed: ended.lapsed }).toEqual({ failures: [], lapsed: 64 });
  }
  const ledger = tried.ledger();
  expect(ledger.leases).toEqual([]);
  expect(ledger.parked.size === 64 || ledger.state === 'PARKED').toBe(true);
});

test('LARGE-5: of the largest clips as many are written together as fit beside the largest ledger', () => {
  const four = (length: number) => '𝒳'.repeat(length);
  const largest = { title: four(250), description: four(16_384), mediaUri: four(2_048), sourceId: four(2_048) };
  const clip = aClip(1);
  const entry = {
    ...clip,
    info: { ...clip.info, ...largest, source: four(250), show: four(250), curatorInformation: four(250) },
  };
  const room = new WriteRoom();
  let clips = 0;
  while (room.take(entry)) clips++;
  const reasons = 600 * clips;
  const bytes = ITEM_BYTES_AT_MOST + clips * entryBytes(entry) + reasons;
  expect(bytes).toBeLessThan(TRANSACTION_BYTES_AT_MOST);
  expect(clips).toBeLessThan((TRANSACTION_ITEMS_AT_MOST - 4) / 2);
});

describe('LARGE-4: a ledger never outgrows its item', () => {
  const full = (clipsOf: (lease: number) => number[]): Ledger => {
    let ledger = aLedger({ leases: [] });
    for (let lease = 0; lease < LEASES_AT_MOST && hasRoom(ledger); lease++) {
      const id = `00000000-0000-4000-8000-${lease.toString().padStart(12, '0')}`;
      ledger = leased(ledger, [{ id, clips: clipsOf(lease) }], 1_767_225_600_000);
    }
    return ledger;
  };

  test('64 leases of 5,000 clips in the order of their ordinals fit', () => {
    const ledger = full((lease) => Array.from({ length: 5_000 }, (_, n) => lease * 5_000 + n + 1));
    expect(ledger.leases).toHaveLength(64);
    expect(itemBytes(ledgerItem(ledger))).toBeLessThan(ITEM_BYTES_AT_MOST / 4);
    expect(ledgerOf({ ...ledgerItem(ledger) })).toEqual(ledger);
  });

  test('of 5,000 clips in any order as many as fit', () => {
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647);
    const ledger = full(() => Array.from({ length: 5_000 }, () => 1 + (random() % 320_000)));
    expect(ledger.leases.length).toBeGreaterThan(10);
    expect(itemBytes(ledgerItem(ledger))).toBeLessThan(ITEM_BYTES_AT_MOST);
  });
});

describe('SEVERAL: results of one item in one message', () => {
  test('SEVERAL-1: what was found, what was not and what failed, each as if it had come alone', async () => {
    const tried = await new TriedArchive().filled(1, 6);
    const item = await taken(tried);
    const [none] = pairsOf(completedItem(item.episode, { notFound: ['1'] })) as [PairResult];
    tried.pass(SECOND);
    tried.say(item, {
      results: [
        { ...none, clipInfo: { id: '2' }, clipOffsets: [5], clipHash: 'h', clipDuration: 3 },
        { ...none, clipInfo: { id: '4' }, failure: 'HTTP 404' },
      ],
      notFound: ['1', '5-6'],
      workingOn: '3',
    });
    expect(await tried.record()).toMatchObject({
      researched: 4,
      findings: 1,
      negatives: 3,
      clipsStruck: 1,
      received: 1,
    });
    expect([...tried.ledger().researched]).toEqual([1, 2, 5, 6]);
    expect(tried.ledger().leases[0]).toMatchObject({ left: [3], at: 3 });
    expect(tried.archive.state.clip.get(2)?.facts).toEqual({ hash: 'h', durationNs: 3 });
    expect(tried.archive.completedMessages.messages).toEqual([]);
  });

  test.each<[string, (clips: readonly { id?: string }[]) => number]>([
    ['an old client, a message a clip', () => 0],
    ['a new client, one message', ({ length }) => length],
    ['both', ({ length }) => length >> 1],
  ])(
    'SEVERAL-2: %s: an episode of 10,000 clips is two work items, all recorded',
    async (_, together) => {
      const tried = new TriedArchive({ clipsPerItem: 5_000, minimumWaiting: 3 });
      for (let n = 0; n < 1_000; n++) await tried.clips(...Array.from({ length: 10 }, () => tried.clipInfo()));
      await tried.episodes(tried.episodeInfo());
      let items = 0;
      for (let run = 0; run < 3; run++) {
        await tried.assign();
        while (tried.archive.pendingMessages.visible() > 0) {
          const item = tried.take();
          items++;
          const split = together(item.clips);
          tried.say(item, { notFound: rangesOf(item.clips.slice(0, split).map(({ id }) => Number(id))) });
          for (const { id } of item.clips.slice(split)) tried.say(item, { clipInfo: { id: id as string } });
          tried.say(item, { revokeLease: true });
        }
        await tried.drainedUntilNow();
      }
      expect(items).toBe(2);
      expect(tried.ledger().researched.size).toBe(10_000);
      expect(tried.ledger().state).toBe('COMPLETE');
    },
    60_000,
  );

  test('SEVERAL-3: one wrong result of a message costs neither the others nor their clips', async () => {
    const tried = await new TriedArchive().filled(1, 3);
    const item = await taken(tried);
    const body = JSON.stringify({
      episodeInfo: item.episode,
      leaseId: item.leaseId,
      researcher: 'ann',
      results: [{ clipInfo: { id: '1' } }, { clipInfo: { id: '2' }, clipOffsets: [-5] }],
      notFound: ['3'],
    });
    tried.archive.completedMessages.send(body);
    expect(await tried.record()).toMatchObject({ researched: 2, pairsStruck: 1, clipsStruck: 0, deadLettered: 1 });
    expect(tried.ledger().pairStrikes.get(2)).toMatchObject({ count: 1, reason: expect.stringMatching(/clipOffsets/) });
    expect(tried.archive.dead).toEqual([{ body, reason: expect.stringMatching(/results\[1\]/) }]);
  });
});

describe('REFUSED: what the archive does not take, and what is handed back', () => {
  const refusing = async (fields: object, byWhom: (lease: number) => string, hours: number) => {
    const tried = await new TriedArchive().filled(1, 3);
    let leases = 0;
    for (let minute = 0; minute < hours * 60; minute++) {
      await tried.assign();
      while (tried.archive.pendingMessages.visible() > 0) {
        const item = tried.take();
        const researcher = byWhom(++leases);
        for (const clipInfo of item.clips) {
          tried.say(item, { researcher, clipInfo, ...(clipInfo.title === 'clip 2' ? fields : {}) });
        }
        tried.say(item, { researcher, revokeLease: true });
      }
      tried.pass(MINUTE);
      await tried.record();
    }
    return { tried, leases };
  };
  const offsets = { clipOffsets: Array.from({ length: 10_001 }, (_, n) => n) };

  test.each([
    ['a result with 10,001 offsets', offsets],
    ['an analyzer with a long name', { analyzer: 'x'.repeat(129) }],
  ])(
    'REFUSED-1: %s: its pair rests instead of being leased every minute, and nothing else is struck',
    async (_, fields) => {
      const { tried, leases } = await refusing(fields, () => 'ann', 24);
      expect(leases).toBeLessThan(100);
      expect([...tried.archive.state.clip.values()].every(({ strikes }) => strikes === undefined)).toBe(true);
      expect([...tried.ledger().pairStrikes]).toEqual([[2, expect.objectContaining({ count: 1 })]]);
    },
    60_000,
  );

  test('REFUSED-2: the fourth refusal, by another researcher each, parks the pair with its reason', async () => {
    const { tried, leases } = await refusing(offsets, (lease) => `researcher ${lease}`, 30);
    expect([...tried.ledger().parked]).toEqual([[2, 1]]);
    expect(tried.archive.state.parkedReasons.get(1)?.get(2)).toMatch(/clipOffsets: must be a list of 0–10000/);
    expect(leases).toBe(4);
  }, 60_000);

  test('REFUSED-3: what is not even told of rests after it was handed back', async () => {
    const tried = await new TriedArchive().filled(1, 1);
    let leases = 0;
    for (let minute = 0; minute < 60; minute++) {
      await tried.assign();
      while (tried.archive.pendingMessages.visible() > 0) {
        leases++;
        tried.say(tried.take(), { revokeLease: true });
      }
      tried.pass(MINUTE);
      await tried.record();
    }
    expect(leases).toBeLessThanOrEqual(5);
  });
});
