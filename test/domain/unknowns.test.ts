import { isOlderVersion, laterWord, unheardOf } from '../../domain/unknowns.ts';

const unheard = [{ from: 0, to: 5, why: 'damaged' }];

test.each([
  ['a@1.9.0', 'a@1.10.0', true],
  ['a@1.10.0', 'a@1.9.0', false],
  ['a@1', 'b@2', false],
  ['a@1', 'a@1', false],
  ['a', 'a@1', true],
  ['', '', false],
  ['@scope/a@1', '@scope/a@2', true],
])('UNKNOWNS-1: %j is an older version of %j: %j', (analyzer, than, older) => {
  expect(isOlderVersion(analyzer, than)).toBe(older);
});

test('UNKNOWNS-2: nothing unknown is kept as nothing', () => {
  expect(laterWord(undefined, { analyzer: 'a@1', unheard: [] })).toBeUndefined();
  expect(laterWord({ analyzer: 'a@1' }, { analyzer: 'b@1' })).toBeUndefined();
});

test('UNKNOWNS-3: of one analyzer the first word stays; another one replaces it', () => {
  const kept = { analyzer: 'a@1', unheard };
  expect(laterWord(kept, { analyzer: 'a@1' })).toBeUndefined();
  expect(laterWord(kept, { analyzer: 'b@1', notJudged: 'why' })).toEqual({ analyzer: 'b@1', notJudged: 'why' });
  expect(laterWord({ analyzer: 'a@1' }, kept)).toEqual(kept);
});

test('UNKNOWNS-4: what is missing behind the end belongs to the length', () => {
  const stretches = [...unheard, { from: 95, to: 120, why: 'missing' }];
  expect(unheardOf({ analyzer: '', unheard: stretches }, 100)).toEqual({
    ...{ lostNs: 30, wholeNs: 120 },
    why: ['damaged', 'missing'],
  });
  expect(unheardOf({ analyzer: '', unheard }, 0)?.wholeNs).toBe(0);
  expect(unheardOf(undefined, 100)).toBeUndefined();
});
