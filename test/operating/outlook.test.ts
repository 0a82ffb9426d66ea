import { NO_CONTROL } from '../../domain/control.ts';
import { completePosition, waitingPosition } from '../../domain/ledger.ts';
import { type OutlookFacts, outlookOf, outlookSentence, takenUpSentence } from '../../operating/outlook.ts';
import { aLease, aLedger, MINUTE, NOW, RANK, settings } from '../support/research.ts';

const facts = (difference: Partial<OutlookFacts> = {}): OutlookFacts => ({
  ...{ now: NOW, control: NO_CONTROL, settings, open: [aLedger()], toDo: 60, pairsAMinute: 2, isRunning: true },
  ...difference,
});
const sentence = (difference: Partial<OutlookFacts>) => outlookSentence(outlookOf(facts(difference)), NOW);
const signed = aLease({ signed: NOW - 1 });
const complete = aLedger({ state: 'COMPLETE', position: completePosition(1, RANK) });
const reopensIn53Minutes = { ...NO_CONTROL, reopening: { assignableVersion: 1, at: NOW - 7 * MINUTE } };

test('OUTLOOK-1: an end is told only while somebody is at work', () => {
  expect(outlookOf(facts({ open: [aLedger({ leases: [signed] })] }))).toEqual({
    kind: 'running',
    end: NOW + 30 * MINUTE,
  });
  expect(sentence({ open: [aLedger({ leases: [signed] })] })).toBe('done in about 30 min');
  expect(sentence({ open: [aLedger({ leases: [signed] })], pairsAMinute: 0 })).toBe('no end in sight yet');
  expect(sentence({})).toMatch(/nobody is researching/);
  expect(sentence({ open: [aLedger({ leases: [aLease()] })] })).toMatch(/nobody is researching/);
});

test('OUTLOOK-5: of an archive that does not run nothing is promised, whoever held a lease when it was stopped', () => {
  expect(sentence({ isRunning: false, open: [aLedger({ leases: [signed] })] })).toMatch(/no end: .* is not running/);
  expect(sentence({ isRunning: false, toDo: 0, open: [] })).toBe('all done');
});

test('OUTLOOK-2: what is paused has no end, and who is still at work under a pause has one', () => {
  const control = { ...NO_CONTROL, paused: true };
  expect(sentence({ control })).toMatch(/the archive is paused until `resume`/);
  expect(sentence({ open: [aLedger({ state: 'HELD', held: 'paused' })] })).toMatch(/every episode .* is paused/);
  expect(outlookOf(facts({ control, open: [aLedger({ leases: [signed] })] })).kind).toBe('running');
});

test('OUTLOOK-3: what waits says for what, and until when', () => {
  expect(sentence({ open: [complete], control: reopensIn53Minutes })).toMatch(
    /complete episodes re-open for new clips .*\(in 53 min\)/,
  );
  const rests = aLedger({ state: 'WAITING', position: waitingPosition(NOW + 10 * MINUTE, RANK) });
  expect(sentence({ open: [complete, rests], control: reopensIn53Minutes })).toMatch(/first rest ends .*\(in 10 min\)/);
  // Due already: the next run gives it out, if anybody asks.
  expect(outlookOf(facts({ open: [complete] })).kind).toBe('nobody');
  expect(outlookOf(facts({ open: [complete], settings: undefined }))).toMatchObject({
    kind: 'waiting',
    until: undefined,
  });
  expect(sentence({ toDo: 0, open: [] })).toBe('all done');
});

test('OUTLOOK-4: who curates hears when it will be taken up', () => {
  const when = (kind: 'clips' | 'episodes', control = reopensIn53Minutes) =>
    takenUpSentence(kind, { control, settings, now: NOW });
  expect(when('clips')).toMatch(/complete episodes re-open for it .*\(in 53 min\)/);
  expect(when('clips', NO_CONTROL)).toMatch(/re-open for it within a minute or two/);
  expect(when('episodes')).toMatch(/in line within a minute/);
  expect(when('episodes', { ...NO_CONTROL, paused: true })).toMatch(/until `resume`/);
});
