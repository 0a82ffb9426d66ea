import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createFftEngine, PlainFftEngine } from '../../../researcher/analyzer/fft.ts';
import type { FftEngine } from '../../../researcher/analyzer/fft-engine.ts';
import type { FloatBlock } from '../../../researcher/analyzer/float-block.ts';
import { INTERPOLATION_WEIGHTS } from '../../../researcher/analyzer/kernels/between.ts';
import {
  AGREEMENT_FLOATS,
  BYTE_ZERO,
  POWER_FLOATS,
  SCAN_GROUP,
  scanIndex,
} from '../../../researcher/analyzer/kernels/kernels.ts';
import { Pffft } from '../../../researcher/analyzer/pffft.ts';
import { randomFrom } from '../media/audio.ts';

const fast = createFftEngine();
const plain = new PlainFftEngine();
/** Lengths with and without a rest that no vector of four holds. */
const lengths = [1, 3, 4, 7, 8, 64, 497];

/** The same values in a block of both engines, what `work` answers in each, and what it leaves in the last block. */
function both(work: (engine: FftEngine, blocks: FloatBlock[]) => unknown, ...values: Float32Array[]) {
  return [fast, plain].map((engine) => {
    const blocks = values.map((some) => {
      const block = engine.block(some.length);
      block.data.set(some);
      return block;
    });
    const answer = work(engine, blocks);
    const left = blocks.map(({ data }) => [...data]);
    engine.release(blocks);
    return { answer, left };
  }) as [{ answer: unknown; left: number[][] }, { answer: unknown; left: number[][] }];
}

function noise(length: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length }, () => random() - 0.5);
}

function expectAlike(a: readonly number[], b: readonly number[]): void {
  a.forEach((value, i) => {
    expect(Math.abs(value - b[i]!)).toBeLessThan(1e-5);
  });
}

test('the embedded binary is what assembly.ts compiles to', () => {
  const root = join(__dirname, '../../..');
  const node = join(root, 'node_modules/.bin/node');
  const { status, stderr } = spawnSync(node, ['bin/make-kernels.ts', '--check'], { cwd: root, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe.each(lengths)('the vectors of four do what plain loops do, length %d', (length) => {
  const [a, b, c] = [noise(length + 8, 1), noise(length + 8, 2), noise(length + 8, 3)];

  test('add', () => {
    const [x, y] = both(({ kernels }, [sum, more]) => kernels.add(sum!, 3, more!, 2, length), a, b);
    expect(x.left).toEqual(y.left);
    expect(x.left[0]!.filter((value, i) => value !== a[i])).toHaveLength(length);
  });

  test('multiply', () => {
    const [x, y] = both(
      ({ kernels }, [one, two, out]) => kernels.multiply(one!, 1, two!, 2, out!, 3, length, 0.5),
      a,
      b,
      c,
    );
    expect(x.left).toEqual(y.left);
    expect(x.left[2]!.slice(0, 3)).toEqual([...c.slice(0, 3)]);
    expect(x.left[2]!.slice(length + 3)).toEqual([...c.slice(length + 3)]);
  });

  test('addWeighted, to the last bit', () => {
    const values = noise(3 * length + 8, 6);
    for (const step of [1, length]) {
      const [x, y] = both(
        ({ kernels }, [some, weights, out]) => kernels.addWeighted(some!, 2, step, weights!, 1, 3, out!, 3, length),
        values,
        a,
        b,
      );
      expect(x.left).toEqual(y.left);
      expect(x.left[2]!.slice(0, 3)).toEqual([...b.slice(0, 3)]);
      expect(x.left[2]!.slice(length + 3)).toEqual([...b.slice(length + 3)]);
      const sum = [0, 1, 2].reduce((all, k) => all + values[2 + k * step]! * a[1 + k]!, b[3]!);
      expect(x.left[2]![3]).toBeCloseTo(sum, 6);
    }
  });

  test('top, of equal values the first', () => {
    const equal = a.map((_, i) => (i % 5 === 2 ? 0.75 : -1));
    for (const values of [a, b, equal, equal.map((value) => -value), new Float32Array(length)]) {
      const [x, y] = both(
        ({ kernels }, [some]) => [kernels.top(some!, length), kernels.topMagnitude(some!, length)],
        values.slice(0, length),
      );
      expect(x.answer).toEqual(y.answer);
    }
  });

  test('fromInt16', () => {
    const integers = Int16Array.from({ length: length + 1 }, (_, i) => [-32_768, 32_767, 0, -1, i * 61][i % 5]!);
    const [x, y] = both(
      ({ kernels }, [source, out]) => {
        source!.int16.set(integers);
        kernels.fromInt16(source!, out!, length);
      },
      a,
      b,
    );
    expect(x.left[1]).toEqual(y.left[1]);
    expect(x.left[1]!.slice(0, length)).toEqual([...integers.slice(0, length)]);
  });

  test('toInt16 rounds a half to the even neighbour and stays within 16 bits', () => {
    const values = noise(length, 8).map((value, i) => [value * 1_000, 2.5, -3.5, 1e6, -1e6][i % 5]!);
    const [x, y] = both(
      ({ kernels }, [some, out]) => {
        kernels.toInt16(some!, out!, length);
        return [...out!.int16.subarray(0, length)];
      },
      values,
      a,
    );
    expect(x.answer).toEqual(y.answer);
    expect((x.answer as number[]).slice(1, 5)).toEqual([2, -4, 32_767, -32_768].slice(0, length - 1));
  });

  test('above', () => {
    for (const least of [-1, 0, 0.3, 0.49, 1]) {
      const [x, y] = both(
        ({ kernels }, [some, out]) => {
          const found = kernels.above(some!, length, least, out!);
          return [...out!.int32.subarray(0, found)];
        },
        a,
        b,
      );
      expect(x.answer).toEqual(y.answer);
      expect(y.answer).toEqual([...a.keys()].filter((i) => i < length && a[i]! > least));
    }
  });

  test('overlapAdd', () => {
    const frame = noise(2 * length, 4);
    const [x, y] = both(
      ({ kernels }, [one, tail, out]) => kernels.overlapAdd(one!, tail!, out!, length, 3),
      frame,
      a,
      b,
    );
    x.left.forEach((left, i) => {
      expectAlike(left, y.left[i]!);
    });
    expect(x.left[1]![0]).toBeCloseTo(3 * frame[length]!, 5);
  });

  test.each([
    { denominator: 5, phases: 5 },
    { denominator: 9, phases: 4 },
  ])('interpolate, %j', ({ denominator, phases }) => {
    const inputs = noise(3 * length + 16, 6).map((value, i) => (i === 9 ? Number.NaN : i === 21 ? 1e9 : value));
    const how = { at: 2, rest: 3, whole: 2, restStep: 4, denominator, phases, loudest: 64 };
    const [x, y] = both(
      ({ kernels }, [some, weights, out]) => kernels.interpolate(some!, weights!, out!, length, how),
      inputs,
      noise(phases * INTERPOLATION_WEIGHTS, 7),
      a,
    );
    expectAlike(x.left[2]!, y.left[2]!);
  });
});

/** A spectrum of some bands from float 4 on, with room for its powers. */
function spectrum(bands: number, seed: number): Float32Array {
  const all = new Float32Array(4 + bands * (AGREEMENT_FLOATS + POWER_FLOATS));
  all.set(noise(4 + bands * AGREEMENT_FLOATS, seed));
  return all;
}

function agreed({ kernels }: FftEngine, [one, two, out]: FloatBlock[], bands: number, chance: number): void {
  const powersAt = 4 + bands * AGREEMENT_FLOATS;
  for (const x of [one!, two!]) kernels.powers(x, 4, bands, powersAt);
  kernels.agreement(one!, two!, 4, bands, powersAt, out!, chance);
}

test('powers and agreement of spectra: the vectors do what plain loops do', () => {
  const bands = 5;
  const [x, y] = [spectrum(bands, 8), spectrum(bands, 9)];
  const [a, b] = both((engine, blocks) => agreed(engine, blocks, bands, 1.2), x, y, new Float32Array(4));
  a.left.forEach((left, i) => {
    expectAlike(left, b.left[i]!);
  });
  const powers = a.left[0]!.slice(4 + bands * AGREEMENT_FLOATS);
  expect(powers[1]).toBeCloseTo(x[6]! ** 2 + x[7]! ** 2, 6);
  expect(powers[8 * bands]).toBeCloseTo(
    powers.slice(0, 8).reduce((sum, power) => sum + power, 0),
    5,
  );
  expect(a.left[2]![1]).toBeGreaterThan(0);
});

test('agreement with itself, with any phase, is all that it can be', () => {
  const x = spectrum(2, 10);
  // Times i: Re becomes −Im, Im becomes Re.
  const turned = x.map((_, i) => (i % 2 === 0 ? -x[i + 1]! : x[i - 1]!));
  const [a] = both((engine, blocks) => agreed(engine, blocks, 2, 1), x, turned, new Float32Array(4));
  expect(a.left[2]![0]).toBeCloseTo(a.left[2]![1]!, 4);
});

test('values between samples by a table of phases, and on straight lines', () => {
  const [phases, width] = [3, 8];
  const values = noise(40, 11);
  const table = noise((phases + 1) * width, 12);
  const places = { start: 4.3, step: 1.37, count: 19 };
  const [a, b] = both(
    ({ kernels }, [some, weights, out, straight]) => {
      kernels.between(some!, { weights: weights!, phases, width }, places, out!, 2);
      kernels.lines(some!, 40, { ...places, start: -2.6, step: 2.4 }, straight!);
    },
    values,
    table,
    new Float32Array(24),
    new Float32Array(19),
  );
  a.left.forEach((left, i) => {
    expectAlike(left, b.left[i]!);
  });
  // 4.3 is nearest to the first of three phases behind 4: values 1 to 8.
  const first = values.slice(1, 9).reduce((sum, value, n) => sum + value * table[width + n]!, 0);
  expect(a.left[2]!.slice(0, 3)).toEqual([0, 0, expect.closeTo(first, 5)]);
  // At −2.6 and −0.2 + … the signal has not begun, or begins; behind its end it is 0.
  expect(a.left[3]![0]).toBe(0);
  expect(a.left[3]![1]).toBeCloseTo(0.8 * values[0]!, 5);
  expect(a.left[3]!.at(-1)).toBe(0);
});

/** 16-bit integers of all sizes, in a block of the engine. */
function integers(engine: FftEngine, count: number, seed: number, most: number): FloatBlock {
  const random = randomFrom(seed);
  const block = engine.block(count / 2);
  for (let i = 0; i < count; i++) block.int16[i] = Math.round((2 * random() - 1) * most);
  return block;
}

test('scan finds the same rows of each query, in their order, and no others, with relaxed SIMD and without', () => {
  const [values, count, groups] = [12, 12, 2];
  const queries = SCAN_GROUP * groups;
  const asked = Int8Array.from(noise(queries * values, 2), (value) => 254 * value);
  // All that a byte can be, beside all that a row's can be: sums of two products must not overflow.
  asked.set([-128, -128, -128, -128, 127, 127, 127, 127]);
  const rows = Int8Array.from(noise((count + 1) * values, 1), (value) => 64 + 126 * value).fill(
    127,
    values,
    2 * values,
  );
  const answers = [fast, new Pffft(false), plain].map((engine) => {
    const [block, query] = [engine.block(rows.length), engine.block(asked.length)];
    const [least, out] = [engine.block(queries), engine.block(2 * queries * count)];
    block.bytes.set(rows);
    query.bytes.set(asked);
    least.int32.fill(1_000);
    least.int32[3] = 2 ** 31 - 1;
    const found = engine.kernels.scan({ block, values }, 1, count, query, groups, least, out);
    const pairs = Array.from({ length: found }, (_, i) => [out.int32[2 * i]!, out.int32[2 * i + 1]!]);
    return Array.from({ length: queries }, (_, query) => pairs.filter(([of]) => of === query).map(([, row]) => row));
  });
  const expected = Array.from({ length: queries }, (_, query) =>
    Array.from({ length: count }, (_, row) => row).filter((row) => {
      const products = Array.from(
        { length: values },
        (_, i) => rows[(row + 1) * values + i]! * asked[scanIndex(query, i, values)]!,
      );
      return query !== 3 && products.reduce((sum, product) => sum + product, 0) > 1_000;
    }),
  );
  expect(answers).toEqual([expected, expected, expected]);
  expect(expected.flat().length).toBeGreaterThan(10);
});

test('products of rows that overlap, to the last bit', () => {
  const [x, y] = both(
    (engine, [at, out]) => {
      const block = integers(engine, 400, 3, 32_767);
      const other = integers(engine, 32, 4, 127);
      at!.int32.set([7, 0, 5, 31, 8, 2]);
      engine.kernels.products({ block, values: 8 }, at!, 1, 5, other, 8, 24, out!);
      const [row, query] = [block.int16.subarray(40, 64), other.int16.subarray(8)];
      return { products: [...out!.int32], plain: row.reduce((sum, value, i) => sum + value * query[i]!, 0) };
    },
    new Float32Array(6),
    new Float32Array(6),
  );
  expect(x.answer).toEqual(y.answer);
  const { products, plain } = x.answer as { products: number[]; plain: number };
  expect(products[2]).toBe(plain);
});

test('coherences of a narrow band, to the last bit, with relaxed SIMD and without', () => {
  const [size, bytes, count] = [10, 32, 8];
  const signal = Int8Array.from(noise(96, 1), (value) => BYTE_ZERO + 126 * value);
  const asked = Int8Array.from({ length: 2 * size }, (_, i) => signal[2 * 7 + i]! - BYTE_ZERO);
  const query = new Int8Array(2 * bytes);
  for (let i = 0; i < 2 * size; i += 2) {
    query.set([asked[i]!, asked[i + 1]!], i);
    query.set([-asked[i + 1]!, asked[i]!], bytes + i);
  }
  const zero = [0, bytes].map((from) => BYTE_ZERO * query.subarray(from, from + bytes).reduce((a, b) => a + b, 0));
  const sums = new Int32Array(49);
  for (let i = 0; i < 48; i++) {
    sums[i + 1] = sums[i]! + (signal[2 * i]! - BYTE_ZERO) ** 2 + (signal[2 * i + 1]! - BYTE_ZERO) ** 2;
  }
  const energy = sums[17]! - sums[7]!;
  const answers = [fast, new Pffft(false), plain].map((engine) => {
    const [values, energies, at, out] = [24, 49, count, count].map((length) => engine.block(length));
    const piece = engine.block(bytes / 2);
    values!.bytes.set(signal);
    energies!.int32.set(sums);
    piece.bytes.set(query);
    at!.int32.set([7, 0, 31, 8, 6, 5, 4, 1]);
    out!.data.fill(0.25);
    const band = { values: values!, energies: energies!, floor: 1 };
    const asked = { values: piece, at: 0, bytes, size, zero: [zero[0]!, zero[1]!] as const };
    engine.kernels.addCoherence(band, at!, count, asked, 1 / energy, out!);
    return [...out!.data];
  });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  expect(answers[0]![0]).toBeCloseTo(1.25, 6);
  for (const other of answers[0]!.slice(1)) expect(other).toBeLessThan(1.1);
});
