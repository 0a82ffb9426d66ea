/** Zero crossings of the kernel on each side, at the lower of both rates: 80 dB down beyond a tenth over its edge. */
const CROSSINGS = 24;
const KAISER_BETA = 8;
/** The kernel is kept for so many places between two samples at most; more of them share the nearest. */
const MOST_PHASES = 2_048;

/**
 * Brings a stretch of mono audio to another rate without shifting it: sample n of the output is the input at time
 * n / `to`; before and behind the stretch is silence. A windowed sinc (Smith, "Digital Audio Resampling Home Page";
 * Kaiser window: Oppenheim & Schafer, Discrete-Time Signal Processing, §7.5). Deterministic, however the input is cut.
 */
export class RateChange {
  readonly #step: number;
  readonly #phases: number;
  readonly #half: number;
  readonly #kernels: (Float64Array | undefined)[] = [];
  readonly #cutoff: number;
  #held: Float32Array = new Float32Array(0);
  /** Inputs that are no longer held. */
  #before = 0;
  #outputs = 0;

  constructor(from: number, to: number) {
    this.#step = from / to;
    this.#cutoff = Math.min(1, to / from);
    this.#half = Math.ceil(CROSSINGS / this.#cutoff);
    this.#phases = Math.min(MOST_PHASES, to / divisor(from, to));
    this.#held = new Float32Array(this.#half);
    this.#before = -this.#half;
  }

  /** @returns the output that the input so far decides */
  push(samples: Float32Array): Float32Array {
    const held = new Float32Array(this.#held.length + samples.length);
    held.set(this.#held);
    held.set(samples, this.#held.length);
    this.#held = held;
    const known = this.#before + held.length - this.#half - 1;
    return this.#until(Math.max(this.#outputs, Math.floor(known / this.#step)));
  }

  /** @returns the rest, so that there are `outputs` in all */
  end(outputs: number): Float32Array {
    const needed = Math.ceil(outputs * this.#step) + 2 * this.#half + 2 - this.#before;
    const held = new Float32Array(Math.max(this.#held.length, needed));
    held.set(this.#held);
    this.#held = held;
    return this.#until(outputs);
  }

  #until(outputs: number): Float32Array {
    const out = new Float32Array(Math.max(0, outputs - this.#outputs));
    for (let i = 0; i < out.length; i++) {
      const place = (this.#outputs + i) * this.#step;
      let whole = Math.floor(place);
      let phase = Math.round((place - whole) * this.#phases);
      if (phase === this.#phases) [whole, phase] = [whole + 1, 0];
      const kernel = this.#kernel(phase);
      const first = whole - this.#half + 1 - this.#before;
      let sum = 0;
      for (let j = 0; j < kernel.length; j++) sum += kernel[j]! * (this.#held[first + j] ?? 0);
      out[i] = sum;
    }
    this.#outputs += out.length;
    const done = Math.min(this.#held.length, Math.floor(this.#outputs * this.#step) - this.#half - this.#before);
    if (done > 0) {
      this.#held = this.#held.slice(done);
      this.#before += done;
    }
    return out;
  }

  #kernel(phase: number): Float64Array {
    this.#kernels[phase] ??= Float64Array.from({ length: 2 * this.#half }, (_, i) => {
      const distance = i - this.#half + 1 - phase / this.#phases;
      const edge = distance / this.#half;
      if (Math.abs(edge) >= 1) return 0;
      const window = bessel(KAISER_BETA * Math.sqrt(1 - edge * edge)) / bessel(KAISER_BETA);
      const x = Math.PI * distance * this.#cutoff;
      return this.#cutoff * (x === 0 ? 1 : Math.sin(x) / x) * window;
    });
    return this.#kernels[phase];
  }
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** The modified Bessel function of order zero, by its series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
