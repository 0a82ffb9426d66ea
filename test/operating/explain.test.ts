import { Bitset } from '../../domain/bitset.ts';
import { NO_CONTROL } from '../../domain/control.ts';
import { completePosition, waitingPosition } from '../../domain/ledger.ts';
import { type EpisodeFacts, explainEpisode, explainPair } from '../../operating/explain.ts';
import { reasonsOf, type Verdict } from '../../operating/explain-pair.ts';
import { aFinding } from '../report/support/archives.ts';
import { perfectEpisode, without } from '../support/perfect-messages.ts';
import {
  aCatalogue,
  aClip,
  aLease,
  aLedger,
  HOUR,
  MINUTE,
  NOW,
  RANK,
  settings,
  someStrikes,
} from '../support/research.ts';

function facts(difference: Partial<EpisodeFacts> = {}): EpisodeFacts {
  const info = without(perfectEpisode(), 'id');
  return {
    now: NOW,
    episode: { ordinal: 1, version: 1, info, revision: 1, revisedAt: 0 },
    ledger: aLedger(),
    catalogue: aCatalogue([aClip(1), aClip(2)]),
    control: { ...NO_CONTROL, reopening: { assignableVersion: 1, at: NOW - HOUR } },
    settings,
    reasons: new Map(),
    ahead: { count: 0, atLeast: false },
    ...difference,
  };
}

const parked = someStrikes({ count: 4, restUntil: 0 });
const signed = { signed: NOW - 2 * MINUTE, lastSign: NOW - MINUTE, researcher: 'anna' };

const table: [Verdict, RegExp, Partial<EpisodeFacts>, ReturnType<typeof aClip>?][] = [
  ['researched', /has been researched/, { ledger: aLedger({ researched: Bitset.of([1]) }) }],
  ['episode retired', /restore/, { ledger: aLedger({ state: 'HELD', held: 'retired' }) }],
  ['episode paused', /resume/, { ledger: aLedger({ state: 'HELD', held: 'paused' }) }],
  ['clip retired', /restore/, {}, aClip(1, { retired: true })],
  [
    'episode parked',
    /given up: gone for good\. Struck by anna 2026/,
    { ledger: aLedger({ state: 'PARKED', episodeStrikes: parked }), reasons: new Map([[0, 'gone for good']]) },
  ],
  ['clip parked', /everywhere: no such file\. Struck by anna/, {}, aClip(1, { strikes: parked })],
  [
    'pair parked',
    /given up: it hangs/,
    { ledger: aLedger({ parked: new Map([[1, 1]]) }), reasons: new Map([[1, 'it hangs']]) },
  ],
  [
    'leased',
    /Lease lease: anna, until 2026-01-01 12:14:00 UTC \(in 14 min\)/,
    { ledger: aLedger({ leases: [aLease(signed)] }) },
  ],
  [
    'leased',
    /anna, over since 2026-01-01 11:45:00 UTC \(15 min ago\), so it ends by the next run/,
    { ledger: aLedger({ leases: [aLease({ ...signed, lastSign: NOW - 30 * MINUTE })] }) },
  ],
  ['leased', /nobody yet .* until 2026-01-01 14:00:00 UTC/, { ledger: aLedger({ leases: [aLease()] }) }],
  ['leased', /last word has come/, { ledger: aLedger({ leases: [aLease({ ...signed, lastWord: NOW })] }) }],
  ['archive paused', /resume/, { control: { ...NO_CONTROL, paused: true } }],
  ['resting', /The clip rests until .*\(in 15 min\)\. Struck by anna/, {}, aClip(1, { strikes: someStrikes() })],
  ['resting', /The pair rests/, { ledger: aLedger({ pairStrikes: new Map([[1, someStrikes()]]) }) }],
  ['resting', /The episode rests/, { ledger: aLedger({ episodeStrikes: someStrikes() }) }],
  [
    'not re-opened',
    /version 1 of the members; now it is 2\. New clips are gathered.*\(in 30 min\)/,
    {
      ledger: aLedger({ state: 'COMPLETE', position: completePosition(1, RANK) }),
      catalogue: aCatalogue([aClip(1)], 2),
      control: { ...NO_CONTROL, reopening: { assignableVersion: 1, at: NOW - 30 * MINUTE } },
    },
  ],
  [
    'not re-opened',
    /Version 2 is open/,
    {
      ledger: aLedger({ state: 'COMPLETE', position: completePosition(1, RANK) }),
      catalogue: aCatalogue([aClip(1)], 2),
      control: { ...NO_CONTROL, reopening: { assignableVersion: 2, at: NOW } },
    },
  ],
  [
    'too many leases',
    /64 leases/,
    { ledger: aLedger({ leases: Array.from({ length: 64 }, (_, n) => aLease({ id: `${n}`, clips: [2] })) }) },
  ],
  [
    'in line',
    /looked at again 2026-01-01 12:01:00 UTC/,
    { ledger: aLedger({ state: 'WAITING', position: waitingPosition(NOW + MINUTE, RANK) }) },
  ],
  ['in line', /^Nobody has reported the clip .* waits for its turn\.$/, {}],
  [
    'in line',
    /^It is free, and waits for its turn\.$/,
    { control: { ...NO_CONTROL, tried: { clips: Bitset.empty.with([1]), asOf: NOW } } },
  ],
  [
    'in line',
    /^Nobody has reported the clip since it struck: one work item at a time .* waits for its turn\.$/m,
    { control: { ...NO_CONTROL, tried: { clips: Bitset.empty.with([1]), asOf: NOW } } },
    aClip(1, { strikes: someStrikes({ count: 1, restUntil: 0 }) }),
  ],
  ['in line', /every fifth/, { ledger: aLedger({ state: 'STRUCK' }) }],
];

test.each(table)('EXPLAIN-1: %s: %s', (verdict, text, difference, clip = aClip(1)) => {
  const reasons = reasonsOf(facts(difference), clip);
  expect(reasons[0]?.verdict).toBe(verdict);
  expect(reasons.map((reason) => reason.text).join('\n')).toMatch(text);
});

test('EXPLAIN-2: everything that keeps a pair back is told, first what one must end first', () => {
  const clip = aClip(1, { retired: true, strikes: parked });
  const ledger = aLedger({ state: 'HELD', held: 'paused', leases: [aLease()] });
  const verdicts = reasonsOf(facts({ ledger, control: { ...NO_CONTROL, paused: true } }), clip).map(
    (one) => one.verdict,
  );
  expect(verdicts).toEqual(['episode paused', 'clip retired', 'clip parked', 'leased', 'archive paused']);
});

test('EXPLAIN-3: in line, it tells what is before it', () => {
  const catalogue = aCatalogue([aClip(1, { priority: 1 }), aClip(2)]);
  const { because } = explainPair(facts({ catalogue, ahead: { count: 7, atLeast: false } }), aClip(2), [], []);
  expect(because).toEqual([
    'Nobody has reported the clip in any episode yet: at most 3 work items at a time try such clips. It is free, and waits for its turn.',
    '7 episodes before it in line.',
    '1 clip before it in the episode, so it comes with its work item 1.',
  ]);
});

test('EXPLAIN-4: an episode tells its leases, and what each group of clips waits for', () => {
  const ledger = aLedger({ researched: Bitset.of([1]), leases: [aLease({ ...signed, clips: [2] })] });
  const clips = [aClip(1), aClip(2), aClip(3, { retired: true })];
  const explanation = explainEpisode(facts({ ledger, catalogue: aCatalogue(clips) }));
  const text = explanation.because.join('\n');
  expect(explanation.verdict).toBe('not done');
  expect(text).toMatch(/^1 of 3 clips are researched/);
  expect(text).toContain('Lease lease: anna');
  expect(text).toMatch(/1 × leased: Clip 2 \[2\]/);
  expect(text).toMatch(/1 × clip retired: Clip 3 \[3\]/);
});

test('EXPLAIN-5: a researched pair tells what was found, by whom, and what was found before', () => {
  const finding = {
    episode: 1,
    clip: 1,
    variant: 0,
    offsetsNs: [5e9],
    scores: [],
    episodeFacts: { hash: '', durationNs: 0 },
    clipFacts: { hash: '', durationNs: 0 },
    researcher: 'anna',
    analyzer: 'waves@2',
    researchDate: '2026-01-01T10:00:00Z',
  };
  const history = [{ ...finding, analyzer: 'waves@1', offsetsNs: [], supersededAt: '2025-12-31T00:00:00.000Z' }];
  const done = facts({ ledger: aLedger({ researched: Bitset.of([1]) }) });
  const { because } = explainPair(done, aClip(1), [finding], history);
  expect(because.join('\n')).toMatch(/played at 00:00:05: anna with waves@2.*\nUntil 2025-12-31.* by waves@1/s);
  expect(explainPair(done, aClip(1), [], []).because.join()).toContain('not played');
});

test('EXPLAIN-UNKNOWN: a clip that cannot be judged is not one that is not played; what was not heard is told', () => {
  const unknowns = { analyzer: 'a@1', notJudged: 'too quiet' };
  const clips = [aClip(1, { unknowns }), aClip(2)];
  const { episode } = facts();
  const unheard = [{ from: 60e9, to: 72e9, why: 'damaged' }];
  const known = facts({
    catalogue: aCatalogue(clips),
    ledger: aLedger({ researched: Bitset.of([1, 2]) }),
    episode: { ...episode, facts: { hash: 'h', durationNs: 3_480e9 }, unknowns: { analyzer: 'a@1', unheard } },
  });
  const lost = 'Not heard: 12 s of 58 min (damaged), at 00:01:00–00:01:12; by a@1.';
  expect(explainPair(known, clips[0]!, [], []).because).toEqual([
    'It has been researched.',
    'The clip cannot be judged: too quiet (says a@1). Whether it is played is not known.',
    lost,
  ]);
  expect(explainPair(known, clips[1]!, [], []).because[1]).toMatch(
    /^It is not played in what was heard of the episode/,
  );
  expect(explainEpisode(known).because).toEqual(
    expect.arrayContaining(['1 of the researched is a clip that cannot be judged.', lost]),
  );
  const plain = facts({ ledger: aLedger({ researched: Bitset.of([1]) }) });
  expect(explainPair(plain, aClip(1), [], []).because[1]).toMatch(/^It is not played in the episode/);
});

test('EXPLAIN-RIVALS: clips that fit one place are told of each other, the better one first', () => {
  const clips = [aClip(1, {}), aClip(2)];
  const known = facts({ catalogue: aCatalogue(clips), ledger: aLedger({ researched: Bitset.of([1, 2]) }) });
  const inEpisode = [aFinding({ clip: 1, scores: [0.7] }), aFinding({ clip: 2, scores: [0.95] })];
  const because = (clip: number) =>
    explainPair(known, clips[clip - 1]!, inEpisode.slice(clip - 1, clip), [], inEpisode).because.at(-1);
  expect(because(1)).toMatch(/^At 00:01:01 .*\[2\] \(score 0\.95\) fits better/);
  expect(because(2)).toMatch(/^Its rivals at 00:01:01: .*\[1\] \(score 0\.70\)\.$/);
});

test('EXPLAIN-COPIES: the same plays in another copy of the episode are told as these, and history says of which copy it was', () => {
  const known = facts({ ledger: aLedger({ researched: Bitset.of([1]) }) });
  const copy = (hash: string, seconds: number) => ({ episodeFacts: { hash, durationNs: seconds * 1e9 } });
  const first = aFinding({ offsetsNs: [10e9, 200e9], ...copy('one', 3_600) });
  const variant = aFinding({ variant: 1, offsetsNs: [5e9, 40e9, 230e9], ...copy('other', 3_630) });
  const history = [{ ...variant, offsetsNs: [70e9], supersededAt: '2025-12-31T00:00:00.000Z' }];
  const text = explainPair(known, aClip(1), [first, variant], history).because.join('\n');
  expect(text).toContain('It is played at 00:00:10, 00:03:20: ');
  expect(text).toContain(
    'with other advertisements, it has the play at 00:00:10 at 00:00:40, the play at 00:03:20 at 00:03:50; there alone it is played at 00:00:05: ',
  );
  expect(text).toMatch(/Until 2025-12-31\S* it was played at 00:01:10 in another copy of /);
  const again = aFinding({ variant: 1, offsetsNs: [10.01e9], ...copy('one', 3_600) });
  expect(explainPair(known, aClip(1), [first, again], []).because.join('\n')).toContain(
    'A variant of the same copy: it has the play at 00:00:10 at 00:00:10: ',
  );
});
