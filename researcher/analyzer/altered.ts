import type { FeatureReader } from './audio-features.ts';
import type { FftEngine } from './fft-engine.ts';
import { type Agreement, addAgreement, type Look, Looks, TILE_WINDOW } from './tiles.ts';
import type { WaveMatch } from './verify.ts';

/** Pitches that are tried: a semitone (5.9 %) and a little more, so fine that 1.5 kHz stays in step for a window. */
const PITCH_STEP = 0.004;
const MOST_PITCH = 0.064;
const MOST_TEMPO = 0.044;
/** The piece of the clip that is tried at first, and the steps in which it is laid (8 ms). */
const PIECE = 4_096;
const PIECE_HOP = 512;
const LAG_STEP = 32;
/** ± 48 ms beside where the bands say. */
const LAGS = 6;
/** Agreement of the piece from which on the rest is listened to. */
const LEAST_PIECE = 0.22;
/** Windows of the whole clip. */
const HOP = 256;
/** A window counts as heard while those around it agree by so much of the best. */
const HEARD_SHARE = 0.4;
const SMOOTHED = 4;

/** A match of a clip that sounds otherwise. */
export interface AlteredMatch extends WaveMatch {
  /** Pitch and tempo are changed alike, as by a tape. */
  readonly sameSpeed: boolean;
}

/** A guess: the clip is played at this pitch and tempo, sample `anchor` of it at `position` of the episode. */
interface Laid {
  readonly pitch: number;
  readonly tempo: number;
  readonly anchor: number;
  readonly position: number;
  readonly score: number;
}

/** Pitch and tempo of the kinds of change that there are: tape speed, tempo alone, pitch alone. */
const KINDS: readonly { pitch: number; tempo: number }[] = (() => {
  const steps = (most: number) => {
    const count = Math.round(most / PITCH_STEP);
    return Array.from({ length: 2 * count + 1 }, (_, i) => 1 + (i - count) * PITCH_STEP);
  };
  return [
    ...steps(MOST_PITCH).map((pitch) => ({ pitch, tempo: 1 })),
    ...steps(MOST_TEMPO).map((tempo) => ({ pitch: 1, tempo })),
    ...steps(MOST_TEMPO).map((speed) => ({ pitch: speed, tempo: speed })),
  ];
})();
const PITCHES = [...new Set(KINDS.map(({ pitch }) => pitch))];
const PITCH_OF = KINDS.map(({ pitch }) => PITCHES.indexOf(pitch));

/**
 * Looks for a clip that was played at another speed, tempo or pitch: at one place of the episode, all kinds of change are
 * tried with a piece of a second; then the tempo is made finer while the piece grows to the whole clip.
 */
export class AlteredSearch {
  readonly #reader: FeatureReader;
  readonly #looks: Looks;
  /** Of the piece that was asked for last: for all candidates of a clip it is often the same. */
  #piece: { wave: Float32Array; anchor: number; looks: Look[][] } | undefined;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#looks = new Looks(engine);
  }

  /** The best match of the clip whose sample `anchor` the bands place at sample `position`; undefined if none agrees. */
  match(wave: Float32Array, anchor: number, position: number): AlteredMatch | undefined {
    const laid = this.#tryPiece(wave, Math.max(0, Math.min(anchor, wave.length - PIECE)), anchor, position);
    if (!laid || laid.score < LEAST_PIECE) return undefined;
    return this.#whole(wave, this.#grown(wave, laid));
  }

  #tryPiece(wave: Float32Array, from: number, anchor: number, position: number): Laid | undefined {
    const length = Math.min(PIECE, wave.length - from);
    const count = Math.floor((length - TILE_WINDOW) / PIECE_HOP) + 1;
    if (count < 2) return undefined;
    const centre = (i: number) => from + TILE_WINDOW / 2 + i * PIECE_HOP;
    const middle = centre((count - 1) / 2);
    const at = position + (middle - anchor);
    const reach = LAGS + Math.ceil((MOST_TEMPO * (middle - from)) / LAG_STEP);
    const width = 2 * reach + 1;
    const clip = this.#pieceLooks(wave, from, count, centre);
    const common = new Float64Array(count * PITCHES.length * width);
    const most = new Float64Array(common.length);
    const sum: Agreement = { common: 0, most: 0 };
    for (let i = 0; i < count; i++) {
      for (let lag = -reach; lag <= reach; lag++) {
        const x = this.#looks.atEpisode(this.#reader, at + centre(i) - middle + lag * LAG_STEP);
        for (let p = 0; p < PITCHES.length; p++) {
          sum.common = 0;
          sum.most = 0;
          addAgreement(x, clip[p]![i]!, sum);
          const cell = (i * PITCHES.length + p) * width + lag + reach;
          common[cell] = sum.common;
          most[cell] = sum.most;
        }
      }
    }
    let best: Laid | undefined;
    for (const [kind, { pitch, tempo }] of KINDS.entries()) {
      for (let lag = -LAGS; lag <= LAGS; lag++) {
        let [c, m] = [0, 1e-9];
        for (let i = 0; i < count; i++) {
          const shift = Math.round(((centre(i) - middle) * (1 / tempo - 1)) / LAG_STEP);
          const cell = (i * PITCHES.length + PITCH_OF[kind]!) * width + lag + shift + reach;
          c += common[cell]!;
          m += most[cell]!;
        }
        const score = c / m;
        if (!best || score > best.score) {
          best = { pitch, tempo, anchor: middle, position: at + lag * LAG_STEP, score };
        }
      }
    }
    return best;
  }

  #pieceLooks(wave: Float32Array, anchor: number, count: number, centre: (i: number) => number): Look[][] {
    const known = this.#piece;
    if (known && known.wave === wave && known.anchor === anchor) return known.looks;
    const looks = PITCHES.map((pitch) =>
      Array.from({ length: count }, (_, i) => this.#looks.atClip(wave, centre(i), pitch)),
    );
    this.#piece = { wave, anchor, looks };
    return looks;
  }

  /** Lays twice as much of the clip each time, with a step of the tempo half as large. */
  #grown(wave: Float32Array, laid: Laid): Laid {
    let best = laid;
    let step = PITCH_STEP / 2;
    for (let reach = PIECE; ; reach *= 2, step /= 2) {
      const from = Math.max(TILE_WINDOW / 2, best.anchor - reach);
      const to = Math.min(wave.length - TILE_WINDOW / 2, best.anchor + reach);
      const hop = Math.max(HOP, Math.ceil((to - from) / 64));
      const clip: { centre: number; look: Look }[] = [];
      for (let centre = from; centre <= to; centre += hop) {
        clip.push({ centre, look: this.#looks.atClip(wave, centre, best.pitch) });
      }
      let top: Laid = { ...best, score: -1 };
      for (const change of [0, -1, 1, -2, 2, -3, 3]) {
        for (const lag of [0, -16, 16]) {
          const tempo = best.tempo + change * step;
          const position = best.position + lag;
          const sum: Agreement = { common: 0, most: 1e-9 };
          for (const { centre, look } of clip) {
            addAgreement(this.#looks.atEpisode(this.#reader, position + (centre - best.anchor) / tempo), look, sum);
          }
          const score = sum.common / sum.most;
          if (score > top.score) top = { ...best, tempo, position, score };
        }
      }
      best = top;
      if (from <= TILE_WINDOW / 2 && to >= wave.length - TILE_WINDOW / 2) return best;
    }
  }

  #whole(wave: Float32Array, { pitch, tempo, anchor, position }: Laid): AlteredMatch {
    const count = Math.max(1, Math.floor((wave.length - TILE_WINDOW) / HOP) + 1);
    const sums = Array.from({ length: count }, (_, i) => {
      const centre = TILE_WINDOW / 2 + i * HOP;
      const sum: Agreement = { common: 0, most: 1e-9 };
      const x = this.#looks.atEpisode(this.#reader, position + (centre - anchor) / tempo);
      addAgreement(x, this.#looks.atClip(wave, centre, pitch), sum);
      return sum;
    });
    const near = sums.map((_, i) => {
      const sum: Agreement = { common: 0, most: 1e-9 };
      for (let k = Math.max(0, i - SMOOTHED); k <= Math.min(count - 1, i + SMOOTHED); k++) {
        sum.common += sums[k]!.common;
        sum.most += sums[k]!.most;
      }
      return sum.common / sum.most;
    });
    const least = HEARD_SHARE * Math.max(...near);
    let [from, to] = [0, 0];
    for (let i = 0; i < count; ) {
      let end = i;
      while (end < count && near[end]! >= least) end++;
      if (end - i > to - from) [from, to] = [i, end];
      i = end + 1;
    }
    const sum: Agreement = { common: 0, most: 1e-9 };
    for (let i = from; i < to; i++) {
      sum.common += sums[i]!.common;
      sum.most += sums[i]!.most;
    }
    const [first, last] = [
      from === 0 ? 0 : from * HOP + TILE_WINDOW / 2,
      to === count ? wave.length : to * HOP + TILE_WINDOW / 2,
    ];
    return {
      start: position - anchor / tempo,
      score: Math.max(0, sum.common / sum.most),
      coverage: (last - first) / wave.length,
      from: first,
      to: last,
      drift: tempo,
      sameSpeed: Math.abs(pitch - tempo) <= PITCH_STEP,
    };
  }
}
