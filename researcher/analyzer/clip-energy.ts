const sums = new WeakMap<Float32Array, Float64Array>();

/** Energy (sum of squares) of the samples from … to − 1 of a clip, of which many parts are asked for; beyond its ends is silence. */
export function energyOf(wave: Float32Array, from = 0, to = wave.length): number {
  let known = sums.get(wave);
  if (!known) {
    known = runningSquares(wave);
    sums.set(wave, known);
  }
  const place = (at: number) => Math.max(0, Math.min(wave.length, Math.round(at)));
  return Math.max(0, known[place(to)]! - known[place(from)]!);
}

/** Of all samples before each. */
function runningSquares(wave: Float32Array): Float64Array {
  const running = new Float64Array(wave.length + 1);
  for (let i = 0, sum = 0; i < wave.length; i++) {
    sum += wave[i]! * wave[i]!;
    running[i + 1] = sum;
  }
  return running;
}
