/** Sample rate of everything that is synthesised, in Hz: twice the band that speech and a podcast's music need. */
export const RATE = 22_050;

// Looked up once: tests run in a context where reaching a global is slow.
const { floor } = Math;
const TURN = 2 * Math.PI;

/** Number of samples in so many seconds. */
export function samplesIn(seconds: number): number {
  return Math.round(seconds * RATE);
}

/**
 * sin(2π·turns) from multiplications and additions only: Math.sin may differ in the last bit between engines, and
 * the committed samples must come out the same everywhere. The error of the series is below 6e-8.
 */
export function sine(turns: number): number {
  let t = turns - floor(turns + 0.5);
  if (t > 0.25) t = 0.5 - t;
  else if (t < -0.25) t = -0.5 - t;
  const x = t * TURN;
  const y = x * x;
  return x * (1 - (y / 6) * (1 - (y / 20) * (1 - (y / 42) * (1 - (y / 72) * (1 - y / 110)))));
}

/** The factor by which a sample is multiplied so that a sound falls to 1/e in `seconds`. */
export function decayFactor(seconds: number): number {
  return 1 - 1 / Math.max(2, seconds * RATE);
}

/** Root mean square of samples [from, to). */
export function rms(samples: Float32Array, from = 0, to = samples.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += samples[i]! * samples[i]!;
  return to > from ? Math.sqrt(sum / (to - from)) : 0;
}

/** Adds `gain` × source to target from sample `at` on; what lies outside the target is dropped. */
export function addTo(target: Float32Array, source: Float32Array, at: number, gain: number): void {
  const from = Math.max(0, -at);
  const to = Math.min(source.length, target.length - at);
  for (let i = from; i < to; i++) target[at + i]! += source[i]! * gain;
}

/** Scales in place to a root mean square of `level`, but to peaks of 0.95 at most. Silence stays silence. */
export function levelled(samples: Float32Array, level: number): Float32Array {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const current = rms(samples);
  if (current === 0) return samples;
  const gain = Math.min(level / current, 0.95 / peak);
  for (let i = 0; i < samples.length; i++) samples[i]! *= gain;
  return samples;
}

/** Fades the first and last `seconds` in place, so that no cut clicks. */
export function faded(samples: Float32Array, seconds: number): Float32Array {
  const length = Math.min(samplesIn(seconds), samples.length >> 1);
  for (let i = 0; i < length; i++) {
    const gain = (i + 0.5) / length;
    samples[i]! *= gain;
    samples[samples.length - 1 - i]! *= gain;
  }
  return samples;
}

/** A two-pole resonator whose frequency and bandwidth (Hz) may change between samples; about unit gain at its peak. */
export class Resonator {
  #a = 0;
  #b = 0;
  #gain = 0;
  #y1 = 0;
  #y2 = 0;

  tune(frequency: number, bandwidth: number): void {
    const x = (Math.PI * bandwidth) / RATE;
    const radius = (1 - x / 2) / (1 + x / 2);
    this.#a = 2 * radius * sine(frequency / RATE + 0.25);
    this.#b = -radius * radius;
    this.#gain = (1 - radius) * (1 + radius) * 0.9;
  }

  next(input: number): number {
    const y = this.#gain * input + this.#a * this.#y1 + this.#b * this.#y2;
    this.#y2 = this.#y1;
    this.#y1 = y;
    return y;
  }
}
