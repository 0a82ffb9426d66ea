import { AUDIO_RATE } from './audio-features.ts';
import type { FftEngine, FloatBlock, RealFft } from './fft.ts';

const BLOCK = 8_192;
/** Passband edge is about 3.5 kHz: what would fold onto it (4.5 kHz) is 70 dB down. */
const CUTOFF_HZ = 4_000;
const HALF_FILTER_SECONDS = 0.0045;
/** Between the steps the signal is so much denser than it must be that six points interpolate it 48 dB exactly up to 3.4 kHz. */
const LEAST_MIDDLE_RATE = 20_000;
const KERNEL = 6;
/** Inputs before the one at or before an output. */
const BEFORE = KERNEL / 2 - 1;
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
      const interpolator = new Interpolator(sampleRate / factor, (out) => {
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
  readonly #gain: Float32Array;
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
  #response(cutoff: number, half: number, bins: number): Float32Array {
    const taps = this.#time.data.fill(0);
    for (let i = -half; i <= half; i++) {
      const tap = 2 * cutoff * sinc(2 * cutoff * i) * kaiser(i / (half + 1));
      taps[(i + BLOCK) % BLOCK] = tap / BLOCK;
    }
    this.#forward.forward(this.#time, this.#spectrum);
    const gain = new Float32Array(bins / 2 + 1);
    const spectrum = this.#spectrum.data;
    gain[0] = spectrum[0]!;
    for (let k = 1; k < gain.length; k++) gain[k] = k === BLOCK / 2 ? spectrum[1]! : spectrum[2 * k]!;
    this.#time.data.fill(0);
    return gain;
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
    const [spectrum, low, gain] = [this.#spectrum.data, this.#low.data, this.#gain];
    for (let k = 1; k < gain.length - 1; k++) {
      low[2 * k] = spectrum[2 * k]! * gain[k]!;
      low[2 * k + 1] = spectrum[2 * k + 1]! * gain[k]!;
    }
    low[0] = spectrum[0]! * gain[0]!;
    low[1] = 0;
    this.#inverse.inverse(this.#low, this.#mid);
    const from = this.#overlap / 2 / this.#factor;
    this.#output(this.#mid.data.subarray(from, this.#mid.length - from));
    this.#time.data.copyWithin(0, BLOCK - this.#overlap);
    this.#filled = this.#overlap;
  }

  release(): void {
    this.#engine.release([this.#time, this.#spectrum, this.#low, this.#mid]);
  }
}

class Interpolator {
  /** Outputs wanted in all. */
  limit = Number.POSITIVE_INFINITY;
  readonly #output: (samples: Float32Array) => void;
  /** Input samples an output sample, as a fraction: whole part, and the rest in units of 1/denominator. */
  readonly #whole: number;
  readonly #rest: number;
  readonly #denominator: number;
  readonly #kernels: Float32Array;
  readonly #phases: number;
  /** The inputs at hand, and how many; some more before the first, for the polynomial. Grown, never shrunk: no garbage. */
  #inputs = new Float32Array(BLOCK);
  #length = BEFORE;
  #out = new Float32Array(BLOCK);
  /** Where the next output lies in them. */
  #at = BEFORE;
  #atRest = 0;
  #outputs = 0;

  constructor(rate: number, output: (samples: Float32Array) => void) {
    const divisor = gcd(Math.round(rate * 64), AUDIO_RATE * 64);
    const step = Math.round(rate * 64) / divisor;
    this.#denominator = (AUDIO_RATE * 64) / divisor;
    this.#whole = Math.floor(step / this.#denominator);
    this.#rest = step - this.#whole * this.#denominator;
    this.#output = output;
    this.#phases = Math.min(this.#denominator, MOST_PHASES);
    this.#kernels = new Float32Array(this.#phases * KERNEL);
    for (let phase = 0; phase < this.#phases; phase++) {
      const weights = Array.from({ length: KERNEL }, (_, point) => lagrange(point - BEFORE, phase / this.#phases));
      this.#kernels.set(weights, phase * KERNEL);
    }
  }

  push(samples: Float32Array): void {
    const length = this.#length + samples.length;
    if (length > this.#inputs.length) this.#inputs = grown(this.#inputs, length);
    const inputs = this.#inputs;
    inputs.set(samples, this.#length);
    const [whole, rest, denominator, kernels] = [this.#whole, this.#rest, this.#denominator, this.#kernels];
    const scale = this.#phases / denominator;
    const step = whole + rest / denominator;
    const most = Math.max(0, Math.min(this.limit - this.#outputs, Math.ceil((length - this.#at) / step) + 1));
    if (most > this.#out.length) this.#out = grown(this.#out, most);
    const out = this.#out;
    let [at, atRest, made] = [this.#at, this.#atRest, 0];
    for (; made < most && at + 3 < length; made++) {
      const kernel = (scale === 1 ? atRest : Math.floor(atRest * scale)) * KERNEL;
      const value =
        inputs[at - 2]! * kernels[kernel]! +
        inputs[at - 1]! * kernels[kernel + 1]! +
        inputs[at]! * kernels[kernel + 2]! +
        inputs[at + 1]! * kernels[kernel + 3]! +
        inputs[at + 2]! * kernels[kernel + 4]! +
        inputs[at + 3]! * kernels[kernel + 5]!;
      out[made] = value > -LOUDEST && value < LOUDEST ? value : 0;
      at += whole;
      atRest += rest;
      if (atRest >= denominator) {
        atRest -= denominator;
        at++;
      }
    }
    this.#outputs += made;
    const drop = Math.min(length, at - BEFORE);
    inputs.copyWithin(0, drop, length);
    this.#length = length - drop;
    this.#at = at - drop;
    this.#atRest = atRest;
    if (made > 0) this.#output(out.subarray(0, made));
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

/** A longer array that begins the same. */
function grown(array: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const longer = new Float32Array(2 * length);
  longer.set(array);
  return longer;
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
