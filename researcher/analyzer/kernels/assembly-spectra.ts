/** AssemblyScript, not TypeScript: the inner loops over spectra; see assembly.ts and kernels.ts. */

import { laneSum, STEP } from './assembly-vectors';

/** |x|² of four bins. */
function powerOf(low: v128, high: v128): v128 {
  const re = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
  const im = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
  return f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im));
}

export function powers(x: usize, bands: i32, out: usize): void {
  let sums = out + ((<usize>bands) << 5);
  for (let band = 0; band < bands; band++, x += 4 * STEP, out += 2 * STEP, sums += 4) {
    const low = powerOf(v128.load(x), v128.load(x, STEP));
    const high = powerOf(v128.load(x, 2 * STEP), v128.load(x, 3 * STEP));
    v128.store(out, low);
    v128.store(out, high, STEP);
    store<f32>(sums, laneSum(f32x4.add(low, high)));
  }
}

export function agreement(
  x: usize,
  y: usize,
  bands: i32,
  xPowers: usize,
  yPowers: usize,
  out: usize,
  chance: f32,
): void {
  let common: f32 = 0;
  let most: f32 = 0;
  let xSums = xPowers + ((<usize>bands) << 5);
  let ySums = yPowers + ((<usize>bands) << 5);
  for (let band = 0; band < bands; band++, xSums += 4, ySums += 4) {
    let re = f32x4.splat(0);
    let im = re;
    for (let k = 0; k < 4; k++, x += STEP, y += STEP) {
      const a = v128.load(x);
      const b = v128.load(y);
      re = f32x4.add(re, f32x4.mul(a, b));
      // Re and Im of b exchanged: products of Re come with one sign, those of Im with the other.
      im = f32x4.add(im, f32x4.mul(a, v128.shuffle<f32>(b, b, 1, 0, 3, 2)));
    }
    const both = f32x4.add(
      f32x4.mul(v128.load(xPowers), v128.load(yPowers)),
      f32x4.mul(v128.load(xPowers, STEP), v128.load(yPowers, STEP)),
    );
    xPowers += 2 * STEP;
    yPowers += 2 * STEP;
    const real = laneSum(re);
    const imaginary =
      f32x4.extract_lane(im, 1) - f32x4.extract_lane(im, 0) + (f32x4.extract_lane(im, 3) - f32x4.extract_lane(im, 2));
    const all = sqrt<f32>(load<f32>(xSums) * load<f32>(ySums));
    const expected = min<f32>(all, chance * sqrt<f32>(laneSum(both)));
    common += sqrt<f32>(real * real + imaginary * imaginary) - expected;
    most += all - expected;
  }
  store<f32>(out, common);
  store<f32>(out, most, 4);
}
