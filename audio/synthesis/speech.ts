import type { Random } from '../random.ts';
import { faded, levelled, RATE, Resonator, samplesIn, sine } from './signal.ts';

const { min } = Math;

/** A speaker: pitch in Hz, length of the vocal tract (1 = male average), seconds a syllable, share of breath. */
export interface Speaker {
  readonly pitch: number;
  readonly tract: number;
  readonly pace: number;
  readonly breath: number;
}

/** The first three formants of vowels, in Hz (means of male speakers: Peterson & Barney 1952). */
const VOWELS = [
  [270, 2290, 3010],
  [390, 1990, 2550],
  [530, 1840, 2480],
  [660, 1720, 2410],
  [730, 1090, 2440],
  [570, 840, 2410],
  [440, 1020, 2240],
  [300, 870, 2240],
  [640, 1190, 2390],
  [490, 1350, 1690],
] as const;

const FORMANT_GAINS = [1, 0.63, 0.32] as const;
const FORMANT_BANDWIDTHS = [70, 100, 150] as const;
const CONTROL_SAMPLES = 110;

export function speakerFrom(random: Random): Speaker {
  const high = random.chance(0.45);
  return {
    pitch: high ? random.between(165, 235) : random.between(85, 140),
    tract: high ? random.between(1.1, 1.22) : random.between(0.92, 1.05),
    pace: random.between(0.14, 0.21),
    breath: random.between(0.02, 0.07),
  };
}

/**
 * Speech-like sound: syllables of gliding formants over a glottal pulse train, hisses and stops as consonants, words,
 * phrases with pauses and a falling pitch. It says nothing, but has the spectrum, rhythm and gaps of talk.
 *
 * @returns mono samples at RATE, in -0.95..0.95
 */
export function speechLike(random: Random, seconds: number, speaker: Speaker = speakerFrom(random)): Float32Array {
  const out = new Float32Array(samplesIn(seconds));
  const voice = new Voice(random, speaker);
  let at = 0;
  while (at < out.length) {
    const syllables = random.integer(4, 11);
    for (let i = 0; i < syllables && at < out.length; i++) at = voice.syllable(out, at, i / syllables);
    at += samplesIn(random.between(0.12, 0.4));
  }
  return levelled(faded(out, 0.005), 0.12);
}

class Voice {
  readonly #random: Random;
  readonly #speaker: Speaker;
  readonly #formants = FORMANT_GAINS.map(() => new Resonator());
  readonly #hiss = new Resonator();
  #from: readonly number[] = VOWELS[0];
  #phase = 0;
  #shimmer = 1;
  #lowpass = 0;

  constructor(random: Random, speaker: Speaker) {
    this.#random = random;
    this.#speaker = speaker;
  }

  /** Writes one syllable from sample `at` on, at `position` (0..1) of its phrase; returns where it ends. */
  syllable(out: Float32Array, at: number, position: number): number {
    const random = this.#random;
    let start = at;
    const onset = random.next();
    if (onset < 0.35) start = this.#fricative(out, start, random.between(0.05, 0.12));
    else if (onset < 0.7) start = this.#stop(out, start);
    return this.#vowel(out, start, samplesIn(this.#speaker.pace * random.between(0.6, 1.35)), position);
  }

  #fricative(out: Float32Array, at: number, seconds: number): number {
    const length = Math.min(samplesIn(seconds), out.length - at);
    this.#hiss.tune(this.#random.between(2_200, 7_000), this.#random.between(500, 1_800));
    const gain = this.#random.between(0.25, 0.7);
    for (let i = 0; i < length; i++) {
      const envelope = min(1, (4 * i) / length, (4 * (length - i)) / length);
      out[at + i]! += this.#hiss.next(this.#random.next() - 0.5) * envelope * gain * 3;
    }
    return at + Math.max(0, length);
  }

  #stop(out: Float32Array, at: number): number {
    const silence = samplesIn(this.#random.between(0.02, 0.06));
    return this.#fricative(out, Math.min(out.length, at + silence), this.#random.between(0.008, 0.025));
  }

  #vowel(out: Float32Array, at: number, wanted: number, position: number): number {
    const random = this.#random;
    const length = Math.min(wanted, out.length - at);
    const target = random.pick(VOWELS);
    const accent = random.between(0.92, 1.16);
    const loudness = random.between(0.55, 1);
    for (let i = 0; i < length; i++) {
      if (i % CONTROL_SAMPLES === 0) this.#tune(target, min(1, i / (0.55 * wanted)));
      const pitch = this.#speaker.pitch * accent * (1.12 - 0.3 * position) * (1 + 0.04 * sine(i / wanted / 2));
      const envelope = min(1, i / 300, (length - i) / 500) * loudness;
      const source = this.#glottal(pitch) + (random.next() - 0.5) * this.#speaker.breath;
      let sound = 0;
      for (let f = 0; f < FORMANT_GAINS.length; f++) sound += this.#formants[f]!.next(source) * FORMANT_GAINS[f]!;
      out[at + i]! += sound * envelope * 6;
    }
    this.#from = target;
    return at + Math.max(0, length);
  }

  #tune(target: readonly number[], progress: number): void {
    for (let f = 0; f < FORMANT_GAINS.length; f++) {
      const frequency = this.#from[f]! + (target[f]! - this.#from[f]!) * progress;
      this.#formants[f]!.tune(frequency * this.#speaker.tract, FORMANT_BANDWIDTHS[f]!);
    }
  }

  /** A saw with a softened edge whose cycles differ slightly in height, as those of a throat do. */
  #glottal(pitch: number): number {
    this.#phase += pitch / RATE;
    if (this.#phase >= 1) {
      this.#phase -= 1;
      this.#shimmer = this.#random.between(0.88, 1.12);
    }
    this.#lowpass += 0.45 * ((0.5 - this.#phase) * this.#shimmer - this.#lowpass);
    return this.#lowpass;
  }
}
