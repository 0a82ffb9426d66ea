import { Bitset } from '../../domain/bitset.ts';
import { NO_CONTROL } from '../../domain/control.ts';
import type { LeaseSummary } from '../../domain/ledger.ts';
import { assignable, judged } from '../../domain/selection.ts';
import { isUntried, SUSPECTS_AT_MOST, trialAfter, trialOf, triedNow, UNTRIED_AT_MOST } from '../../domain/trial.ts';
import { aCatalogue, aClip, aLedger, MINUTE, NOW, SECOND, settings, someStrikes } from '../support/research.ts';

const out = (fields: Partial<LeaseSummary> = {}): LeaseSummary => ({
  id: 'l',
  created: NOW - MINUTE,
  signed: NOW,
  researcher: 'ann',
  clipsLeft: 3,
  ...fields,
});

describe('TRIAL-1: what is out is counted by the leases that live', () => {
  const roomOf = (...leases: LeaseSummary[]) => {
    const { untriedRoom, suspectsRoom } = trialOf(NO_CONTROL, leases, NOW, 0);
    return [UNTRIED_AT_MOST - untriedRoom, SUSPECTS_AT_MOST - suspectsRoom];
  };
  const unsigned = (ageMs: number) => out({ signed: undefined, created: NOW - ageMs, untried: 1 });

  test.each([
    ['one with tried clips alone', out(), [0, 0]],
    ['one with untried clips', out({ untried: 2 }), [1, 0]],
    ['one with struck clips', out({ struck: true }), [0, 1]],
    ['one that finds out what is in doubt', out({ careful: true, untried: 2 }), [1, 1]],
    ['one of which nothing is left', out({ untried: 2, clipsLeft: 0 }), [0, 0]],
    ['one that waits for less than five minutes', unsigned(5 * MINUTE - 1), [1, 0]],
    ['one that nobody signed for five minutes, while no message waits', unsigned(5 * MINUTE), [0, 0]],
  ])('%s', (_, lease, expected) => expect(roomOf(lease)).toEqual(expected));

  test.each([
    [0, 1],
    [1, 2],
    [3, 4],
  ])('of what nobody signed for five minutes as many count as messages are visible: %s', (visible, counted) => {
    const old = [5, 6, 7].map((minutes) => unsigned(minutes * MINUTE));
    const { untriedRoom } = trialOf(NO_CONTROL, [...old, unsigned(5 * MINUTE - 1)], NOW, visible);
    expect(UNTRIED_AT_MOST - untriedRoom).toBe(counted);
  });

  test('and by what a run makes', () => {
    const before = trialOf(NO_CONTROL, [], NOW, 0);
    const after = trialAfter(trialAfter(before, { untried: 3, suspected: false }), { suspected: true });
    expect([after.untriedRoom, after.suspectsRoom]).toEqual([UNTRIED_AT_MOST - 1, SUSPECTS_AT_MOST - 1]);
  });
});

describe('TRIAL-2: a clip is untried until somebody reported its present file', () => {
  test('reported, or measured, it is tried', () => {
    const catalogue = aCatalogue([aClip(1), aClip(2), aClip(3, { facts: { hash: 'h', durationNs: 1 } })]);
    const control = triedNow(NO_CONTROL, [aClip(1)], catalogue);
    expect(catalogue.clips.map((clip) => [clip.ordinal, isUntried(control, clip)])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
    expect(
      triedNow(
        control,
        [1, 3, 99].map((ordinal) => aClip(ordinal)),
        catalogue,
      ),
    ).toBe(control);
  });

  test('another file is untried, whatever was known of the one before', () => {
    const control = triedNow(NO_CONTROL, [aClip(1), aClip(2)], aCatalogue([aClip(1), aClip(2)]));
    const moved = aClip(1, { revision: 2, revisedAt: NOW + 1 });
    const rerecorded = aClip(2, { recording: { number: 2, at: NOW + 2 } });
    expect([moved, rerecorded].map((clip) => isUntried(control, clip))).toEqual([true, true]);
    const later = triedNow(control, [moved], aCatalogue([moved, rerecorded]));
    expect([moved, rerecorded].map((clip) => isUntried(later, clip))).toEqual([false, true]);
    expect([...(later.tried?.clips ?? Bitset.empty)]).toEqual([1]);
  });

  test('what was reported of the file of before is not of the one that came while a run went on', () => {
    const moved = aClip(1, { revision: 2, revisedAt: NOW + 1 });
    const rerecorded = aClip(2, { recording: { number: 2, at: NOW + 2 } });
    expect(triedNow(NO_CONTROL, [aClip(1), aClip(2)], aCatalogue([moved, rerecorded]))).toBe(NO_CONTROL);
  });

  test('who knows less than is noted notes nothing', () => {
    const moved = aClip(1, { revision: 2, revisedAt: NOW + 1 });
    const control = triedNow(NO_CONTROL, [aClip(2)], aCatalogue([moved, aClip(2)]));
    expect(triedNow(control, [aClip(1)], aCatalogue([aClip(1), aClip(2)]))).toBe(control);
    expect(isUntried(control, moved)).toBe(true);
    // The one that moved last may have been damaged since.
    const damaged = { ...aCatalogue([aClip(2), aClip(3)]), unreadable: ['clip 1'] };
    expect(isUntried(triedNow(control, [aClip(3)], damaged), aClip(3))).toBe(false);
  });
});

describe('TRIAL-3: what others try is left out, and looked at again in the next run', () => {
  const untried = aClip(1);
  const suspected = aClip(2, { strikes: someStrikes({ count: 1, restUntil: 0 }) });
  const tried = aClip(3);
  const catalogue = aCatalogue([untried, suspected, tried]);
  const control = triedNow(NO_CONTROL, [tried], catalogue);
  const offeredBeside = (...leases: LeaseSummary[]) =>
    assignable(aLedger(), catalogue, NOW, trialOf(control, leases, NOW, 0)).map(({ ordinal }) => ordinal);
  const three = [1, 2, 3].map(() => out({ untried: 1 }));

  test('untried ones while three work items hold some', () => {
    expect(offeredBeside(...three.slice(1))).toEqual([1, 3, 2]);
    expect(offeredBeside(...three)).toEqual([3, 2]);
  });

  test('struck ones while one work item holds some, though somebody reported them before', () => {
    const all = triedNow(NO_CONTROL, catalogue.clips, catalogue);
    const offeredOf = (of: typeof control, ...leases: LeaseSummary[]) =>
      assignable(aLedger(), catalogue, NOW, trialOf(of, leases, NOW, 0)).map(({ ordinal }) => ordinal);
    for (const known of [control, all]) {
      expect(offeredOf(known)).toEqual([1, 3, 2]);
      expect(offeredOf(known, out({ struck: true }))).toEqual([1, 3]);
    }
  });

  test('everything, while an episode is in doubt and another one is looked into', () => {
    const trial = trialOf(control, [out({ careful: true })], NOW, 0);
    const ledger = aLedger({ careful: true });
    expect(assignable(ledger, catalogue, NOW, trial)).toEqual([]);
    const { state, position } = judged(ledger, catalogue, NOW, settings, trial);
    expect([state, Number(position.split('#')[0])]).toEqual(['WAITING', NOW + 5 * SECOND]);
  });

  test('with nothing else the episode waits five seconds', () => {
    const alone = aCatalogue([untried]);
    const { state, position } = judged(aLedger(), alone, NOW, settings, trialOf(control, three, NOW, 0));
    expect([state, Number(position.split('#')[0])]).toEqual(['WAITING', NOW + 5 * SECOND]);
    expect(judged(aLedger(), alone, NOW, settings, trialOf(control, [], NOW, 0)).state).toBe('OPEN');
  });
});
