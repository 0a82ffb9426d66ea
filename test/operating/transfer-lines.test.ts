import { Bitset } from '../../domain/bitset.ts';
import type { ClipEntry } from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { Strikes } from '../../domain/strikes.ts';
import { entryLine, ledgerLine, READERS } from '../../operating/transfer/lines.ts';
import { NOW } from '../support/research.ts';
import { aClipInfo } from './support/local-archive.ts';

/** With everything that there may be: a field that is added is missed here by the types. */

const strikes: Strikes = {
  count: 1,
  restUntil: NOW,
  reason: 'cut off',
  strikers: [{ by: 'anna', at: NOW }],
  revision: 2,
};

const ledger: Required<Ledger> = {
  ...{ episode: 7, version: 1, state: 'HELD', position: 'rank', rank: 'rank' },
  ...{ researched: Bitset.of([1, 2, 3, 9]), found: Bitset.of([3, 9]), foundAt: NOW, leases: [] },
  foundBy: new Map([
    ['waves@1', Bitset.of([3])],
    ['', Bitset.of([3, 9])],
  ]),
  ...{ pairStrikes: new Map([[4, strikes]]), episodeStrikes: strikes, parked: new Map([[5, 2]]) },
  ...{ revision: 2, revisedAt: NOW, handedBack: { until: NOW, clips: Bitset.of([6, 8]) }, careful: true },
  ...{
    held: 'paused',
    gone: true,
    recording: { number: 2, at: NOW, revision: 'y' },
    clipRecordings: new Map([[9, 3]]),
  },
};

const clip: Required<ClipEntry> = {
  ...{ ordinal: 3, version: 1, revision: 2, revisedAt: NOW, recording: { number: 2, at: NOW } },
  info: aClipInfo(3, { source: 'a', sourceId: '3', show: 'A', revision: 'y' }),
  ...{ gone: true, sameAs: 2, also: [['b', 'x']], facts: { hash: 'h', durationNs: 5 } },
  ...{ unknowns: { analyzer: 'waves@1', notJudged: 'silence' }, retired: true, removed: true, prioritised: 4, strikes },
};

const sent = (line: unknown) => JSON.parse(JSON.stringify(line));

test('LINES-4: a ledger with everything that it may have is read back as it was written', () => {
  const [part] = READERS.ledgers(sent(ledgerLine(ledger, new Map([[5, 'too short']]))));
  expect(part).toEqual({ kind: 'ledger', ledger });
});

test('LINES-5: so is a clip', () => {
  expect(READERS.clips(sent(entryLine(clip)))[0]).toEqual({ kind: 'clip', entry: clip });
});

test('LINES-6: what exports held that nobody could read is left out: those pairs rest no longer', () => {
  const old = { ...ledgerLine(ledger, new Map()), handedBack: { until: NOW, clips: { bytes: { 0: 6 } } } };
  const { handedBack: _, ...rest } = ledger;
  expect(READERS.ledgers(sent(old))[0]).toEqual({ kind: 'ledger', ledger: rest });
});
