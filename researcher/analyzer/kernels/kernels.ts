import type { FloatBlock } from '../float-block.ts';
import type { BetweenKernels } from './between.ts';

/**
 * The analyzer's inner loops over blocks of an engine's memory. `plainKernels` says what they do (plain-kernels.ts); the engine
 * of WebAssembly runs the same four floats at a time (assembly.ts), and a test compares both.
 * A block is followed by the index in it where the work begins.
 */
export interface Kernels extends BetweenKernels {
  /** sum += values */
  add(sum: FloatBlock, sumAt: number, values: FloatBlock, valuesAt: number, length: number): void;
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
  /**
   * out[i] += |Σ x·y*|² · scale / (the energy of x), of a piece y of a narrow band and as many values x of another from
   * value at[i] on, for i = 0 … `count` − 1 (a multiple of 4).
   */
  addCoherence(band: ByteBand, at: FloatBlock, count: number, piece: BytePiece, scale: number, out: FloatBlock): void;
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
  /** The indices of the first `length` values above `least` go to `out`, 32-bit integers; it must have room for all. Returns how many. */
  above(values: FloatBlock, length: number, least: number, out: FloatBlock): number;
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

/** A signal of complex values as bytes. */
export interface ByteBand {
  /** Re and Im of each value in turns, BYTE_ZERO added to both so that they are 1 to 127; after the last one BYTE_ZERO, for as many as a piece has. */
  readonly values: FloatBlock;
  /** 32-bit sums of |x|² before each value, and after the last one for as many as a piece has. */
  readonly energies: FloatBlock;
  /** What counts as the energy of a value where it is less. */
  readonly floor: number;
}

/** A piece of such a signal, of `size` values; at most so many that no sum needs more than 24 bits. */
export interface BytePiece {
  /** Signed bytes, so many (a multiple of 16, the rest of them 0) that give Re of its products, and then as many that give Im. */
  readonly values: FloatBlock;
  readonly at: number;
  readonly bytes: number;
  readonly size: number;
  /** What BYTE_ZERO adds to Re and Im of the products. */
  readonly zero: readonly [re: number, im: number];
}

export const BYTE_ZERO = 64;

/** Queries of `scan` that lie side by side, and values of each that follow one another. */
export const SCAN_GROUP = 8;
export const SCAN_VALUES = 4;

/** Where a value of a query lies among those of all groups. */
export const scanIndex = (query: number, value: number, values: number): number =>
  Math.floor(query / SCAN_GROUP) * SCAN_GROUP * values +
  (Math.floor(value / SCAN_VALUES) * SCAN_GROUP + (query % SCAN_GROUP)) * SCAN_VALUES +
  (value % SCAN_VALUES);

/** Bins of a band of `agreement`; floats of it, and of its powers with their sum. */
export const BINS = 8;
export const AGREEMENT_FLOATS = 2 * BINS;
export const POWER_FLOATS = BINS + 1;
