import type { FloatBlock } from '../float-block.ts';
import { type BetweenKernels, plainBetween } from './between.ts';

/**
 * The analyzer's inner loops over blocks of an engine's memory. `plainKernels` says what they do; the engine of
 * WebAssembly runs the same four floats at a time (assembly.ts), and a test compares both.
 * A block is followed by the index in it where the work begins.
 */
export interface Kernels extends BetweenKernels {
  /** sum += values */
  add(sum: FloatBlock, sumAt: number, values: FloatBlock, valuesAt: number, length: number): void;
  /** out += (re² + im²) · weights · scale, of `length` pairs */
  addPower(
    pairs: FloatBlock,
    weights: FloatBlock,
    weightsAt: number,
    length: number,
    scale: number,
    out: FloatBlock,
    outAt: number,
  ): void;
  /** Σ a · b */
  dot(a: FloatBlock, aAt: number, b: FloatBlock, bAt: number, length: number): number;
  /** out[i] += Σ values[i + k · step] · weights[k], k = 0 … `count` − 1, added up in this order. */
  addWeighted(
    values: FloatBlock,
    valuesAt: number,
    step: number,
    weights: FloatBlock,
    weightsAt: number,
    count: number,
    out: FloatBlock,
    outAt: number,
    length: number,
  ): void;
  /**
   * Products of each of `count` rows (a multiple of 4) of bytes below 128 with queries of signed bytes: of those that exceed
   * the query's `least`, the query and the row go to `out`, 32-bit integers, a query's rows in their order. Returns how many;
   * `out` must have room for all. Queries lie in groups of SCAN_GROUP: values 0 to 3 of each, then 4 to 7 …
   */
  scan(
    rows: ByteRows,
    first: number,
    count: number,
    queries: FloatBlock,
    groups: number,
    least: FloatBlock,
    out: FloatBlock,
  ): number;
  /**
   * out[i] = Σ of `values` 16-bit integers (a multiple of 8) from row at[i] on, over the ends of rows, times those of
   * `other` from integer `otherAt` on, for `count` of them from i = `from` on; all 32-bit.
   */
  products(
    rows: IntegerRows,
    at: FloatBlock,
    from: number,
    count: number,
    other: FloatBlock,
    otherAt: number,
    values: number,
    out: FloatBlock,
  ): void;
  /** out = a · b · scale */
  multiply(
    a: FloatBlock,
    aAt: number,
    b: FloatBlock,
    bAt: number,
    out: FloatBlock,
    outAt: number,
    length: number,
    scale: number,
  ): void;
  /** Index of the largest of the first `length` values; of equal ones the first. */
  top(values: FloatBlock, length: number): number;
  /** The same, of the largest magnitude. */
  topMagnitude(values: FloatBlock, length: number): number;
  /** The first `length` 16-bit integers in the memory of `source` as floats. */
  fromInt16(source: FloatBlock, out: FloatBlock, length: number): void;
  /** Rounds `length` values (a half to the even neighbour) into the memory of `out`, as 16-bit integers, the nearest there are. */
  toInt16(values: FloatBlock, out: FloatBlock, length: number): void;
  /** Index of the first value above `least` from index `from` on; `length` if there is none. */
  firstAbove(values: FloatBlock, length: number, from: number, least: number): number;
  /** out = tail + scale · frame[0 … length − 1]; then tail = scale · frame[length … 2 · length − 1] */
  overlapAdd(frame: FloatBlock, tail: FloatBlock, out: FloatBlock, length: number, scale: number): void;
  /**
   * |x|² of `bands` bands of eight bins (Re, Im) from float `from` of a spectrum on, into the same block from `powersAt` on:
   * bin after bin, and then the sum of each band.
   */
  powers(x: FloatBlock, from: number, bands: number, powersAt: number): void;
  /**
   * How well two spectra agree in their bands, of which `powers` has told, whatever their phases: out[0] = Σ (|Σ x·y*| − e),
   * out[1] = Σ (√(Σ|x|²·Σ|y|²) − e), with e = chance · √Σ|x|²|y|² and not more than that root.
   */
  agreement(
    x: FloatBlock,
    y: FloatBlock,
    from: number,
    bands: number,
    powersAt: number,
    out: FloatBlock,
    chance: number,
  ): void;
}

/** 16-bit integers in the memory of a block, so many a row (an even number). */
export interface IntegerRows {
  readonly block: FloatBlock;
  readonly values: number;
}

/** Bytes below 128 in the memory of a block, so many a row (a multiple of SCAN_VALUES). */
export interface ByteRows {
  readonly block: FloatBlock;
  readonly values: number;
}

/** Queries of `scan` that lie side by side, and values of each that follow one another. */
export const SCAN_GROUP = 8;
export const SCAN_VALUES = 4;

/** Where a value of a query lies among those of all groups. */
export const scanIndex = (query: number, value: number, values: number): number =>
  Math.floor(query / SCAN_GROUP) * SCAN_GROUP * values +
  (Math.floor(value / SCAN_VALUES) * SCAN_GROUP + (query % SCAN_GROUP)) * SCAN_VALUES +
  (value % SCAN_VALUES);

/** Bins of a band of `agreement`; floats of it, and of its powers with their sum. */
const BINS = 8;
export const AGREEMENT_FLOATS = 2 * BINS;
export const POWER_FLOATS = BINS + 1;

export const plainKernels: Kernels = {
  ...plainBetween,
  add({ data: sum }, sumAt, { data: values }, valuesAt, length) {
    for (let i = 0; i < length; i++) sum[sumAt + i]! += values[valuesAt + i]!;
  },
  addPower({ data: pairs }, { data: weights }, weightsAt, length, scale, { data: out }, outAt) {
    for (let i = 0; i < length; i++) {
      const [re, im] = [pairs[2 * i]!, pairs[2 * i + 1]!];
      out[outAt + i]! += (re * re + im * im) * weights[weightsAt + i]! * scale;
    }
  },
  dot({ data: a }, aAt, { data: b }, bAt, length) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += a[aAt + i]! * b[bAt + i]!;
    return sum;
  },
  addWeighted({ data: values }, valuesAt, step, { data: weights }, weightsAt, count, { data: out }, outAt, length) {
    for (let i = 0; i < length; i++) {
      let sum = out[outAt + i]!;
      for (let k = 0; k < count; k++) {
        sum = Math.fround(sum + Math.fround(values[valuesAt + i + k * step]! * weights[weightsAt + k]!));
      }
      out[outAt + i] = sum;
    }
  },
  scan({ block, values }, first, count, { bytes: queries }, groups, { int32: least }, { int32: out }) {
    const rows = block.bytes;
    let found = 0;
    for (let query = 0; query < groups * SCAN_GROUP; query++) {
      for (let row = 0; row < count; row++) {
        let sum = 0;
        for (let i = 0, at = (first + row) * values; i < values; i++, at++) {
          sum += rows[at]! * queries[scanIndex(query, i, values)]!;
        }
        if (sum <= least[query]!) continue;
        out[2 * found] = query;
        out[2 * found + 1] = row;
        found++;
      }
    }
    return found;
  },
  products(
    { block, values: rowValues },
    { int32: at },
    from,
    count,
    { int16: other },
    otherAt,
    values,
    { int32: out },
  ) {
    const rows = block.int16;
    for (let i = from; i < from + count; i++) {
      const first = at[i]! * rowValues;
      let sum = 0;
      for (let k = 0; k < values; k++) sum += rows[first + k]! * other[otherAt + k]!;
      out[i] = sum;
    }
  },
  multiply({ data: a }, aAt, { data: b }, bAt, { data: out }, outAt, length, scale) {
    for (let i = 0; i < length; i++) out[outAt + i] = a[aAt + i]! * b[bAt + i]! * scale;
  },
  top({ data: values }, length) {
    let top = 0;
    for (let i = 1; i < length; i++) if (values[i]! > values[top]!) top = i;
    return top;
  },
  topMagnitude({ data: values }, length) {
    let top = 0;
    for (let i = 1; i < length; i++) if (Math.abs(values[i]!) > Math.abs(values[top]!)) top = i;
    return top;
  },
  fromInt16({ int16: source }, { data: out }, length) {
    for (let i = 0; i < length; i++) out[i] = source[i]!;
  },
  toInt16({ data: values }, { int16: out }, length) {
    for (let i = 0; i < length; i++) {
      const value = values[i]!;
      const rounded = Math.round(value);
      const nearest = rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
      out[i] = Math.max(-32_768, Math.min(32_767, nearest));
    }
  },
  firstAbove({ data: values }, length, from, least) {
    for (let i = from; i < length; i++) if (values[i]! > least) return i;
    return length;
  },
  overlapAdd({ data: frame }, { data: tail }, { data: out }, length, scale) {
    for (let i = 0; i < length; i++) {
      out[i] = tail[i]! + frame[i]! * scale;
      tail[i] = frame[length + i]! * scale;
    }
  },
  powers({ data: x }, from, bands, powersAt) {
    x.fill(0, powersAt + BINS * bands, powersAt + BINS * bands + bands);
    for (let bin = 0; bin < BINS * bands; bin++) {
      const power = x[from + 2 * bin]! ** 2 + x[from + 2 * bin + 1]! ** 2;
      x[powersAt + bin] = power;
      x[powersAt + BINS * bands + Math.floor(bin / BINS)]! += power;
    }
  },
  agreement({ data: x }, { data: y }, from, bands, powersAt, { data: out }, chance) {
    let [common, most] = [0, 0];
    for (let band = 0; band < bands; band++) {
      let [re, im, both] = [0, 0, 0];
      for (let bin = band * BINS; bin < (band + 1) * BINS; bin++) {
        const k = from + 2 * bin;
        re += x[k]! * y[k]! + x[k + 1]! * y[k + 1]!;
        im += x[k + 1]! * y[k]! - x[k]! * y[k + 1]!;
        both += x[powersAt + bin]! * y[powersAt + bin]!;
      }
      const sums = powersAt + BINS * bands + band;
      const all = Math.sqrt(x[sums]! * y[sums]!);
      const expected = Math.min(all, chance * Math.sqrt(both));
      common += Math.sqrt(re * re + im * im) - expected;
      most += all - expected;
    }
    out[0] = common;
    out[1] = most;
  },
};
