/** AssemblyScript, not TypeScript: the inner loops over integers of 8 and 16 bits; see assembly.ts and kernels.ts. */

import { STEP } from './assembly-vectors';

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

/**
 * The four sums of four products each of signed bytes and of bytes below 128. Both ways give the same: a product of two
 * such pairs is below 32,768. Engines with relaxed SIMD have one instruction for it where the processor has.
 */
function dots(sums: v128, signed: v128, below128: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(signed, below128, sums);
  const even = i16x8.mul(i16x8.shr_s(i16x8.shl(signed, 8), 8), v128.and(below128, i16x8.splat(127)));
  const odd = i16x8.mul(i16x8.shr_s(signed, 8), i16x8.shr_u(below128, 8));
  return i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.add(even, odd)));
}

// Eight queries lie side by side, four values of each after the other: no sum across the lanes of a vector is needed.
export function scan(rows: usize, count: i32, values: i32, queries: usize, groups: i32, least: usize, out: usize): i32 {
  const rowBytes = <usize>values;
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
        let four = v128.load32_splat(a);
        a0 = dots(a0, low, four);
        a1 = dots(a1, high, four);
        four = v128.load32_splat(b);
        b0 = dots(b0, low, four);
        b1 = dots(b1, high, four);
        four = v128.load32_splat(c);
        c0 = dots(c0, low, four);
        c1 = dots(c1, high, four);
        four = v128.load32_splat(d);
        d0 = dots(d0, low, four);
        d1 = dots(d1, high, four);
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

function laneSum(four: v128): i32 {
  return (
    i32x4.extract_lane(four, 0) +
    i32x4.extract_lane(four, 1) +
    i32x4.extract_lane(four, 2) +
    i32x4.extract_lane(four, 3)
  );
}

// Four rows at a time: what is loaded of the other serves them all, and their ways to memory overlap.
export function products(
  rows: usize,
  rowValues: i32,
  at: usize,
  count: i32,
  other: usize,
  values: i32,
  out: usize,
): void {
  const rowBytes = (<usize>rowValues) << 1;
  const end = other + ((<usize>values) << 1);
  let i = 0;
  for (; i + 4 <= count; i += 4, at += STEP, out += STEP) {
    let a = rows + <usize>load<i32>(at) * rowBytes;
    let b = rows + <usize>load<i32>(at, 4) * rowBytes;
    let c = rows + <usize>load<i32>(at, 8) * rowBytes;
    let d = rows + <usize>load<i32>(at, 12) * rowBytes;
    let sumA = i32x4.splat(0);
    let sumB = sumA;
    let sumC = sumA;
    let sumD = sumA;
    let query = other;
    for (; query + 3 * STEP <= end; query += 3 * STEP, a += 3 * STEP, b += 3 * STEP, c += 3 * STEP, d += 3 * STEP) {
      let eight = v128.load(query);
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(v128.load(a), eight));
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(v128.load(b), eight));
      sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(v128.load(c), eight));
      sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(v128.load(d), eight));
      eight = v128.load(query, STEP);
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(v128.load(a, STEP), eight));
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(v128.load(b, STEP), eight));
      sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(v128.load(c, STEP), eight));
      sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(v128.load(d, STEP), eight));
      eight = v128.load(query, 2 * STEP);
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(v128.load(a, 2 * STEP), eight));
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(v128.load(b, 2 * STEP), eight));
      sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(v128.load(c, 2 * STEP), eight));
      sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(v128.load(d, 2 * STEP), eight));
    }
    for (; query < end; query += STEP, a += STEP, b += STEP, c += STEP, d += STEP) {
      const eight = v128.load(query);
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(v128.load(a), eight));
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(v128.load(b), eight));
      sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(v128.load(c), eight));
      sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(v128.load(d), eight));
    }
    store<i32>(out, laneSum(sumA));
    store<i32>(out, laneSum(sumB), 4);
    store<i32>(out, laneSum(sumC), 8);
    store<i32>(out, laneSum(sumD), 12);
  }
  for (; i < count; i++, at += 4, out += 4) {
    let row = rows + <usize>load<i32>(at) * rowBytes;
    let sum = i32x4.splat(0);
    for (let query = other; query < end; query += STEP, row += STEP) {
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(row), v128.load(query)));
    }
    store<i32>(out, laneSum(sum));
  }
}

/** The sum of each of four vectors in a lane of one. */
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

function energyOf(sums: usize, size: usize): i32 {
  return load<i32>(sums + size) - load<i32>(sums);
}

// Four places at a time, as in `products`.
export function addCoherence(
  values: usize,
  energies: usize,
  at: usize,
  count: i32,
  query: usize,
  bytes: i32,
  size: i32,
  zeroRe: i32,
  zeroIm: i32,
  floor: f32,
  scale: f32,
  out: usize,
): void {
  const end = query + <usize>bytes;
  const sizeBytes = (<usize>size) << 2;
  const re = i32x4.splat(zeroRe);
  const im = i32x4.splat(zeroIm);
  const least = f32x4.splat(floor);
  const factor = f32x4.splat(scale);
  for (let i = 0; i < count; i += 4, at += STEP, out += STEP) {
    const placeA = <usize>load<i32>(at);
    const placeB = <usize>load<i32>(at, 4);
    const placeC = <usize>load<i32>(at, 8);
    const placeD = <usize>load<i32>(at, 12);
    let a = values + (placeA << 1);
    let b = values + (placeB << 1);
    let c = values + (placeC << 1);
    let d = values + (placeD << 1);
    let reA = i32x4.splat(0);
    let reB = reA;
    let reC = reA;
    let reD = reA;
    let imA = reA;
    let imB = reA;
    let imC = reA;
    let imD = reA;
    for (let from = query; from < end; from += STEP, a += STEP, b += STEP, c += STEP, d += STEP) {
      const real = v128.load(from);
      const imaginary = v128.load(from + <usize>bytes);
      let some = v128.load(a);
      reA = dots(reA, real, some);
      imA = dots(imA, imaginary, some);
      some = v128.load(b);
      reB = dots(reB, real, some);
      imB = dots(imB, imaginary, some);
      some = v128.load(c);
      reC = dots(reC, real, some);
      imC = dots(imC, imaginary, some);
      some = v128.load(d);
      reD = dots(reD, real, some);
      imD = dots(imD, imaginary, some);
    }
    const x = f32x4.convert_i32x4_s(i32x4.sub(laneSums(reA, reB, reC, reD), re));
    const y = f32x4.convert_i32x4_s(i32x4.sub(laneSums(imA, imB, imC, imD), im));
    const power = f32x4.mul(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), factor);
    let energy = i32x4.splat(energyOf(energies + (placeA << 2), sizeBytes));
    energy = i32x4.replace_lane(energy, 1, energyOf(energies + (placeB << 2), sizeBytes));
    energy = i32x4.replace_lane(energy, 2, energyOf(energies + (placeC << 2), sizeBytes));
    energy = i32x4.replace_lane(energy, 3, energyOf(energies + (placeD << 2), sizeBytes));
    const coherence = f32x4.div(power, f32x4.pmax(least, f32x4.convert_i32x4_s(energy)));
    v128.store(out, f32x4.add(v128.load(out), coherence));
  }
}
