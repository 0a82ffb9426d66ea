import type { Random } from '../random.ts';
import { decayFactor, faded, levelled, RATE, samplesIn, sine } from './signal.ts';

const { min } = Math;

/** Equal-tempered ratios of the semitones above a root. */
const SEMITONES = [
  1,
  1.0594631,
  1.122462,
  1.1892071,
  1.2599211,
  1.3348399,
  Math.SQRT2,
  1.4983071,
  1.5874011,
  1.6817928,
  1.7817974,
  1.8877486,
] as const;

const SCALES = [
  [0, 2, 4, 5, 7, 9, 11],
  [0, 2, 3, 5, 7, 8, 10],
  [0, 2, 3, 5, 7, 9, 10],
  [0, 3, 5, 6, 7, 10, 10],
] as const;

/** One instrument: the strength of its overtones, and how long a note rings in seconds. */
interface Instrument {
  readonly overtones: readonly number[];
  readonly ring: number;
}

/** Who plays a tune: where the small deviations in time and touch come from, and the speed relative to the tune's. */
export interface Performance {
  readonly hands: Random;
  readonly tempo: number;
}

/**
 * Music-like sound: chords, bass, a wandering melody and drums, each note struck a little early or late, so that no
 * bar repeats another exactly. The tune comes from `random`; another performance of it is near, and not the same.
 *
 * @returns mono samples at RATE, in -0.95..0.95
 */
export function musicLike(
  random: Random,
  seconds: number,
  { hands, tempo }: Performance = { hands: random, tempo: 1 },
): Float32Array {
  const out = new Float32Array(samplesIn(seconds));
  const root = random.between(98, 196);
  const scale = random.pick(SCALES);
  const beat = 60 / (random.between(84, 152) * tempo);
  const [lead, chord, bass] = [instrument(random, 0.5), instrument(random, 1), instrument(random, 0.4)];
  const frequency = (degree: number): number => {
    const octave = Math.floor(degree / 7);
    return root * 2 ** octave * SEMITONES[scale[degree - 7 * octave]!]!;
  };
  let degree = random.integer(4, 11);
  for (let step = 0; step * beat * 0.5 < seconds; step++) {
    const time = (): number => Math.max(0, step * beat * 0.5 + hands.between(-0.012, 0.012));
    if (step % 4 === 0) {
      const base = random.integer(0, 6);
      for (const third of [0, 2, 4]) note(out, time(), frequency(base + third), chord, hands.between(0.1, 0.16));
      note(out, time(), frequency(base) / 2, bass, hands.between(0.3, 0.4));
    }
    if (random.chance(0.72)) {
      degree = Math.min(16, Math.max(2, degree + random.integer(-3, 3)));
      note(out, time(), frequency(degree), lead, hands.between(0.15, 0.32));
    }
    if (step % 4 === 0 || random.chance(0.12)) drum(out, hands, time(), 0.06, 0.5, hands.between(60, 90));
    if (step % 4 === 2) drum(out, hands, time(), 0.07, 0.3, hands.between(170, 220));
    if (random.chance(0.8)) drum(out, hands, time(), hands.between(0.012, 0.04), hands.between(0.06, 0.16), 0);
  }
  return levelled(faded(out, 0.005), 0.14);
}

function instrument(random: Random, ring: number): Instrument {
  const count = random.integer(3, 9);
  return {
    overtones: Array.from({ length: count }, (_, i) => random.between(0.2, 1) / (i + 1)),
    ring: ring * random.between(0.3, 1),
  };
}

function note(out: Float32Array, time: number, frequency: number, sound: Instrument, gain: number): void {
  const start = samplesIn(time);
  const end = Math.min(out.length, start + samplesIn(sound.ring * 4));
  for (let k = 0; k < sound.overtones.length; k++) {
    const partial = frequency * (k + 1);
    if (partial > RATE * 0.45) break;
    const decay = decayFactor(sound.ring / (1 + 0.4 * k));
    let level = gain * sound.overtones[k]!;
    for (let i = start; i < end; i++) {
      const attack = min(1, (i - start) / 90);
      out[i]! += sine(((i - start) * partial) / RATE) * level * attack;
      level *= decay;
    }
  }
}

/** A struck drum: noise that dies away, and below it a tone that falls from 2 × `pitch` (none at 0). */
function drum(out: Float32Array, random: Random, time: number, ring: number, gain: number, pitch: number): void {
  const start = samplesIn(time);
  const end = Math.min(out.length, start + samplesIn(ring * 6));
  const decay = decayFactor(ring);
  let level = gain;
  let last = 0;
  let phase = 0;
  for (let i = start; i < end; i++) {
    const noise = random.next() - 0.5;
    phase += (pitch * (1 + level / gain)) / RATE;
    out[i]! += level * (pitch > 0 ? 0.3 * noise + sine(phase) : noise - last);
    last = noise;
    level *= decay;
  }
}
