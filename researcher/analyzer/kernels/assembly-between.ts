/** AssemblyScript, not TypeScript: the inner loops that tell values between samples; see assembly.ts and between.ts. */

import { laneSum, STEP } from './assembly-vectors';

/** The sums of the lanes of four vectors, each added up as `laneSum` does. */
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const first = v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5);
  const second = v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7);
  const third = v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5);
  const fourth = v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7);
  return f32x4.add(f32x4.add(first, second), f32x4.add(third, fourth));
}

function weighted(input: usize, weight: usize): v128 {
  return f32x4.add(
    f32x4.mul(v128.load(input), v128.load(weight)),
    f32x4.mul(v128.load(input, STEP), v128.load(weight, STEP)),
  );
}

/** Where the next value of `interpolate` lies. */
let at: i32 = 0;
let rest: i32 = 0;

function nextOf(inputs: usize, weights: usize, whole: i32, restStep: i32, denominator: i32, phases: f64): v128 {
  const four = weighted(inputs + ((<usize>at) << 2), weights + ((<usize>(<i32>(<f64>rest * phases))) << 5));
  at += whole;
  rest += restStep;
  if (rest >= denominator) {
    rest -= denominator;
    at++;
  }
  return four;
}

export function interpolate(
  inputs: usize,
  weights: usize,
  out: usize,
  count: i32,
  first: i32,
  firstRest: i32,
  whole: i32,
  restStep: i32,
  denominator: i32,
  phases: f64,
  loudest: f32,
): void {
  at = first;
  rest = firstRest;
  const most = f32x4.splat(loudest);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const a = nextOf(inputs, weights, whole, restStep, denominator, phases);
    const b = nextOf(inputs, weights, whole, restStep, denominator, phases);
    const c = nextOf(inputs, weights, whole, restStep, denominator, phases);
    const d = nextOf(inputs, weights, whole, restStep, denominator, phases);
    const values = laneSums(a, b, c, d);
    v128.store(out + ((<usize>i) << 2), v128.and(values, f32x4.lt(f32x4.abs(values), most)));
  }
  for (; i < count; i++) {
    const value = laneSum(nextOf(inputs, weights, whole, restStep, denominator, phases));
    store<f32>(out + ((<usize>i) << 2), value > -loudest && value < loudest ? value : 0);
  }
}

function product(input: usize, weight: usize, vector: usize): v128 {
  return f32x4.mul(v128.load(input + vector * STEP), v128.load(weight + vector * STEP));
}

export function between(
  values: usize,
  table: usize,
  phases: i32,
  width: i32,
  start: f64,
  step: f64,
  out: usize,
  count: i32,
): void {
  const before = (width >> 1) - 1;
  const bytes = (<usize>width) << 2;
  for (let k = 0; k < count; k++) {
    const place = start + <f64>k * step;
    const whole = floor<f64>(place);
    const phase = <i32>floor<f64>((place - whole) * <f64>phases + 0.5);
    const input = values + ((<usize>(<i32>whole - before)) << 2);
    const weight = table + <usize>phase * bytes;
    let sum = f32x4.add(product(input, weight, 0), product(input, weight, 1));
    if (width > 8) sum = f32x4.add(sum, product(input, weight, 2));
    if (width > 12) sum = f32x4.add(sum, product(input, weight, 3));
    store<f32>(out + ((<usize>k) << 2), laneSum(sum));
  }
}

function valueAt(values: usize, length: i32, i: i32): f64 {
  return <u32>i < <u32>length ? <f64>load<f32>(values + ((<usize>i) << 2)) : 0;
}

export function lines(values: usize, length: i32, start: f64, step: f64, out: usize, count: i32): void {
  const isInside = start >= 0 && start + <f64>count * step < <f64>(length - 1);
  for (let k = 0; k < count; k++, out += 4) {
    const place = start + <f64>k * step;
    const whole = floor<f64>(place);
    const i = <i32>whole;
    const at = values + ((<usize>i) << 2);
    const before = isInside ? <f64>load<f32>(at) : valueAt(values, length, i);
    const after = isInside ? <f64>load<f32>(at, 4) : valueAt(values, length, i + 1);
    store<f32>(out, <f32>(before + (place - whole) * (after - before)));
  }
}
