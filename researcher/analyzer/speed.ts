import type { FeatureReader } from './audio-features.ts';
import { WAVE_BLOCK } from './clip-wave.ts';
import type { FftEngine, FloatBlock, RealFft } from './fft.ts';

/** Half a per mille keeps half a second in step up to 2 kHz. */
const SPEED_STEP = 0.0005;
const MOST_SPEED = 0.03;
/** Two pieces of 0.45 s are looked at, next to each other. */
const PIECE = 1_800;
const PIECES = 2;
/** Lags −REACH … +REACH (62 ms) around where the bands say. */
const REACH = 248;
const TAPS = 8;

export interface SpeedGuess {
  /** How much faster than the clip it runs, 0.97..1.03. */
  readonly speed: number;
  /** Sample of the episode where sample `anchor` of the clip is. */
  readonly position: number;
  readonly anchor: number;
  /** Normalised correlation there. */
  readonly likeness: number;
}

/**
 * Looks for a clip played at another speed: two pieces of its waveform, resampled to every speed within ±3 %, are
 * correlated with one place of the episode.
 */
export class SpeedSearch {
  readonly #reader: FeatureReader;
  readonly #fft: RealFft;
  readonly #time: FloatBlock;
  readonly #product: FloatBlock;
  readonly #template: FloatBlock;
  readonly #pieces: readonly FloatBlock[];

  constructor(reader: FeatureReader, engine: FftEngine, fft: RealFft) {
    this.#reader = reader;
    this.#fft = fft;
    [this.#time, this.#product, this.#template] = [
      engine.block(WAVE_BLOCK),
      engine.block(WAVE_BLOCK),
      engine.block(WAVE_BLOCK),
    ];
    this.#pieces = Array.from({ length: PIECES }, () => engine.block(WAVE_BLOCK));
  }

  /**
   * The best speed for the part of a clip from sample `anchor` on, which the bands place at sample
   * `position` of the episode; undefined if the clip is too short for it.
   */
  guess(wave: Float32Array, anchor: number, position: number): SpeedGuess | undefined {
    const piece = Math.min(PIECE, Math.floor((wave.length - anchor) / (PIECES * (1 + MOST_SPEED))));
    if (piece < PIECE / 4) return undefined;
    const begin = Math.round(position);
    let energy = 1;
    this.#pieces.forEach((spectrum, i) => {
      const time = this.#time.data;
      this.#reader.readWave(begin + i * piece - REACH, WAVE_BLOCK, time);
      time.fill(0, piece + 2 * REACH);
      for (let k = REACH; k < REACH + piece; k++) energy += time[k]! * time[k]!;
      this.#fft.forwardPacked(this.#time, spectrum);
    });
    let best: SpeedGuess | undefined;
    const steps = Math.round(MOST_SPEED / SPEED_STEP);
    for (let step = -steps; step <= steps; step++) {
      const speed = 1 + step * SPEED_STEP;
      const found = this.#atSpeed(wave, anchor, piece, speed, energy);
      if (!best || found.likeness > best.likeness) {
        best = { speed, anchor, position: begin + found.lag, likeness: found.likeness };
      }
    }
    return best;
  }

  #atSpeed(wave: Float32Array, anchor: number, piece: number, speed: number, energy: number) {
    this.#product.data.fill(0);
    let clipEnergy = 1;
    this.#pieces.forEach((spectrum, i) => {
      // Turned round in time, as for every correlation here.
      const time = this.#time.data.fill(0);
      for (let k = 0; k < piece; k++) {
        const value = cubic(wave, anchor + (i * piece + k) * speed);
        time[(WAVE_BLOCK - k) % WAVE_BLOCK] = value;
        clipEnergy += value * value;
      }
      this.#fft.forwardPacked(this.#time, this.#template);
      this.#fft.multiplyAdd(spectrum, this.#template, this.#product, 1 / WAVE_BLOCK);
    });
    this.#fft.inversePacked(this.#product, this.#time);
    const values = this.#time.data;
    let top = 0;
    for (let lag = 1; lag <= 2 * REACH; lag++) if (values[lag]! > values[top]!) top = lag;
    return { lag: top - REACH, likeness: values[top]! / Math.sqrt(energy * clipEnergy) };
  }
}

/** Cubic (Catmull-Rom) interpolation: cheap, and good enough to recognise a speed by. */
function cubic(wave: Float32Array, at: number): number {
  const i = Math.floor(at);
  const t = at - i;
  const [a, b, c, d] = [wave[i - 1] ?? 0, wave[i] ?? 0, wave[i + 1] ?? 0, wave[i + 2] ?? 0];
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** A waveform played `speed` times as fast, by windowed-sinc interpolation (Hann, 16 taps). */
export function atSpeed(wave: Float32Array, speed: number): Float32Array {
  const out = new Float32Array(Math.max(1, Math.floor((wave.length - 1) / speed) + 1));
  for (let k = 0; k < out.length; k++) {
    const at = k * speed;
    const whole = Math.floor(at);
    const rest = at - whole;
    if (rest === 0) {
      out[k] = wave[whole]!;
      continue;
    }
    // sin(π(rest − n)) alternates in sign only.
    const sine = Math.sin(Math.PI * rest) / Math.PI;
    let sum = 0;
    for (let n = 1 - TAPS; n <= TAPS; n++) {
      const value = wave[whole + n];
      if (value === undefined) continue;
      const x = rest - n;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (TAPS + 1));
      sum += value * window * ((n & 1 ? -sine : sine) / x);
    }
    out[k] = sum;
  }
  return out;
}
