import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { Bitset } from '../../domain/bitset.ts';

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('BITSET-1: it holds what was put in and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(20_000)), fc.uniqueArray(fc.nat(20_000)), (members, others) => {
      const set = Bitset.of(members);
      const known = new Set(members);
      expect([...set]).toEqual([...members].sort((a, b) => a - b));
      expect(set.size).toBe(members.length);
      for (const other of others) expect(set.has(other)).toBe(known.has(other));
    }),
  );
});

test.each([
  [[0], [1]],
  [
    [7, 8],
    [128, 1],
  ],
  [[15], [0, 128]],
  [[16], [0, 0, 1]],
])('BITSET-2: members %j are the bits of bytes %j', (members, bytes) => {
  expect([...Bitset.of(members).bytes]).toEqual(bytes);
  expect([...Bitset.fromBytes(Uint8Array.from(bytes))]).toEqual(members);
});

test('BITSET-3: adding and taking away leave the set before as it was', () => {
  const before = Bitset.of([1, 9]);
  expect([...before.with([2, 100])]).toEqual([1, 2, 9, 100]);
  expect([...before.without([1, 50])]).toEqual([9]);
  expect([...before]).toEqual([1, 9]);
  expect(before.with([])).toBe(before);
});

test('BITSET-8: what is in both is in what they have in common, however long each is, and both stay as they were', () => {
  const members = fc.uniqueArray(fc.nat(300));
  fc.assert(
    fc.property(members, members, (some, others) => {
      const [one, other] = [Bitset.of(some), Bitset.of(others)];
      const both = some.filter((member) => others.includes(member)).sort((a, b) => a - b);
      expect([...one.and(other)]).toEqual(both);
      expect([one.size, other.size]).toEqual([some.length, others.length]);
    }),
  );
});

test('BITSET-4: asking beyond its bytes is no', () => {
  const set = Bitset.of([8]);
  expect([set.has(7), set.has(8), set.has(9), set.has(16), set.has(1_000_000)]).toEqual([
    false,
    true,
    false,
    false,
    false,
  ]);
  expect(Bitset.empty.has(0)).toBe(false);
});

describe('BITSET-5: packed sizes', () => {
  test('10,000 clips, all researched: 14 bytes', () => expect(Bitset.of(upTo(10_000)).packed()).toHaveLength(14));

  test('half of 10,000 at random: about 1.3 KB', () => {
    const half = Bitset.fromBytes(randomBytes(1_250));
    expect(half.packed().length).toBeGreaterThan(1_200);
    expect(half.packed().length).toBeLessThan(1_300);
  });

  test('empty: nothing, whatever was in it before', () => {
    expect(Bitset.empty.packed()).toHaveLength(0);
    expect(Bitset.of(upTo(10_000)).without(upTo(10_000)).packed()).toHaveLength(0);
  });
});

test('BITSET-6: what was packed is read back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(20_000)), (members) => {
      const set = Bitset.of(members);
      expect([...Bitset.unpacked(set.packed())]).toEqual([...set]);
    }),
  );
});

describe('BITSET-7: a damaged one is refused rather than read', () => {
  const bomb = (bytes: number) => new Uint8Array(deflateRawSync(new Uint8Array(bytes)));

  test('what inflates to the limit is read, one byte more is refused', () => {
    expect(Bitset.unpacked(bomb(99), 100).size).toBe(0);
    expect(Bitset.unpacked(bomb(100), 100).size).toBe(0);
    expect(() => Bitset.unpacked(bomb(101), 100)).toThrow(/larger than \d+ bytes/);
  });

  test('a gigabyte in a megabyte does not become a gigabyte', () => {
    expect(() => Bitset.unpacked(bomb(64 * 1024 * 1024))).toThrow(/larger than \d+ bytes/);
  });

  test('what is not raw deflate, or ends too early', () => {
    expect(() => Bitset.unpacked(Uint8Array.from([255, 255, 255]))).toThrow();
    expect(() => Bitset.unpacked(Bitset.of(upTo(100)).packed().subarray(0, 2))).toThrow();
  });
});
