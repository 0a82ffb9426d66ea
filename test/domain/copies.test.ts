import { copyOf, samePlays } from '../../domain/copies.ts';

const S = 1e9;
const found = (hash: string, seconds: number, offsets: number[], heard?: (readonly [number, number])[]) => ({
  offsetsNs: offsets.map((at) => at * S),
  ...(heard && { heardFromNs: heard.map(([from]) => from * S), heardToNs: heard.map(([, to]) => to * S) }),
  episodeFacts: { hash, durationNs: seconds * S },
  clipFacts: { hash: 'c', durationNs: 10 * S },
});
const own = (offsets: number[], seconds = 3_600) => found('one', seconds, offsets);
const other = (offsets: number[], seconds = 3_600) => found('other', seconds, offsets);

test.each([
  ['an advertisement before it', [10, 200, 400], other([40, 230, 430], 3_630), [0, 1, 2]],
  ['one before and one midway', [10, 200, 400], other([40, 230, 490], 3_690), [0, 1, 2]],
  ['one that is not there any more', [40, 230, 430], other([10, 200, 400], 3_570), [0, 1, 2]],
  ['no other advertisement before the plays', [10, 200], other([10, 200], 3_630), [0, 1]],
  ['a play that only the other has', [10, 200], other([5, 40, 230], 3_630), [undefined, 0, 1]],
  ['a play that only this has', [10, 200, 400], other([230, 430], 3_630), [1, 2]],
  ['one play of two, at the end', [200, 400], other([430], 3_630), [1]],
  ['one play of two, at the beginning', [200, 400], other([200], 3_630), [0]],
  ['a play within the advertisements of each', [3, 300], other([330, 3_500], 3_630), [1, undefined]],
  ['nothing', [], other([5]), [undefined]],
])('COPIES-1: other advertisements shift a play and make it no second one: %s', (_, first, second, expected) => {
  expect(samePlays(own(first), second)).toEqual(expected);
});

test('COPIES-2: more than a quarter of an hour of advertisements is no copy', () => {
  expect(samePlays(own([10]), other([10 + 900], 4_500))).toEqual([0]);
  expect(samePlays(own([10]), other([10 + 901], 4_500))).toEqual([undefined]);
});

test('COPIES-3: another part of the clip is another play', () => {
  const first = found(
    'one',
    3_600,
    [100, 200],
    [
      [0, 4],
      [5, 10],
    ],
  );
  expect(samePlays(first, found('other', 3_630, [230], [[5, 10]]))).toEqual([1]);
  expect(samePlays(first, found('other', 3_630, [230], [[0, 4]]))).toEqual([0]);
  expect(samePlays(found('one', 3_600, [100], [[0, 4]]), found('other', 3_630, [130], [[5, 10]]))).toEqual([undefined]);
});

test('COPIES-4: in one copy, by whomever it was heard, a play is where it is', () => {
  expect(samePlays(own([10, 200]), own([10.02, 230]))).toEqual([0, undefined]);
  expect(samePlays(own([10]), own([14.9]))).toEqual([0]);
  expect(samePlays(own([10]), own([15]))).toEqual([undefined]);
});

test('COPIES-5: who sends no hash is told apart by the length', () => {
  expect(copyOf(found('', 5, []))).toBe('5000000000');
  expect(copyOf(found('', 0, []))).toBe('');
  expect(samePlays(found('', 0, [10]), found('', 0, [40]))).toEqual([undefined]);
  expect(samePlays(found('', 3_600, [10]), found('', 3_630, [40]))).toEqual([0]);
});

test('COPIES-6: a clip that loops for hours is still quick, and is told by the shift', () => {
  const loop = Array.from({ length: 450 }, (_, i) => 3 * i);
  expect(
    samePlays(
      own(loop),
      other(
        loop.map((at) => at + 31),
        3_631,
      ),
    ).slice(0, 3),
  ).toEqual([0, 1, 2]);
  const long = Array.from({ length: 2_000 }, (_, i) => i);
  expect(samePlays(own(long), other(long.slice(1))).every((index) => index === undefined)).toBe(true);
});
