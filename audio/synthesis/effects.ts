import type { Random } from '../random.ts';
import { decayFactor, faded, levelled, RATE, Resonator, samplesIn, sine } from './signal.ts';

const { floor, min } = Math;

export type Effect = 'whoosh' | 'zap' | 'bell' | 'crash' | 'applause' | 'horn' | 'bubbles';

/** Every effect but the horn is wideband and never repeats itself; the horn is periodic, which is the hard case. */
export const EFFECTS: readonly Effect[] = ['whoosh', 'zap', 'bell', 'crash', 'applause', 'horn', 'bubbles'];

type Paint = (out: Float32Array, random: Random, start: number, end: number) => void;

/**
 * A sound effect: a few strokes of one kind (or, without `kind`, of mixed kinds) that fill `seconds`.
 *
 * @returns mono samples at RATE, in -0.95..0.95
 */
export function effectLike(random: Random, seconds: number, kind?: Effect): Float32Array {
  const out = new Float32Array(samplesIn(seconds));
  let at = 0;
  while (at < out.length) {
    const length = samplesIn(random.between(0.5, 1.6));
    PAINTS[kind ?? random.pick(EFFECTS)](out, random, at, Math.min(out.length, at + length));
    at += Math.round(length * random.between(0.55, 0.95));
  }
  return levelled(faded(out, 0.005), 0.14);
}

const whoosh: Paint = (out, random, start, end) => {
  const band = new Resonator();
  const [low, high] = [random.between(200, 700), random.between(2_000, 6_000)];
  const centre = random.between(0.3, 0.7);
  for (let i = start; i < end; i++) {
    const t = (i - start) / (end - start);
    const nearness = t < centre ? t / centre : (1 - t) / (1 - centre);
    if ((i - start) % 64 === 0) band.tune(low + (high - low) * nearness, 300 + 900 * nearness);
    out[i]! += band.next(random.next() - 0.5) * nearness * 2;
  }
};

const zap: Paint = (out, random, start, end) => {
  const sweep = random.between(2_500, 6_000);
  const floor = random.between(120, 400);
  const wobble = random.between(13, 37);
  let phase = 0;
  for (let i = start; i < end; i++) {
    const t = (i - start) / (end - start);
    phase += (floor + sweep * (1 - t) * (1 - t) * (1 + 0.25 * sine(t * wobble))) / RATE;
    out[i]! += (sine(phase) + 0.4 * sine(2.01 * phase) + 0.2 * (random.next() - 0.5)) * (1 - t) * 0.5;
  }
};

const bell: Paint = (out, random, start, end) => {
  const base = random.between(280, 620);
  for (const ratio of [0.5, 1, 1.19, 1.56, 2, 2.51, 2.66, 3.01, 4.1]) {
    const partial = base * ratio * random.between(0.985, 1.015);
    const decay = decayFactor(random.between(0.2, 0.7) / ratio);
    let level = random.between(0.1, 0.4);
    for (let i = start; i < end; i++) {
      out[i]! += sine(((i - start) * partial) / RATE) * level;
      level *= decay;
    }
  }
  strike(out, random, start, Math.min(end, start + samplesIn(0.05)), 0.01, 0.5);
};

const crash: Paint = (out, random, start, end) => {
  strike(out, random, start, end, random.between(0.15, 0.4), 0.9);
  for (let piece = random.integer(4, 12); piece > 0; piece--) {
    const at = start + Math.floor((end - start) * random.between(0.05, 0.8));
    strike(out, random, at, Math.min(end, at + samplesIn(0.2)), random.between(0.01, 0.04), random.between(0.2, 0.7));
  }
};

const applause: Paint = (out, random, start, end) => {
  const hands = Math.round(((end - start) / RATE) * random.between(40, 90));
  for (let clap = 0; clap < hands; clap++) {
    const at = start + Math.floor((end - start) * random.next());
    strike(
      out,
      random,
      at,
      Math.min(end, at + samplesIn(0.04)),
      random.between(0.003, 0.009),
      random.between(0.1, 0.6),
    );
  }
};

const horn: Paint = (out, random, start, end) => {
  const pitches = [1, 1.26, 1.498].map((ratio) => ratio * random.between(210, 320));
  for (const pitch of pitches) {
    for (let i = start; i < end; i++) {
      const turns = ((i - start) * pitch) / RATE;
      const edge = min(1, (i - start) / 400, (end - i) / 900);
      out[i]! += (turns - floor(turns) - 0.5) * 0.35 * edge;
    }
  }
};

const bubbles: Paint = (out, random, start, end) => {
  for (let count = Math.ceil(((end - start) / RATE) * 22); count > 0; count--) {
    const at = start + Math.floor((end - start) * random.next());
    const stop = Math.min(end, at + samplesIn(random.between(0.03, 0.12)));
    const [pitch, rise] = [random.between(300, 2_600), random.between(0.4, 2)];
    const level = random.between(0.15, 0.5);
    let phase = 0;
    for (let i = at; i < stop; i++) {
      const t = (i - at) / (stop - at);
      phase += (pitch * (1 + rise * t)) / RATE;
      out[i]! += sine(phase) * level * min(1, 8 * t) * (1 - t);
    }
  }
};

/** Noise that dies away within `ring` seconds, coloured by a resonance of its own. */
function strike(out: Float32Array, random: Random, start: number, end: number, ring: number, gain: number): void {
  const colour = new Resonator();
  colour.tune(random.between(500, 5_500), random.between(800, 3_000));
  const decay = decayFactor(ring);
  let level = gain;
  for (let i = start; i < end; i++) {
    const noise = random.next() - 0.5;
    out[i]! += (0.5 * noise + 2 * colour.next(noise)) * level;
    level *= decay;
  }
}

const PAINTS: Readonly<Record<Effect, Paint>> = { whoosh, zap, bell, crash, applause, horn, bubbles };
