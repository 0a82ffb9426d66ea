import { FeatureReader } from './audio-features.ts';
import { BandComparison, type Candidate, type Candidates } from './candidates.ts';
import { ClipScan } from './clip-scan.ts';
import type { ClipSketch, SketchedClip } from './clip-sketch.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { SteadyScan } from './steady-scan.ts';

/** Where a clip may be, strongest first: by its bands, and, if they hardly move, by its waveform. */
export interface Places {
  readonly candidates: readonly Candidate[];
  readonly steady: readonly Candidate[];
}

/**
 * Whitened energy of the bands, a frame, below which a clip is looked for by its waveform too: talk has 24, the number of
 * bands; steady noise 3, effects that were lost 3 to 14.
 */
const LEAST_MOVEMENT = 14;
/** Places of the scan at which clips are compared together: each takes some 50 bytes, and six hours have 20,000 a clip. */
const MOST_PLACES = 200_000;

/** Tells where clips may be in one episode; one a thread. */
export class ClipPlaces {
  readonly #scan: ClipScan;
  readonly #comparison: BandComparison;
  readonly #steadyScan: SteadyScan;

  constructor(index: EpisodeIndex) {
    this.#scan = new ClipScan(index);
    this.#comparison = new BandComparison(index);
    this.#steadyScan = new SteadyScan(index.reader, index.engine);
  }

  /** Of each clip; the same however many are asked for at once. */
  of(clips: readonly SketchedClip[], sketches: readonly ClipSketch[]): Places[] {
    const found: Candidates[] = [];
    while (found.length < clips.length)
      found.push(...this.#compared(clips, this.#some(sketches, found.length), found.length));
    const isSteady = found.map(({ movement }) => movement < LEAST_MOVEMENT);
    const readers = clips.filter((_, i) => isSteady[i]).map(({ features }) => new FeatureReader(features));
    const steady = this.#steadyScan.candidates(readers);
    let next = 0;
    return found.map(({ candidates }, i) => ({ candidates, steady: isSteady[i] ? steady[next++]! : [] }));
  }

  /** Of the clips from number `from` on whose sketches these are. */
  #compared(clips: readonly SketchedClip[], sketches: readonly ClipSketch[], from: number): Candidates[] {
    const places = this.#scan.places(sketches);
    return this.#comparison.candidates(
      sketches.map((sketch, i) => ({ features: clips[from + i]!.features, sketch, places: places[i]! })),
    );
  }

  /** From number `from` on those that may be at no more than MOST_PLACES; at least one. */
  #some(sketches: readonly ClipSketch[], from: number): readonly ClipSketch[] {
    let [to, places] = [from, 0];
    do places += this.#scan.usualPlaces(sketches[to++]!);
    while (to < sketches.length && places + this.#scan.usualPlaces(sketches[to]!) <= MOST_PLACES);
    return sketches.slice(from, to);
  }
}
