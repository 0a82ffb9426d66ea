import { type AlteredMatch, AlteredSearch } from './altered.ts';
import { WAVE_PER_FRAME, WAVE_RATE } from './audio-features.ts';
import type { Candidate } from './candidates.ts';
import { ClipWave } from './clip-wave.ts';
import type { EpisodeIndex } from './episode-index.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { LaidPart } from './heard.ts';
import { CERTAIN, MOSTLY, SURE, strength } from './plays.ts';
import { Speeds } from './speed.ts';
import { matchStretched, STRETCHED_SEGMENT } from './stretched.ts';
import type { WaveMatch, WaveVerifier } from './verify.ts';

/** Evidence of the bands that chance hardly ever has: it is worth a second look. */
export const STRONG_EVIDENCE = 10;
/** Wave samples (1.5 s) that agree without a doubt only at the clip's own speed: pieces of a stretched sound are shorter. */
const LONG = 1.5 * WAVE_RATE;
/** So much less coverage is taken from a match of waveforms. */
const EXACT_LESS = 0.1;
/** Share of a clip that is too little to be content with. */
const LITTLE = 0.5;
/** And a score. */
const CONTENT = 0.45;
/** Score from which on a change of speed is proved by waveforms: of 1,687 plays of seven sets none needs it below 0.3. */
const LEAST_SPED = 0.25;
/** Tried beside a speed that was found: the waveforms stay in step within ±0.04 %. */
const FINE_SPEEDS = [0, -0.0007, 0.0007, -0.0014, 0.0014];
/** A match of waveforms from this score on tells the place, if it is within so many wave samples (20 ms) of the other. */
const LEAST_EXACT = 0.35;
const BESIDE = 80;

/** Proves that a clip is played at another speed, tempo or pitch. */
export class ChangedPlays {
  readonly #engine: FftEngine;
  readonly #waveFft: RealFft;
  readonly #verifier: WaveVerifier;
  readonly #alteredSearch: AlteredSearch;
  readonly #speeds: Speeds;

  constructor({ engine, reader }: EpisodeIndex, verifier: WaveVerifier, waveFft: RealFft) {
    this.#engine = engine;
    this.#waveFft = waveFft;
    this.#verifier = verifier;
    this.#alteredSearch = new AlteredSearch(reader, engine);
    this.#speeds = new Speeds(engine);
  }

  /** The best match of a clip near a place where the bands are alike. */
  matchOf(wave: Float32Array, candidate: Candidate, distinctiveness: number): WaveMatch | undefined {
    const [start, from, length] = [candidate.start, candidate.from, candidate.length].map((at) => at * WAVE_PER_FRAME);
    const best = this.match(wave, from!, start! + from!, distinctiveness);
    if (candidate.evidence < STRONG_EVIDENCE || (best && isWhole(best))) return best;
    // At another tempo bands agree most where their middle does, and the beginning is elsewhere.
    const middle = from! + length! / 2;
    return better(best, this.match(wave, middle, start! + middle, distinctiveness));
  }

  /** The best match of a clip whose sample `anchor` the bands place at sample `position`. */
  match(wave: Float32Array, anchor: number, position: number, distinctiveness: number): WaveMatch | undefined {
    const likely = this.#alteredSearch.likely(wave, anchor, position);
    if (likely.length === 0) return undefined;
    let best: WaveMatch | undefined;
    for (const altered of this.#alteredSearch.matches(wave, anchor, position, likely)) {
      best = better(best, altered.sameSpeed ? this.#exactly(wave, altered) : altered);
      if (best && isWhole(best)) return best;
    }
    // A piece may agree at a tempo by which the rest does not.
    return best && best.coverage >= LITTLE && best.score >= CONTENT
      ? best
      : better(best, this.#stretched(wave, anchor, position, distinctiveness));
  }

  /** As its waveforms tell, which know the place exactly where the other is within some milliseconds. */
  #exactly(wave: Float32Array, altered: AlteredMatch): WaveMatch | undefined {
    if (altered.score < LEAST_SPED) return altered;
    const faster = this.#faster(wave, altered);
    if (!faster || (faster.score >= SURE && faster.coverage >= altered.coverage - EXACT_LESS)) return faster ?? altered;
    const isSame = faster.score >= LEAST_EXACT && Math.abs(faster.start - altered.start) <= BESIDE;
    return better(isSame ? { ...altered, start: faster.start, drift: faster.drift } : altered, faster);
  }

  /** A tape at another speed: its waveforms can be compared as they are, which tells the place and the speed exactly. */
  #faster(wave: Float32Array, altered: WaveMatch): WaveMatch | undefined {
    const { start, drift: speed } = altered;
    let best: WaveMatch | undefined;
    for (const fine of FINE_SPEEDS) {
      const tried = speed + fine;
      const clip = new ClipWave(this.#speeds.at(wave, tried), this.#engine, this.#waveFft);
      // What is neither better than the other match nor tells its place is of no use, nor what is no better than the best.
      const least = ({ from, to }: LaidPart) => {
        const share = Math.sqrt((to - from) / clip.samples);
        return Math.max(Math.min(LEAST_EXACT, strength(altered) / share), best ? strength(best) / share : 0);
      };
      const match = this.#verifier.match(clip, start, 1, least);
      clip.release();
      if (match) {
        const { from, to, drift, reach = { from, to } } = match;
        const part = { from: from * tried, to: to * tried };
        const whole = { from: reach.from * tried, to: reach.to * tried };
        best = better(best, { ...match, ...part, reach: whole, drift: drift * tried });
      }
      if (best && isWhole(best)) return best;
    }
    return best;
  }

  #stretched(wave: Float32Array, anchor: number, position: number, distinctiveness: number): WaveMatch | undefined {
    const clip = new ClipWave(wave, this.#engine, this.#waveFft, STRETCHED_SEGMENT);
    const match = matchStretched(this.#verifier, clip, anchor, position, distinctiveness);
    clip.release();
    return match;
  }
}

/** There is nothing better to be found at another speed. */
export const isWhole = ({ score, coverage, from, to }: WaveMatch): boolean =>
  (score >= SURE && coverage >= MOSTLY) || (score >= CERTAIN && to - from >= LONG);

/** The one of which more is heard, or more surely. */
export function better(a: WaveMatch | undefined, b: WaveMatch | undefined): WaveMatch | undefined {
  return !a || (b && strength(b) > strength(a)) ? b : a;
}
