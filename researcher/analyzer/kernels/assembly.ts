/**
 * AssemblyScript, not TypeScript: the inner loops of the analyzer, four floats at a time. kernels.ts says what each
 * does; `npm run kernels:make` compiles it into ../generated/kernels-binary.ts. Arguments are addresses in PFFFT's memory.
 */

export { between, interpolate, lines } from './assembly-between';
export { addCoherence, products, scan } from './assembly-integers';
export { agreement, powers } from './assembly-spectra';

import { laneSum, STEP } from './assembly-vectors';

export function add(sum: usize, values: usize, length: i32): void {
  const end = sum + ((<usize>length) << 2);
  for (; sum + STEP <= end; sum += STEP, values += STEP) {
    v128.store(sum, f32x4.add(v128.load(sum), v128.load(values)));
  }
  for (; sum < end; sum += 4, values += 4) store<f32>(sum, load<f32>(sum) + load<f32>(values));
}

export function multiply(a: usize, b: usize, out: usize, length: i32, scale: f32): void {
  const end = out + ((<usize>length) << 2);
  const four = f32x4.splat(scale);
  for (; out + STEP <= end; out += STEP, a += STEP, b += STEP) {
    v128.store(out, f32x4.mul(f32x4.mul(v128.load(a), v128.load(b)), four));
  }
  for (; out < end; out += 4, a += 4, b += 4) store<f32>(out, load<f32>(a) * load<f32>(b) * scale);
}

export function top(values: usize, length: i32): i32 {
  return topOf(values, length, false);
}

export function topMagnitude(values: usize, length: i32): i32 {
  return topOf(values, length, true);
}

// Two passes, for the index of a largest lane costs more than to look for it: the value, then where it comes first. The
// maximum that knows no NaN is one instruction, and four of them side by side need not wait for each other.
function topOf(values: usize, length: i32, magnitude: bool): i32 {
  let most = f32x4.splat(magnitude ? 0 : -Infinity);
  let more = most;
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    const at = values + ((<usize>i) << 2);
    const a = vectorOf(at, magnitude);
    const b = vectorOf(at + STEP, magnitude);
    const c = vectorOf(at + 2 * STEP, magnitude);
    const d = vectorOf(at + 3 * STEP, magnitude);
    most = f32x4.pmax(most, f32x4.pmax(a, b));
    more = f32x4.pmax(more, f32x4.pmax(c, d));
  }
  most = f32x4.pmax(most, more);
  for (; i + 4 <= length; i += 4) most = f32x4.pmax(most, vectorOf(values + ((<usize>i) << 2), magnitude));
  let value: f32 = f32x4.extract_lane(most, 0);
  value = max<f32>(value, f32x4.extract_lane(most, 1));
  value = max<f32>(value, f32x4.extract_lane(most, 2));
  value = max<f32>(value, f32x4.extract_lane(most, 3));
  for (; i < length; i++) {
    const one = load<f32>(values + ((<usize>i) << 2));
    value = max<f32>(value, magnitude ? abs<f32>(one) : one);
  }
  const wanted = f32x4.splat(value);
  for (i = 0; i + 4 <= length; i += 4) {
    const four = v128.load(values + ((<usize>i) << 2));
    if (v128.any_true(f32x4.eq(magnitude ? f32x4.abs(four) : four, wanted))) break;
  }
  for (; i < length; i++) {
    const one = load<f32>(values + ((<usize>i) << 2));
    if ((magnitude ? abs<f32>(one) : one) === value) return i;
  }
  return 0;
}

function vectorOf(values: usize, magnitude: bool): v128 {
  const four = v128.load(values);
  return magnitude ? f32x4.abs(four) : four;
}

export function fromInt16(source: usize, out: usize, length: i32): void {
  const end = out + ((<usize>length) << 2);
  for (; out + 2 * STEP <= end; out += 2 * STEP, source += STEP) {
    const eight = v128.load(source);
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)));
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), STEP);
  }
  for (; out < end; out += 4, source += 2) store<f32>(out, <f32>load<i16>(source));
}

export function toInt16(values: usize, out: usize, length: i32): void {
  const end = out + ((<usize>length) << 1);
  for (; out + STEP <= end; out += STEP, values += 2 * STEP) {
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(values)));
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(values, STEP)));
    v128.store(out, i16x8.narrow_i32x4_s(low, high));
  }
  for (; out < end; out += 2, values += 4) {
    store<i16>(out, <i16>max<f32>(-32768, min<f32>(32767, nearest<f32>(load<f32>(values)))));
  }
}

export function above(values: usize, length: i32, least: f32, out: usize): i32 {
  const four = f32x4.splat(least);
  let found = out;
  let i = 0;
  for (; i + 4 <= length; i += 4, values += STEP) {
    let lanes = i32x4.bitmask(f32x4.gt(v128.load(values), four));
    for (let lane = i; lanes; lane++, lanes >>= 1) {
      if (!(lanes & 1)) continue;
      store<i32>(found, lane);
      found += 4;
    }
  }
  for (; i < length; i++, values += 4) {
    if (load<f32>(values) <= least) continue;
    store<i32>(found, i);
    found += 4;
  }
  return <i32>((found - out) >> 2);
}

export function overlapAdd(frame: usize, tail: usize, out: usize, length: i32, scale: f32): void {
  const end = out + ((<usize>length) << 2);
  const four = f32x4.splat(scale);
  let next = frame + ((<usize>length) << 2);
  for (; out + STEP <= end; out += STEP, tail += STEP, frame += STEP, next += STEP) {
    v128.store(out, f32x4.add(v128.load(tail), f32x4.mul(v128.load(frame), four)));
    v128.store(tail, f32x4.mul(v128.load(next), four));
  }
  for (; out < end; out += 4, tail += 4, frame += 4, next += 4) {
    store<f32>(out, load<f32>(tail) + load<f32>(frame) * scale);
    store<f32>(tail, load<f32>(next) * scale);
  }
}

export function dot(a: usize, b: usize, length: i32): f32 {
  const end = a + ((<usize>length) << 2);
  let x = f32x4.splat(0);
  let y = x;
  for (; a + 2 * STEP <= end; a += 2 * STEP, b += 2 * STEP) {
    x = f32x4.add(x, f32x4.mul(v128.load(a), v128.load(b)));
    y = f32x4.add(y, f32x4.mul(v128.load(a, STEP), v128.load(b, STEP)));
  }
  let sum = laneSum(f32x4.add(x, y));
  for (; a < end; a += 4, b += 4) sum += load<f32>(a) * load<f32>(b);
  return sum;
}

// Eight sums at a time wait for none of each other.
export function addWeighted(values: usize, step: i32, weights: usize, count: i32, out: usize, length: i32): void {
  const stepBytes = (<usize>step) << 2;
  const last = weights + ((<usize>count) << 2);
  let i = 0;
  for (; i + 32 <= length; i += 32, values += 8 * STEP, out += 8 * STEP) {
    let a = v128.load(out);
    let b = v128.load(out, STEP);
    let c = v128.load(out, 2 * STEP);
    let d = v128.load(out, 3 * STEP);
    let e = v128.load(out, 4 * STEP);
    let f = v128.load(out, 5 * STEP);
    let g = v128.load(out, 6 * STEP);
    let h = v128.load(out, 7 * STEP);
    for (let weight = weights, from = values; weight < last; weight += 4, from += stepBytes) {
      const four = v128.load32_splat(weight);
      a = f32x4.add(a, f32x4.mul(v128.load(from), four));
      b = f32x4.add(b, f32x4.mul(v128.load(from, STEP), four));
      c = f32x4.add(c, f32x4.mul(v128.load(from, 2 * STEP), four));
      d = f32x4.add(d, f32x4.mul(v128.load(from, 3 * STEP), four));
      e = f32x4.add(e, f32x4.mul(v128.load(from, 4 * STEP), four));
      f = f32x4.add(f, f32x4.mul(v128.load(from, 5 * STEP), four));
      g = f32x4.add(g, f32x4.mul(v128.load(from, 6 * STEP), four));
      h = f32x4.add(h, f32x4.mul(v128.load(from, 7 * STEP), four));
    }
    v128.store(out, a);
    v128.store(out, b, STEP);
    v128.store(out, c, 2 * STEP);
    v128.store(out, d, 3 * STEP);
    v128.store(out, e, 4 * STEP);
    v128.store(out, f, 5 * STEP);
    v128.store(out, g, 6 * STEP);
    v128.store(out, h, 7 * STEP);
  }
  for (; i < length; i++, values += 4, out += 4) {
    let sum = load<f32>(out);
    for (let weight = weights, from = values; weight < last; weight += 4, from += stepBytes) {
      sum += load<f32>(from) * load<f32>(weight);
    }
    store<f32>(out, sum);
  }
}
