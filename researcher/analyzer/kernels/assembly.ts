/**
 * AssemblyScript, not TypeScript: the inner loops of the analyzer, four floats at a time. kernels.ts says what each
 * does; `npm run kernels:make` compiles it into ../generated/kernels-binary.ts. Arguments are addresses in PFFFT's memory.
 */

/** Bytes of a vector of four floats. */
const STEP: usize = 16;

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

// Two passes, for the index of a largest lane costs more than to look for it: the value, then where it comes first.
function topOf(values: usize, length: i32, magnitude: bool): i32 {
  let most = f32x4.splat(magnitude ? 0 : -Infinity);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const four = v128.load(values + ((<usize>i) << 2));
    most = f32x4.max(most, magnitude ? f32x4.abs(four) : four);
  }
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

export function firstAbove(values: usize, length: i32, from: i32, least: f32): i32 {
  let i = from;
  const four = f32x4.splat(least);
  for (; i + 4 <= length; i += 4) {
    if (v128.any_true(f32x4.gt(v128.load(values + ((<usize>i) << 2)), four))) break;
  }
  for (; i < length; i++) if (load<f32>(values + ((<usize>i) << 2)) > least) return i;
  return length;
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

export function addCoherence(re: usize, im: usize, weights: usize, length: i32, scale: f32, out: usize): void {
  const end = out + ((<usize>length) << 2);
  const four = f32x4.splat(scale);
  for (; out + STEP <= end; out += STEP, re += STEP, im += STEP, weights += STEP) {
    const x = v128.load(re);
    const y = v128.load(im);
    const power = f32x4.mul(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), v128.load(weights));
    v128.store(out, f32x4.add(v128.load(out), f32x4.mul(power, four)));
  }
  for (; out < end; out += 4, re += 4, im += 4, weights += 4) {
    const x = load<f32>(re);
    const y = load<f32>(im);
    store<f32>(out, load<f32>(out) + (x * x + y * y) * load<f32>(weights) * scale);
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

export function addScaled(sum: usize, values: usize, length: i32, scale: f32): void {
  const end = sum + ((<usize>length) << 2);
  const four = f32x4.splat(scale);
  for (; sum + STEP <= end; sum += STEP, values += STEP) {
    v128.store(sum, f32x4.add(v128.load(sum), f32x4.mul(v128.load(values), four)));
  }
  for (; sum < end; sum += 4, values += 4) store<f32>(sum, load<f32>(sum) + load<f32>(values) * scale);
}

/** Writes what of a row's four products, with queries from `query` on, exceeds its least. */
function keepAbove(found: usize, four: v128, least: v128, query: i32, row: i32): usize {
  let above = i32x4.bitmask(i32x4.gt_s(four, least));
  for (let lane: i32 = 0; above; lane++, above >>= 1) {
    if (!(above & 1)) continue;
    store<i32>(found, query + lane);
    store<i32>(found, row, 4);
    found += 8;
  }
  return found;
}

// Eight queries lie side by side, two values of each after the other: no sum across the lanes of a vector is needed.
export function scan(rows: usize, count: i32, values: i32, queries: usize, groups: i32, least: usize, out: usize): i32 {
  const rowBytes = (<usize>values) << 1;
  const groupBytes = rowBytes << 3;
  let found = out;
  for (let row = 0; row + 4 <= count; row += 4) {
    const first = rows + <usize>row * rowBytes;
    for (let group = 0; group < groups; group++) {
      let a = first;
      let b = a + rowBytes;
      let c = b + rowBytes;
      let d = c + rowBytes;
      const end = b;
      let query = queries + <usize>group * groupBytes;
      let a0 = i32x4.splat(0);
      let a1 = a0;
      let b0 = a0;
      let b1 = a0;
      let c0 = a0;
      let c1 = a0;
      let d0 = a0;
      let d1 = a0;
      for (; a < end; a += 4, b += 4, c += 4, d += 4, query += 2 * STEP) {
        const low = v128.load(query);
        const high = v128.load(query, STEP);
        let pair = v128.load32_splat(a);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(pair, low));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(pair, high));
        pair = v128.load32_splat(b);
        b0 = i32x4.add(b0, i32x4.dot_i16x8_s(pair, low));
        b1 = i32x4.add(b1, i32x4.dot_i16x8_s(pair, high));
        pair = v128.load32_splat(c);
        c0 = i32x4.add(c0, i32x4.dot_i16x8_s(pair, low));
        c1 = i32x4.add(c1, i32x4.dot_i16x8_s(pair, high));
        pair = v128.load32_splat(d);
        d0 = i32x4.add(d0, i32x4.dot_i16x8_s(pair, low));
        d1 = i32x4.add(d1, i32x4.dot_i16x8_s(pair, high));
      }
      const at = least + ((<usize>group) << 5);
      const least0 = v128.load(at);
      const least1 = v128.load(at, STEP);
      const low = v128.or(
        v128.or(i32x4.gt_s(a0, least0), i32x4.gt_s(b0, least0)),
        v128.or(i32x4.gt_s(c0, least0), i32x4.gt_s(d0, least0)),
      );
      const high = v128.or(
        v128.or(i32x4.gt_s(a1, least1), i32x4.gt_s(b1, least1)),
        v128.or(i32x4.gt_s(c1, least1), i32x4.gt_s(d1, least1)),
      );
      if (!v128.any_true(v128.or(low, high))) continue;
      const q = group << 3;
      found = keepAbove(found, a0, least0, q, row);
      found = keepAbove(found, a1, least1, q + 4, row);
      found = keepAbove(found, b0, least0, q, row + 1);
      found = keepAbove(found, b1, least1, q + 4, row + 1);
      found = keepAbove(found, c0, least0, q, row + 2);
      found = keepAbove(found, c1, least1, q + 4, row + 2);
      found = keepAbove(found, d0, least0, q, row + 3);
      found = keepAbove(found, d1, least1, q + 4, row + 3);
    }
  }
  return <i32>((found - out) >> 3);
}

export function products(
  rows: usize,
  rowValues: i32,
  at: usize,
  count: i32,
  other: usize,
  values: i32,
  out: usize,
): void {
  const bytes = (<usize>values) << 1;
  for (let i = 0; i < count; i++) {
    let row = rows + ((<usize>load<i32>(at + ((<usize>i) << 2)) * <usize>rowValues) << 1);
    let a = i32x4.splat(0);
    let b = a;
    let query = other;
    const end = other + bytes;
    for (; query + 2 * STEP <= end; query += 2 * STEP, row += 2 * STEP) {
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(row), v128.load(query)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(row, STEP), v128.load(query, STEP)));
    }
    if (query < end) a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(row), v128.load(query)));
    a = i32x4.add(a, b);
    const sum =
      i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1) + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3);
    store<i32>(out + ((<usize>i) << 2), sum);
  }
}

/** Re and Im of a number exchanged, for two of them. */
function exchanged(pair: v128): v128 {
  return v128.shuffle<f32>(pair, pair, 1, 0, 3, 2);
}

function laneSum(four: v128): f32 {
  return (
    f32x4.extract_lane(four, 0) +
    f32x4.extract_lane(four, 1) +
    (f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3))
  );
}

export function agreement(x: usize, y: usize, bands: i32, out: usize, chance: f32): void {
  const signs = f32x4(-1, 1, -1, 1);
  let common: f32 = 0;
  let most: f32 = 0;
  for (let band = 0; band < bands; band++) {
    let re = f32x4.splat(0);
    let im = re;
    let xx = re;
    let yy = re;
    let both = re;
    for (let k = 0; k < 4; k++, x += STEP, y += STEP) {
      const a = v128.load(x);
      const b = v128.load(y);
      re = f32x4.add(re, f32x4.mul(a, b));
      im = f32x4.add(im, f32x4.mul(f32x4.mul(a, exchanged(b)), signs));
      const aa = f32x4.mul(a, a);
      const bb = f32x4.mul(b, b);
      xx = f32x4.add(xx, aa);
      yy = f32x4.add(yy, bb);
      both = f32x4.add(both, f32x4.mul(f32x4.add(aa, exchanged(aa)), f32x4.add(bb, exchanged(bb))));
    }
    const real = laneSum(re);
    const imaginary = laneSum(im);
    const all = sqrt<f32>(laneSum(xx) * laneSum(yy));
    const expected = min<f32>(all, chance * sqrt<f32>(laneSum(both) * 0.5));
    common += sqrt<f32>(real * real + imaginary * imaginary) - expected;
    most += all - expected;
  }
  store<f32>(out, common);
  store<f32>(out, most, 4);
}

export function interpolate(
  inputs: usize,
  weights: usize,
  out: usize,
  count: i32,
  at: i32,
  rest: i32,
  whole: i32,
  restStep: i32,
  denominator: i32,
  phases: f64,
  loudest: f32,
): void {
  for (let i = 0; i < count; i++) {
    const input = inputs + ((<usize>at) << 2);
    const weight = weights + ((<usize>(<i32>(<f64>rest * phases))) << 5);
    const sums = f32x4.add(
      f32x4.mul(v128.load(input), v128.load(weight)),
      f32x4.mul(v128.load(input, STEP), v128.load(weight, STEP)),
    );
    const value =
      f32x4.extract_lane(sums, 0) +
      f32x4.extract_lane(sums, 1) +
      (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
    store<f32>(out + ((<usize>i) << 2), value > -loudest && value < loudest ? value : 0);
    at += whole;
    rest += restStep;
    if (rest >= denominator) {
      rest -= denominator;
      at++;
    }
  }
}
