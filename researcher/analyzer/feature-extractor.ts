import { AUDIO_RATE, type AudioFeatures, BAND_UNIT, BANDS, FeatureWriter, WAVE_RATE } from './audio-features.ts';
import { appended, createFftEngine } from './fft.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { Resampler } from './resampler.ts';

/** 64 ms of Hann window, a frame every 32 ms. */
const WINDOW = 512;
const HOP = 256;
const [LOWEST_HZ, HIGHEST_HZ] = [200, 3_400];
/** ±1 s and ±0.5 s in frames. */
const [LEVEL_REACH, MEAN_REACH] = [31, 16];
const REACH = LEVEL_REACH + MEAN_REACH;
/** Frames that are smoothed at once; the result does not depend on it. */
const SMOOTHED = 1_024;

/** The whitened waveform: bins of 15.6 Hz between about 110 and 1,950 Hz, so that hum stays out. */
const [WAVE_FIRST_BIN, WAVE_LAST_BIN] = [7, 125];
const WAVE_WINDOW = (WINDOW * WAVE_RATE) / AUDIO_RATE;
const WAVE_HOP = (HOP * WAVE_RATE) / AUDIO_RATE;
/** Makes ordinary speech about 1,000 units strong, of 32,767. */
const WAVE_SCALE = 1_000;
/** Power below which a bin is silence (−100 dB of full scale). */
const SILENCE = 1e-7;

/**
 * Turns mono audio, piece by piece, into features (`AudioFeatures`), in memory that does not depend on the
 * length but for the features themselves.
 *
 * Bands: energies of 24 logarithmic bands (after Haitsma & Kalker, "A Highly Robust Audio Fingerprinting
 * System", ISMIR 2002, §4.2); root of the energy over its mean within ±1 s, minus the mean of that within
 * ±0.5 s: independent of level and colour, and about zero on average.
 * Wave: 4 kHz; every STFT magnitude |X| becomes |X|^0.375 with its phase kept, and the frames are added up
 * again (windows half overlapped). A partial whitening, as in the generalised cross-correlation of Knapp & Carter, IEEE Trans. ASSP
 * 24 (1976) (|X|^0 would be their phase transform): peaks become narrow, and loud talk cannot outvote a clip.
 */
export class FeatureExtractor {
  readonly #engine: FftEngine;
  readonly #resampler: Resampler;
  readonly #fft: RealFft;
  readonly #waveFft: RealFft;
  readonly #frame: FloatBlock;
  readonly #spectrum: FloatBlock;
  readonly #waveSpectrum: FloatBlock;
  readonly #waveFrame: FloatBlock;
  readonly #hann: FloatBlock;
  readonly #writer = new FeatureWriter();
  readonly #smoother: BandSmoother;
  readonly #edges = bandEdges();
  /** Samples at hand, and how many; at first the half window before the beginning. */
  #audio: FloatBlock;
  #held = WINDOW / 2;
  #audioSamples = 0;
  #spectra = 0;
  /** What the last frame adds to the next one. */
  readonly #tail: FloatBlock;
  readonly #wave: FloatBlock;
  readonly #integers: FloatBlock;
  /** Half a window lies before the beginning. */
  #waveToDrop = WAVE_WINDOW / 2;

  constructor(engine: FftEngine = createFftEngine()) {
    this.#engine = engine;
    this.#resampler = new Resampler(engine, (samples) => this.#takeAudio(samples));
    this.#fft = engine.fft(WINDOW);
    this.#waveFft = engine.fft(WAVE_WINDOW);
    this.#frame = engine.block(WINDOW);
    this.#spectrum = engine.block(WINDOW);
    this.#waveSpectrum = engine.block(WAVE_WINDOW);
    this.#waveFrame = engine.block(WAVE_WINDOW);
    this.#tail = engine.block(WAVE_HOP);
    this.#wave = engine.block(WAVE_HOP);
    this.#integers = engine.block(WAVE_HOP / 2);
    this.#audio = engine.block(4 * WINDOW);
    this.#hann = engine.block(WINDOW);
    for (let i = 0; i < WINDOW; i++) this.#hann.data[i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW);
    this.#smoother = new BandSmoother(this.#writer);
  }

  /** Takes the next mono samples; an AudioSink. */
  readonly push = (samples: Float32Array, sampleRate: number): void => this.#resampler.push(samples, sampleRate);

  /** The features of all that was pushed. */
  end(): AudioFeatures {
    this.#resampler.end();
    const wanted = Math.ceil(this.#audioSamples / HOP);
    this.#takeFrames(new Float32Array(2 * WINDOW), wanted);
    const wave = Math.ceil((this.#audioSamples * WAVE_RATE) / AUDIO_RATE);
    this.#emitWave(this.#tail, Math.max(0, Math.min(WAVE_HOP, wave - this.#writer.waveSamples)));
    this.#smoother.end();
    this.#engine.release([this.#frame, this.#spectrum, this.#waveSpectrum, this.#waveFrame]);
    this.#engine.release([this.#tail, this.#wave, this.#integers, this.#audio, this.#hann]);
    return this.#writer.features();
  }

  #takeAudio(samples: Float32Array): void {
    this.#audioSamples += samples.length;
    this.#takeFrames(samples, Number.POSITIVE_INFINITY);
  }

  #takeFrames(samples: Float32Array, limit: number): void {
    const length = this.#held + samples.length;
    this.#audio = appended(this.#engine, this.#audio, this.#held, samples);
    let at = 0;
    for (; at + WINDOW <= length && this.#spectra < limit; at += HOP) {
      this.#engine.kernels.multiply(this.#audio, at, this.#hann, 0, this.#frame, 0, WINDOW, 1);
      this.#fft.forward(this.#frame, this.#spectrum);
      this.#takeBands();
      this.#takeWave();
      this.#spectra++;
    }
    this.#audio.data.copyWithin(0, at, length);
    this.#held = length - at;
  }

  #takeBands(): void {
    const [spectrum, edges, row] = [this.#spectrum.data, this.#edges, this.#smoother.row];
    let bin = edges[0]!;
    for (let band = 0; band < BANDS; band++) {
      let energy = 0;
      const end = edges[band + 1]!;
      for (; bin < end; bin++) {
        const re = spectrum[2 * bin]!;
        const im = spectrum[2 * bin + 1]!;
        energy += re * re + im * im;
      }
      row[band] = Math.sqrt(energy);
    }
    this.#smoother.commit();
  }

  #takeWave(): void {
    const [spectrum, white, float, bits] = [this.#spectrum.data, this.#waveSpectrum.data, FLOAT, BITS];
    for (let bin = WAVE_FIRST_BIN; bin <= WAVE_LAST_BIN; bin++) {
      const re = spectrum[2 * bin]!;
      const im = spectrum[2 * bin + 1]!;
      const power = re * re + im * im;
      float[0] = power;
      const gain = WHITENING[bits[0]! >>> 18]!;
      white[2 * bin] = re * gain;
      white[2 * bin + 1] = im * gain;
    }
    this.#waveFft.inverse(this.#waveSpectrum, this.#waveFrame);
    this.#addWave();
  }

  /** Overlap-add: Hann windows half overlapped add up to 1. */
  #addWave(): void {
    const scale = WAVE_SCALE / WAVE_WINDOW;
    this.#engine.kernels.overlapAdd(this.#waveFrame, this.#tail, this.#wave, WAVE_HOP, scale);
    this.#emitWave(this.#wave, WAVE_HOP);
  }

  #emitWave(samples: FloatBlock, length: number): void {
    const dropped = Math.min(this.#waveToDrop, length);
    this.#waveToDrop -= dropped;
    if (dropped === length) return;
    this.#engine.kernels.toInt16(samples, this.#integers, length);
    this.#writer.appendWave(this.#integers.int16.subarray(dropped, length));
  }
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);
/**
 * |X|^(0.375 − 1) by the upper 14 bits of |X|² as a 32-bit float (the exponent and 5 bits of the mantissa), made of
 * square roots only, which every machine rounds alike: |X|^-0.625 = (|X|²)^(-1/4 - 1/16). Within 0.5 %.
 */
const WHITENING = Float32Array.from({ length: 1 << 13 }, (_, index) => {
  BITS[0] = (index << 18) | (1 << 17);
  const root4 = Math.sqrt(Math.sqrt(FLOAT[0]!));
  const gain = 1 / (root4 * Math.sqrt(Math.sqrt(root4)));
  return FLOAT[0]! >= SILENCE && Number.isFinite(gain) ? gain : 0;
});

/** First bin of every band, and the end of the last. */
function bandEdges(): Int32Array {
  const edges = Int32Array.from({ length: BANDS + 1 }, (_, i) =>
    Math.round((LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (i / BANDS) * WINDOW) / AUDIO_RATE),
  );
  for (let i = 1; i <= BANDS; i++) edges[i] = Math.max(edges[i]!, edges[i - 1]! + 1);
  return edges;
}

/** Normalises band envelopes over time; needs REACH frames on both sides, as far as there are any. */
class BandSmoother {
  readonly #writer: FeatureWriter;
  readonly #capacity = SMOOTHED + 2 * REACH;
  /** Roots of energies, band after band. */
  readonly #roots = Array.from({ length: BANDS }, () => new Float32Array(this.#capacity));
  /** The next spectrum goes here. */
  readonly row = new Float32Array(BANDS);
  /** Frames at hand, and how many of them are context that was done before. */
  #length = 0;
  #done = 0;

  constructor(writer: FeatureWriter) {
    this.#writer = writer;
  }

  /** Takes the row. */
  commit(): void {
    for (let band = 0; band < BANDS; band++) this.#roots[band]![this.#length] = this.row[band]!;
    this.#length++;
    if (this.#length === this.#capacity) this.#smooth(this.#length - REACH);
  }

  end(): void {
    if (this.#length > this.#done) this.#smooth(this.#length);
  }

  #smooth(until: number): void {
    const length = this.#length;
    const from = this.#done;
    this.#writer.appendFrames(until - from, (band) => normalised(this.#roots[band]!, length).subarray(from));
    const drop = Math.max(0, until - REACH);
    for (const roots of this.#roots) roots.copyWithin(0, drop, length);
    this.#length = length - drop;
    this.#done = until - drop;
  }
}

/** Over the mean around it, minus the mean of that, in units of BAND_UNIT. */
function normalised(roots: Float32Array, length: number): Int8Array {
  const level = boxMean(roots, length, LEVEL_REACH);
  const relative = new Float32Array(length);
  for (let i = 0; i < length; i++) relative[i] = roots[i]! / (level[i]! + 1e-4);
  const mean = boxMean(relative, length, MEAN_REACH);
  return inBandUnits(relative, mean);
}

function inBandUnits(values: Float32Array, mean: Float32Array): Int8Array {
  const rounded = new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    rounded[i] = Math.max(-127, Math.min(127, Math.round(Math.fround(values[i]! - mean[i]!) / BAND_UNIT)));
  }
  return rounded;
}

/** Mean over i − reach … i + reach, as far as there are values. */
function boxMean(values: Float32Array, length: number, reach: number): Float32Array {
  const sums = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) sums[i + 1] = sums[i]! + values[i]!;
  const means = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const from = Math.max(0, i - reach);
    const to = Math.min(length, i + reach + 1);
    means[i] = (sums[to]! - sums[from]!) / (to - from);
  }
  return means;
}
