import { WAVE_RATE } from './audio-features.ts';
import { sumOfSquares } from './episode-index.ts';
import type { FftEngine } from './fft-engine.ts';

/** With fewer effective degrees of freedom than this, a match proves nothing. */
export const LEAST_DISTINCTIVENESS = 100;
/** Another take of a clip has this in common with it, however long it is: what the same voice makes of the same words. */
const LOWEST_THRESHOLD = 0.33;
const HIGHEST_THRESHOLD = 0.85;
/** Standard deviations of a chance correlation: above what takes have in common, and of what is too plain to have takes. */
const [SIGMAS_ABOVE_TAKES, SIGMAS] = [2.5, 7];
const LONGEST_FFT = 65_536;
const ENVELOPE = WAVE_RATE / 100;
const BANDWIDTH_HZ = 1_850;

/**
 * Neff: how many independent values the whitened clip is worth. The correlation of foreign audio with it
 * scatters by about 1/√Neff. For a stationary signal with spectrum S, Neff = (ΣS)² / ΣS² over the bins of its
 * periodogram, times 2 (a periodogram scatters like its mean: E S² = 2 (E S)²), times 2 values a bin
 * (Bendat & Piersol, Random Data, §8.2: the statistical bandwidth); a tone has a handful however long it
 * lasts. Likewise over time for sounds that are a click in silence; the smaller of both counts.
 */
export function distinctivenessOf(wave: Float32Array, engine: FftEngine): number {
  return Math.min(spectralFreedom(wave, engine), temporalFreedom(wave));
}

/** The score from which on a clip of this distinctiveness is reported as found. */
export function thresholdFor(distinctiveness: number): number {
  const sigma = 1 / Math.sqrt(Math.max(1, distinctiveness));
  return Math.min(HIGHEST_THRESHOLD, Math.max(LOWEST_THRESHOLD + SIGMAS_ABOVE_TAKES * sigma, SIGMAS * sigma));
}

function spectralFreedom(wave: Float32Array, engine: FftEngine): number {
  // Long clips in pieces, whose degrees of freedom add up.
  const size = Math.max(1_024, Math.min(LONGEST_FFT, 2 ** Math.ceil(Math.log2(Math.max(2, wave.length)))));
  const fft = engine.fft(size);
  const [time, spectrum] = [engine.block(size), engine.block(size)];
  const power = new Float64Array(size / 2);
  for (let from = 0; from < wave.length; from += size) {
    time.data.fill(0);
    time.data.set(wave.subarray(from, from + size));
    fft.forward(time, spectrum);
    addPower(spectrum.data, power);
  }
  engine.release([time, spectrum]);
  return evenness(power) * 2 * 2;
}

/** power[k] += |bin k|², but for the first. */
function addPower(spectrum: Float32Array, power: Float64Array): void {
  for (let k = 1; k < power.length; k++) power[k]! += spectrum[2 * k]! ** 2 + spectrum[2 * k + 1]! ** 2;
}

function temporalFreedom(wave: Float32Array): number {
  const energies = Float64Array.from({ length: Math.floor(wave.length / ENVELOPE) }, (_, i) =>
    sumOfSquares(wave, i * ENVELOPE, (i + 1) * ENVELOPE),
  );
  const seconds = ENVELOPE / WAVE_RATE;
  return evenness(energies) * 2 * BANDWIDTH_HZ * seconds;
}

/** (Σv)² / Σv²: the number of values if all are equal, 1 if one is everything; 0 of silence. */
function evenness(values: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    squares += values[i]! * values[i]!;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}
