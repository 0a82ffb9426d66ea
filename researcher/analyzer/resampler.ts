import { AUDIO_RATE } from './audio-features.ts';
import { appended, grown } from './fft.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { INTERPOLATION_BEFORE, INTERPOLATION_WEIGHTS } from './kernels/between.ts';

const BLOCK = 8_192;
/** Passband edge is about 3.5 kHz: what would fold onto it (4.5 kHz) is 70 dB down. */
const CUTOFF_HZ = 4_000;
/** What is above it does not matter. */
export const WANTED_HZ = 4_500;
const HALF_FILTER_SECONDS = 0.0045;
/** Between the steps the signal is so much denser than it must be that six points interpolate it 48 dB exactly up to 3.4 kHz. */
const LEAST_MIDDLE_RATE = 20_000;
const KERNEL = 6;
/** Inputs before the one at or before an output; and how many from there on an output needs. */
const BEFORE = INTERPOLATION_BEFORE;
const BEYOND = INTERPOLATION_WEIGHTS - BEFORE - 1;
const MOST_PHASES = 4_096;
const KAISER_BETA = 7;
/** Beyond this it is damage, not audio; and whatever is not a number fails the comparison. */
const LOUDEST = 64;

/**
 * Brings mono audio of any rate to 8 kHz without shifting it (zero phase): sample n of the output is the
 * input at time n / 8,000 s. In two steps, both linear-phase: a low-pass by overlap-save FFT, whose
 * inverse is longer or shorter by a power of two (so the rate becomes 20–40 kHz for nothing), then Lagrange
 * interpolation through six samples, enough because the signal is far denser than it must be by then.
 * (Overlap-save: Oppenheim & Schafer, Discrete-Time Signal Processing, §8.7; Kaiser window: §7.5;
 * Lagrange's polynomial: Abramowitz & Stegun 25.2.)
 * Deterministic: the result does not depend on how the input is cut into pieces.
 */
export class Resampler {
  readonly #engine: FftEngine;
  readonly #output: (samples: Float32Array) => void;
  #stage: Decimator | undefined;
  #interpolator: Interpolator | undefined;
  #inputs = 0;
  #outputs = 0;
  #rate = 0;

  constructor(engine: FftEngine, output: (samples: Float32Array) => void) {
    this.#engine = engine;
    this.#output = output;
  }

  push(samples: Float32Array, sampleRate: number): void {
    if (!this.#stage) {
      this.#rate = sampleRate;
      const factor = 2 ** Math.floor(Math.log2(sampleRate / LEAST_MIDDLE_RATE));
      const interpolator = new Interpolator(this.#engine, sampleRate / factor, (out) => {
        this.#outputs += out.length;
        this.#output(out);
      });
      this.#interpolator = interpolator;
      this.#stage = new Decimator(this.#engine, sampleRate, factor, (mid) => interpolator.push(mid));
    }
    this.#inputs += samples.length;
    this.#stage.push(samples);
  }

  /** Flushes; the output is then as long as the input. */
  end(): void {
    if (!this.#stage || !this.#interpolator) return;
    this.#interpolator.limit = Math.ceil((this.#inputs / this.#rate) * AUDIO_RATE);
    const silence = new Float32Array(4_096);
    while (this.#outputs < this.#interpolator.limit) this.#stage.push(silence);
    this.#stage.release();
    this.#interpolator.release();
  }
}

class Decimator {
  readonly #engine: FftEngine;
  readonly #factor: number;
  readonly #output: (samples: Float32Array) => void;
  readonly #forward: RealFft;
  readonly #inverse: RealFft;
  readonly #time: FloatBlock;
  readonly #spectrum: FloatBlock;
  readonly #low: FloatBlock;
  readonly #mid: FloatBlock;
  /** A gain for each float of a spectrum. */
  readonly #gain: FloatBlock;
  readonly #overlap: number;
  #filled: number;

  constructor(engine: FftEngine, rate: number, factor: number, output: (samples: Float32Array) => void) {
    this.#engine = engine;
    this.#factor = factor;
    this.#output = output;
    this.#forward = engine.fft(BLOCK);
    this.#inverse = factor === 1 ? this.#forward : engine.fft(BLOCK / factor);
    this.#time = engine.block(BLOCK);
    this.#spectrum = engine.block(BLOCK);
    this.#low = engine.block(BLOCK / factor);
    this.#mid = engine.block(BLOCK / factor);
    // Rates below 20 kHz become denser: factor 1/2, 1/4 …; the new upper half of the spectrum stays 0.
    const half = Math.min(BLOCK / 8, Math.max(16, Math.ceil(rate * HALF_FILTER_SECONDS)));
    this.#overlap = 2 ** Math.ceil(Math.log2(2 * half));
    // Half of the overlap lies before the first sample: silence.
    this.#filled = this.#overlap / 2;
    this.#gain = this.#response(Math.min(CUTOFF_HZ, 0.46 * rate) / rate, half, Math.min(BLOCK, BLOCK / factor));
  }

  /** Frequency response of a windowed sinc centred at time 0 (so it is real), with 1/BLOCK for the inverse. */
  #response(cutoff: number, half: number, length: number): FloatBlock {
    const taps = this.#time.data.fill(0);
    for (let i = -half; i <= half; i++) {
      const tap = 2 * cutoff * sinc(2 * cutoff * i) * kaiser(i / (half + 1));
      taps[(i + BLOCK) % BLOCK] = tap / BLOCK;
    }
    this.#forward.forward(this.#time, this.#spectrum);
    const block = this.#engine.block(length);
    const [gain, spectrum] = [block.data, this.#spectrum.data];
    gain[0] = spectrum[0]!;
    for (let i = 2; i < length; i += 2) gain.fill(spectrum[i]!, i, i + 2);
    this.#time.data.fill(0);
    return block;
  }

  push(samples: Float32Array): void {
    for (let done = 0; done < samples.length; ) {
      const length = Math.min(samples.length - done, BLOCK - this.#filled);
      this.#time.data.set(samples.subarray(done, done + length), this.#filled);
      done += length;
      this.#filled += length;
      if (this.#filled === BLOCK) this.#filter();
    }
  }

  #filter(): void {
    this.#forward.forward(this.#time, this.#spectrum);
    this.#engine.kernels.multiply(this.#spectrum, 0, this.#gain, 0, this.#low, 0, this.#gain.length, 1);
    this.#inverse.inverse(this.#low, this.#mid);
    const from = this.#overlap / 2 / this.#factor;
    this.#output(this.#mid.data.subarray(from, this.#mid.length - from));
    this.#time.data.copyWithin(0, BLOCK - this.#overlap);
    this.#filled = this.#overlap;
  }

  release(): void {
    this.#engine.release([this.#time, this.#spectrum, this.#low, this.#mid, this.#gain]);
  }
}

class Interpolator {
  /** Outputs wanted in all. */
  limit = Number.POSITIVE_INFINITY;
  readonly #engine: FftEngine;
  readonly #output: (samples: Float32Array) => void;
  /** Input samples an output sample, as a fraction: whole part, and the rest in units of 1/denominator. */
  readonly #whole: number;
  readonly #rest: number;
  readonly #denominator: number;
  readonly #weights: FloatBlock;
  readonly #phases: number;
  /** The inputs at hand, and how many; some more before the first, for the polynomial. Grown, never shrunk: no garbage. */
  #inputs: FloatBlock;
  #length = BEFORE;
  #out: FloatBlock;
  /** Where the next output lies in them. */
  #at = BEFORE;
  #atRest = 0;
  #outputs = 0;

  constructor(engine: FftEngine, rate: number, output: (samples: Float32Array) => void) {
    this.#engine = engine;
    const divisor = gcd(Math.round(rate * 64), AUDIO_RATE * 64);
    const step = Math.round(rate * 64) / divisor;
    this.#denominator = (AUDIO_RATE * 64) / divisor;
    this.#whole = Math.floor(step / this.#denominator);
    this.#rest = step - this.#whole * this.#denominator;
    this.#output = output;
    this.#phases = Math.min(this.#denominator, MOST_PHASES);
    this.#inputs = engine.block(BLOCK);
    this.#out = engine.block(BLOCK);
    this.#weights = engine.block(this.#phases * INTERPOLATION_WEIGHTS);
    for (let phase = 0; phase < this.#phases; phase++) {
      const weights = Array.from({ length: KERNEL }, (_, point) => lagrange(point - BEFORE, phase / this.#phases));
      this.#weights.data.set(weights, phase * INTERPOLATION_WEIGHTS);
    }
  }

  push(samples: Float32Array): void {
    const length = this.#length + samples.length;
    this.#inputs = appended(this.#engine, this.#inputs, this.#length, samples);
    const [whole, restStep, denominator] = [this.#whole, this.#rest, this.#denominator];
    const step = whole * denominator + restStep;
    const first = this.#at * denominator + this.#atRest;
    // Value i needs the inputs up to 5 after the one before it.
    const possible = Math.ceil(((length - BEYOND) * denominator - first) / step);
    const made = Math.max(0, Math.min(this.limit - this.#outputs, possible));
    this.#out = grown(this.#engine, this.#out, made);
    this.#engine.kernels.interpolate(this.#inputs, this.#weights, this.#out, made, {
      at: this.#at,
      rest: this.#atRest,
      whole,
      restStep,
      denominator,
      phases: this.#phases,
      loudest: LOUDEST,
    });
    const next = first + made * step;
    const at = Math.floor(next / denominator);
    const drop = Math.min(length, at - BEFORE);
    this.#inputs.data.copyWithin(0, drop, length);
    this.#length = length - drop;
    this.#at = at - drop;
    this.#atRest = next - at * denominator;
    this.#outputs += made;
    if (made > 0) this.#output(this.#out.data.subarray(0, made));
  }

  release(): void {
    this.#engine.release([this.#inputs, this.#out, this.#weights]);
  }
}

/** The weight of the sample at `point` in the polynomial through all points, at t. */
function lagrange(point: number, t: number): number {
  let weight = 1;
  for (let other = -BEFORE; other <= KERNEL / 2; other++) {
    if (other !== point) weight *= (t - other) / (point - other);
  }
  return weight;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Kaiser window over −1..1. */
function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel0(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel0(KAISER_BETA);
}

/** Modified Bessel function of order 0, by its power series. */
function bessel0(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
