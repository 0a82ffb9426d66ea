import { FeatureReader } from './audio-features.ts';
import { BandComparison, type Candidate } from './candidates.ts';
import { ClipScan } from './clip-scan.ts';
import type { ClipSketch, SketchedClip } from './clip-sketch.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { NarrowScan } from './narrow-scan.ts';

/** Where a clip may be, strongest first: by its bands, and by narrow bands of its waveform. */
export interface Places {
  readonly candidates: readonly Candidate[];
  readonly narrow: readonly Candidate[];
}

/** Places of the scan at which clips are compared together: each takes some 50 bytes, and six hours have 3,000 a clip and more. */
const MOST_PLACES = 200_000;

/** Tells where clips may be in one episode; one a thread. */
export class ClipPlaces {
  readonly #scan: ClipScan;
  readonly #comparison: BandComparison;
  readonly #narrowScan: NarrowScan;

  constructor(index: EpisodeIndex) {
    this.#scan = new ClipScan(index);
    this.#comparison = new BandComparison(index);
    this.#narrowScan = new NarrowScan(index.reader, index.engine);
  }

  /** Of each clip; the same however many are asked for at once. */
  of(clips: readonly SketchedClip[], sketches: readonly ClipSketch[]): Places[] {
    const found: Candidate[][] = [];
    while (found.length < clips.length)
      found.push(...this.#compared(clips, this.#some(sketches, found.length), found.length));
    return found.map((candidates, i) => ({
      candidates,
      narrow: this.#narrowScan.candidates(new FeatureReader(clips[i]!.features)),
    }));
  }

  /** Of the clips from number `from` on whose sketches these are. */
  #compared(clips: readonly SketchedClip[], sketches: readonly ClipSketch[], from: number): Candidate[][] {
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
