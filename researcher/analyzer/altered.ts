import type { FeatureReader } from './audio-features.ts';
import { type Change, COARSE, changesBeside, FINE, type Grid, PITCH_STEP } from './changes.ts';
import { energyOf } from './clip-energy.ts';
import type { FftEngine } from './fft-engine.ts';
import { heardWindows } from './heard-windows.ts';
import { likeliestPart, type Stretches } from './likeliest-part.ts';
import { type Agreement, DenseWave, type Look, Looks, TILE_WINDOW } from './tiles.ts';
import type { WaveMatch } from './verify.ts';

/** The piece of the clip that is tried at first. */
const PIECE = 4_096;
/** 48 ms: so far beside where the bands say. */
const LAG_REACH = 192;
/** Agreement of the piece from which on the rest is listened to; and by a coarse grid, from which on it is tried by the fine one. */
const LEAST_PIECE = 0.24;
const LEAST_COARSE = 0.2;
/** Windows of the whole clip; fewer while its tempo is still being found. */
const HOP = 256;
const MOST_WINDOWS = 32;
/** Lags (4 ms each) of a window that a finer tempo is read from. */
const FINE_LAG = 16;
const FINE_LAGS = 4;
const FINE_TEMPOS = [0, -1, 1, -2, 2, -3, 3];
const FINE_BESIDE = [0, -1, 1];
/** Independent values of a window, of which half are those of the next. */
const VALUES_A_WINDOW = 16;
/** What is taken for chance of a sound that is a single knock; less by the root of how many windows there are. */
const CHANCE_OF_A_WINDOW = 0.5;

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

/** What is known of a piece of a clip: looks at its windows for each grid, by pitch. */
interface Piece {
  readonly wave: Float32Array;
  readonly from: number;
  readonly looks: ReadonlyMap<Grid, Map<number, Look[]>>;
}

/**
 * Looks for a clip that was played at another speed, tempo or pitch: at one place of the episode, all kinds of change are
 * tried with a piece of a second; then the tempo is made finer while the piece grows to the whole clip.
 */
export class AlteredSearch {
  readonly #looks: Looks;
  /** That was asked for last: for all candidates of a clip it is often the same. */
  #piece: Piece | undefined;
  readonly #dense: DenseWave;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#looks = new Looks(reader, engine);
    this.#dense = new DenseWave(engine);
  }

  /**
   * Changes that are worth a closer look, as coarse ones tell; none if what agrees does so by chance alone. Clips that are
   * too short for it may be changed in any way.
   */
  likely(wave: Float32Array, anchor: number, position: number): readonly Change[] {
    const coarse = this.#tryPiece(wave, anchor, position, COARSE, COARSE.changes);
    if (coarse.length === 0) return FINE.changes;
    if (coarse.every(({ score }) => score < LEAST_COARSE)) return [];
    return changesBeside(coarse);
  }

  /**
   * The best matches of the clip whose sample `anchor` the bands place at sample `position`, one of each kind of these
   * changes by which a piece of it agrees; the best piece first.
   */
  *matches(wave: Float32Array, anchor: number, position: number, changes: readonly Change[]): Iterable<AlteredMatch> {
    const pieces = this.#tryPiece(wave, anchor, position, FINE, changes).filter(({ score }) => score >= LEAST_PIECE);
    for (const laid of pieces.sort((a, b) => b.score - a.score)) yield this.#whole(wave, this.#grown(wave, laid));
  }

  /** The best of each kind of change; none if the clip is too short. */
  #tryPiece(
    wave: Float32Array,
    anchor: number,
    position: number,
    grid: Grid,
    changes: readonly Change[],
  ): (Laid & Change)[] {
    const { hop, lagStep } = grid;
    const from = Math.max(0, Math.min(anchor, wave.length - PIECE));
    const length = Math.min(PIECE, wave.length - from);
    const count = Math.floor((length - TILE_WINDOW) / hop) + 1;
    if (count < 2) return [];
    const centre = (i: number) => from + TILE_WINDOW / 2 + i * hop;
    const middle = centre((count - 1) / 2);
    const at = position + (middle - anchor);
    const lags = LAG_REACH / lagStep;
    const shifts = changes.map(({ tempo }) =>
      Array.from({ length: count }, (_, i) => Math.round(((centre(i) - middle) * (1 / tempo - 1)) / lagStep)),
    );
    const reach = lags + Math.max(...shifts.flat().map(Math.abs));
    const width = 2 * reach + 1;
    const pitches = [...new Set(changes.map(({ pitch }) => pitch))];
    const pitchOf = changes.map(({ pitch }) => pitches.indexOf(pitch));
    const clip = this.#pieceLooks(wave, from, count, grid, pitches);
    const common = new Float64Array(count * pitches.length * width);
    const most = new Float64Array(common.length);
    for (let i = 0; i < count; i++) {
      const looks = clip.map((ofPitch) => ofPitch[i]!);
      const cell = i * pitches.length * width;
      const [c, m] = [common, most].map((all) => all.subarray(cell, cell + pitches.length * width));
      this.#agreements(looks, at + centre(i) - middle, lagStep, reach, c!, m!);
    }
    const best: (Laid & Change)[] = [];
    const cells = new Int32Array(count);
    for (const [k, change] of changes.entries()) {
      for (let i = 0; i < count; i++) {
        cells[i] = (i * pitches.length + pitchOf[k]!) * width + shifts[k]![i]! + reach;
      }
      const { lag, score } = bestLag(common, most, cells, lags);
      if (!(score <= (best[change.kind]?.score ?? Number.NEGATIVE_INFINITY))) {
        best[change.kind] = { ...change, anchor: middle, position: at + lag * lagStep, score };
      }
    }
    return best.filter((laid) => laid !== undefined);
  }

  /** How well looks at one window, a pitch each, agree with the episode at lags −reach … reach: look after look. */
  #agreements(
    looks: readonly Look[],
    at: number,
    lagStep: number,
    reach: number,
    common: Float64Array,
    most: Float64Array,
  ): void {
    const { mark } = this.#looks;
    for (let lag = -reach; lag <= reach; lag++) {
      const x = this.#looks.atEpisode(at + lag * lagStep);
      for (let p = 0, cell = lag + reach; p < looks.length; p++, cell += 2 * reach + 1) {
        const both = this.#looks.agreement(x, looks[p]!);
        common[cell] = both[0]!;
        most[cell] = both[1]!;
      }
      this.#looks.forget(mark);
    }
  }

  #pieceLooks(wave: Float32Array, from: number, count: number, grid: Grid, pitches: readonly number[]): Look[][] {
    if (this.#piece?.wave !== wave || this.#piece.from !== from) {
      this.#looks.forget(0);
      const looks = new Map([FINE, COARSE].map((one) => [one, new Map<number, Look[]>()]));
      this.#piece = { wave, from, looks };
    }
    const { looks } = this.#piece;
    const dense = this.#denseOf(wave);
    const known = looks.get(grid)!;
    return pitches.map((pitch) => {
      const made =
        known.get(pitch) ??
        Array.from({ length: count }, (_, i) =>
          this.#looks.atPitch(dense, from + TILE_WINDOW / 2 + i * grid.hop, pitch),
        );
      known.set(pitch, made);
      return made;
    });
  }

  #denseOf(wave: Float32Array): DenseWave {
    this.#dense.take(wave);
    return this.#dense;
  }

  /** Lays twice as much of the clip each time, with a step of the tempo half as large. */
  #grown(wave: Float32Array, laid: Laid): Laid {
    let best = laid;
    let step = PITCH_STEP / 2;
    for (let reach = PIECE; ; reach *= 2, step /= 2) {
      const from = Math.max(TILE_WINDOW / 2, best.anchor - reach);
      const to = Math.max(from, Math.min(wave.length - TILE_WINDOW / 2, best.anchor + reach));
      best = this.#finer(wave, best, from, to, step);
      if (from <= TILE_WINDOW / 2 && to >= wave.length - TILE_WINDOW / 2) return best;
    }
  }

  /** The tempo and the place with which windows from … to of the clip agree most. */
  #finer(wave: Float32Array, laid: Laid, from: number, to: number, step: number): Laid {
    const hop = Math.max(HOP, Math.ceil((to - from) / MOST_WINDOWS));
    const { mark } = this.#looks;
    const tempos = FINE_TEMPOS.map((change) => laid.tempo + change * step);
    const windows: { shifts: number[]; sums: (Agreement | undefined)[] }[] = [];
    for (let centre = from; centre <= to; centre += hop) {
      const look = this.#looks.atPitch(this.#denseOf(wave), centre, laid.pitch);
      const away = centre - laid.anchor;
      const at = laid.position + away / laid.tempo;
      const shifts = tempos.map((tempo) => Math.round((away / tempo - away / laid.tempo) / FINE_LAG));
      const sums: (Agreement | undefined)[] = [];
      for (const lag of new Set(shifts.flatMap((shift) => FINE_BESIDE.map((beside) => fineLag(shift + beside))))) {
        const sum: Agreement = { common: 0, most: 1e-9 };
        this.#looks.agree(this.#looks.atEpisode(at + (lag - FINE_LAGS) * FINE_LAG), look, sum);
        sums[lag] = sum;
      }
      windows.push({ shifts, sums });
      this.#looks.forget(mark);
    }
    let best: Laid = { ...laid, score: -1 };
    for (const [k, tempo] of tempos.entries()) {
      for (const lag of FINE_BESIDE) {
        let [common, most] = [0, 1e-9];
        for (const { shifts, sums } of windows) {
          const sum = sums[fineLag(shifts[k]! + lag)]!;
          common += sum.common;
          most += sum.most;
        }
        if (common / most > best.score) {
          best = { ...laid, tempo, position: laid.position + lag * FINE_LAG, score: common / most };
        }
      }
    }
    return best;
  }

  #whole(wave: Float32Array, { pitch, tempo, anchor, position }: Laid): AlteredMatch {
    const count = Math.max(1, Math.floor((wave.length - TILE_WINDOW) / HOP) + 1);
    const { mark } = this.#looks;
    const dense = this.#denseOf(wave);
    const sums = Array.from({ length: count }, (_, i) => {
      const centre = TILE_WINDOW / 2 + i * HOP;
      const sum: Agreement = { common: 0, most: 1e-9 };
      const x = this.#looks.atEpisode(position + (centre - anchor) / tempo);
      this.#looks.agree(x, this.#looks.atPitch(dense, centre, pitch), sum);
      this.#looks.forget(mark);
      return sum;
    });
    const own = sums.map((_, i) => energyOf(wave, i * HOP, i * HOP + TILE_WINDOW));
    const [from, to] = heardWindows(sums, own);
    const sum: Agreement = { common: 0, most: 1e-9 };
    let squares = 1e-9;
    for (let i = from; i < to; i++) {
      sum.common += sums[i]!.common;
      sum.most += sums[i]!.most;
      squares += sums[i]!.most ** 2;
    }
    // Two knocks agree, whatever they are: how many windows does what was heard really come from?
    const chance = Math.min(0.9, CHANCE_OF_A_WINDOW * Math.sqrt(squares / sum.most ** 2));
    const partOf = (windows: Stretches) => ({
      from: windows.from === 0 ? 0 : windows.from * HOP + TILE_WINDOW / 2,
      to: windows.to === count ? wave.length : windows.to * HOP + TILE_WINDOW / 2,
    });
    const part = partOf({ from, to });
    const reach = likeliestPart(
      Float64Array.from(sums, ({ common }) => common),
      Float64Array.from(own),
      Float64Array.from(sums, ({ most }, i) => most ** 2 / own[i]!),
      VALUES_A_WINDOW,
      { from, to },
    );
    return {
      start: position - anchor / tempo,
      score: Math.max(0, (sum.common / sum.most - chance) / (1 - chance)),
      coverage: (part.to - part.from) / wave.length,
      ...part,
      reach: partOf(reach),
      drift: tempo,
      sameSpeed: Math.abs(pitch - tempo) <= PITCH_STEP,
    };
  }
}

/** Which of the lags that are looked at is so many beside. */
const fineLag = (beside: number): number => Math.max(0, Math.min(2 * FINE_LAGS, FINE_LAGS + beside));

/** The lag, at most `lags` beside the cells of some windows, by which they agree most. A loop of its own is compiled once. */
function bestLag(common: Float64Array, most: Float64Array, cells: Int32Array, lags: number) {
  let [best, top] = [0, Number.NEGATIVE_INFINITY];
  for (let lag = -lags; lag <= lags; lag++) {
    let [c, m] = [0, 1e-9];
    for (let i = 0; i < cells.length; i++) {
      c += common[cells[i]! + lag]!;
      m += most[cells[i]! + lag]!;
    }
    if (c / m > top) best = lag;
    top = Math.max(top, c / m);
  }
  return { lag: best, score: top };
}
