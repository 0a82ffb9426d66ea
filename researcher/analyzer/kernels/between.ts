import type { FloatBlock } from '../float-block.ts';

/** The inner loops that tell values between samples (assembly-between.ts). */
export interface BetweenKernels {
  /** `count` values between samples; see Interpolation. What is not within ±loudest becomes 0. */
  interpolate(inputs: FloatBlock, weights: FloatBlock, out: FloatBlock, count: number, how: Interpolation): void;
  /**
   * out[k] = the value at start + k · step: the sum of `width` (8, 12 or 16) values around it, from
   * floor(place) − width / 2 + 1 on, times the weights of the nearest phase, of which there are `phases` + 1 from a sample to
   * the next. All of them must be in the block.
   */
  between(values: FloatBlock, table: PhaseTable, places: Places, out: FloatBlock, outAt: number): void;
  /** out[k] = the value at start + k · step on a straight line between the first `length` values; outside of them is 0. */
  lines(values: FloatBlock, length: number, places: Places, out: FloatBlock): void;
}

export interface PhaseTable {
  readonly weights: FloatBlock;
  readonly phases: number;
  readonly width: number;
}

/** Places start, start + step … */
export interface Places {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/**
 * Value i lies at `at` + (`rest` + i · step) / denominator, step = whole · denominator + restStep; it is the sum of
 * inputs at − 2 … at + 5 times the eight weights of its phase, of which there are `phases` for a whole sample.
 */
export interface Interpolation {
  readonly at: number;
  readonly rest: number;
  readonly whole: number;
  readonly restStep: number;
  readonly denominator: number;
  readonly phases: number;
  readonly loudest: number;
}

/** Weights of a phase; and how many inputs before `at` the first of them belongs to. */
export const INTERPOLATION_WEIGHTS = 8;
export const INTERPOLATION_BEFORE = 2;

export const plainBetween: BetweenKernels = {
  interpolate({ data: inputs }, { data: weights }, { data: out }, count, how) {
    const { whole, restStep, denominator, loudest } = how;
    const phases = how.phases / denominator;
    let { at, rest } = how;
    for (let i = 0; i < count; i++) {
      const phase = Math.floor(rest * phases) * INTERPOLATION_WEIGHTS;
      let value = 0;
      for (let k = 0; k < INTERPOLATION_WEIGHTS; k++) {
        value += inputs[at - INTERPOLATION_BEFORE + k]! * weights[phase + k]!;
      }
      out[i] = value > -loudest && value < loudest ? value : 0;
      at += whole;
      rest += restStep;
      if (rest >= denominator) {
        rest -= denominator;
        at++;
      }
    }
  },
  between(
    { data: values },
    { weights: { data: weights }, phases, width },
    { start, step, count },
    { data: out },
    outAt,
  ) {
    for (let k = 0; k < count; k++) {
      const place = start + k * step;
      const whole = Math.floor(place);
      const from = whole - width / 2 + 1;
      const weight = Math.round((place - whole) * phases) * width;
      let sum = 0;
      for (let n = 0; n < width; n++) sum += values[from + n]! * weights[weight + n]!;
      out[outAt + k] = sum;
    }
  },
  lines({ data: values }, length, { start, step, count }, { data: out }) {
    const at = (i: number) => (i < 0 || i >= length ? 0 : values[i]!);
    for (let k = 0; k < count; k++) {
      const place = start + k * step;
      const whole = Math.floor(place);
      out[k] = at(whole) + (place - whole) * (at(whole + 1) - at(whole));
    }
  },
};
