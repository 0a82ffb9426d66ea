import { type AudioFeatures, FRAME_RATE, WAVE_PER_FRAME, WAVE_RATE } from './audio-features.ts';
import type { Candidate } from './candidates.ts';
import { better, ChangedPlays, isWhole, STRONG_EVIDENCE } from './changed-plays.ts';
import { ClipPlaces, type Places } from './clip-places.ts';
import { type ClipSketch, type SketchedClip, sketchOf } from './clip-sketch.ts';
import { ClipWave, LAG_REACH, WAVE_BLOCK, waveOf } from './clip-wave.ts';
import { partsBeside } from './cut-pauses.ts';
import { LEAST_DISTINCTIVENESS, thresholdFor } from './distinctiveness.ts';
import { EpisodeIndex } from './episode-index.ts';
import { createFftEngine } from './fft.ts';
import type { FftEngine } from './fft-engine.ts';
import { glances } from './glances.ts';
import type { LaidPart } from './heard.ts';
import { CERTAIN, isHeard, isPart, leastOfHeard, type Play, playsOf, SURE, strength, thresholdOf } from './plays.ts';
import type { Trace } from './trace.ts';
import { type WaveMatch, WaveVerifier } from './verify.ts';

export type { Play, Trace };

export interface ClipPlays {
  /** In the order of time. */
  readonly plays: readonly Play[];
  /** Weaker places (likeness 0.28 up to the threshold), for people who look closer; not results. */
  readonly possible: readonly Play[];
  /** Effective degrees of freedom of the clip. */
  readonly distinctiveness: number;
  /** False: the clip is too plain (a tone, a click) for any match to prove something; `plays` is empty. */
  readonly distinctive: boolean;
  /** The likeness that counts as found where the whole clip is heard; of a part of it more. */
  readonly threshold: number;
  /** Why it was not looked for, where that is something else than that it is plain. */
  readonly notJudged?: string;
}

/** Of a clip that nobody can look for. */
export const unjudged = (notJudged: string): ClipPlays => ({
  ...{ plays: [], possible: [], distinctiveness: 0, distinctive: false, threshold: thresholdFor(0) },
  notJudged,
});

export interface FindOptions {
  /** Share done, 0..1, after every clip. */
  readonly progress?: (share: number) => void;
}

/** A first look at two segments or so must correlate this much in units of chance, or the place is dropped; a strong one less, for tonal music holds little. */
const [GLANCE_SIGMAS, STRONG_GLANCE_SIGMAS] = [4.8, 3];
/** After so many places in vain it must be more: nearly every play is among the first that are looked at. */
const [LATER, LATER_GLANCE_SIGMAS] = [3, 6];
/** Places in vain after which a clip is given up; candidates come in the order of their evidence. */
const [FAILED_PLACES, FAILED_PLACES_AN_HOUR] = [3, 2];
/** A clip of so few segments has less to be told by: more places are listened to, each of which costs less. */
const [SHORT_SEGMENTS, SHORT_PATIENCE] = [1, 2];
/** Such a place of strong evidence counts less: a knock resembles all the others of a clip before it meets itself. */
const STRONG_PLACE = 0.1;
/** Evidence of the bands from which on other speeds, tempos and pitches are tried at a few places; and at all that are strong. */
const LEAST_ALTERED_EVIDENCE = 7.5;
/** And likeness: of a long clip with much beneath it a fifth is much. */
const LEAST_ALTERED_LIKENESS = 0.18;
const [FEW_ALTERED, MOST_ALTERED] = [1, 6];
/** Altered plays that are looked at of those that overlap; the best one stays. */
const MOST_BESIDE = 2;
/** So much more must agree at another speed than at the clip's own, where places are exact. */
const CLEARLY_BETTER = 1.25;
/** Wave samples (0.1 s), and a share of what lies before: a candidate this near to a play is that play's. */
const TRACED_REACH = 400;
const MOST_CHANGE = 0.045;
/** Wave samples (50 ms): candidates this near to a sure match are that match. */
const SAME_PLACE = 200;
/** Clips that are scanned for at once: more pay no better. */
const TOGETHER = 128;

/** Finds every play of each clip in an episode; results in the order of the clips. Pure: same input, same output. */
export function findClips(
  episode: AudioFeatures,
  clips: readonly AudioFeatures[],
  { progress }: FindOptions = {},
): ClipPlays[] {
  const finder = new ClipFinder(episode);
  const found: ClipPlays[] = [];
  for (let from = 0; from < clips.length; from += TOGETHER) {
    for (const find of finder.scanned(clips.slice(from, from + TOGETHER).map((features) => ({ features })))) {
      found.push(find());
      progress?.(found.length / clips.length);
    }
  }
  return found;
}

/** Looks for clips in one episode; one a thread. The episode's FFTs are made once for all clips. */
export class ClipFinder {
  readonly #engine: FftEngine;
  readonly #index: EpisodeIndex;
  readonly #verifier: WaveVerifier;
  readonly #places: ClipPlaces;
  readonly #changed: ChangedPlays;
  readonly #hours: number;
  readonly #waveFft;

  constructor(episode: AudioFeatures, engine: FftEngine = createFftEngine()) {
    this.#engine = engine;
    this.#index = new EpisodeIndex(episode, engine);
    this.#places = new ClipPlaces(this.#index);
    this.#waveFft = engine.fft(WAVE_BLOCK);
    this.#hours = episode.frames / FRAME_RATE / 3_600;
    this.#verifier = new WaveVerifier(this.#index, this.#waveFft);
    this.#changed = new ChangedPlays(this.#index, this.#verifier, this.#waveFft);
  }

  /** Looks for where clips may be, all in one pass; each is listened to when it is called for. */
  scanned(clips: readonly SketchedClip[]): (() => ClipPlays)[] {
    const sketches = clips.map(({ features, sketch }) => sketch ?? sketchOf(features, waveOf(features), this.#engine));
    const told = sketches.map(({ distinctiveness }) => distinctiveness >= LEAST_DISTINCTIVENESS);
    const places = this.#places.of(
      clips.filter((_, i) => told[i]),
      sketches.filter((_, i) => told[i]),
    );
    let next = 0;
    return clips.map(({ features }, i) => {
      const found = told[i] ? places[next++] : undefined;
      return () => this.#find(features, sketches[i]!, found);
    });
  }

  /** One clip alone. */
  find(features: AudioFeatures): ClipPlays {
    return this.scanned([{ features }])[0]!();
  }

  /** @param found undefined: the clip is too plain to be looked for */
  #find(clip: AudioFeatures, sketch: ClipSketch, found: Places | undefined): ClipPlays {
    const { distinctiveness } = sketch;
    const threshold = thresholdFor(distinctiveness);
    if (!found) return { plays: [], possible: [], distinctiveness, distinctive: false, threshold };
    const wave = waveOf(clip);
    const clipWave = new ClipWave(wave, this.#engine, this.#waveFft);
    const matches: WaveMatch[] = [];
    const unmatched: Candidate[] = [];
    const patience = sketch.windows.length <= SHORT_SEGMENTS ? SHORT_PATIENCE : 1;
    const most = patience * (FAILED_PLACES + Math.ceil(FAILED_PLACES_AN_HOUR * this.#hours));
    const { candidates, narrow } = found;
    let failed = 0;
    for (const candidate of candidates) {
      const start = candidate.start * WAVE_PER_FRAME;
      if (matches.some((match) => match.score >= SURE && Math.abs(match.start - start) <= SAME_PLACE)) continue;
      const isStrong = candidate.evidence >= STRONG_EVIDENCE;
      const sigmas = failed < patience * LATER ? GLANCE_SIGMAS : LATER_GLANCE_SIGMAS;
      const match = this.#verify(clipWave, candidate, distinctiveness, isStrong ? STRONG_GLANCE_SIGMAS : sigmas);
      if (match) matches.push(match);
      if (!match || !isWhole(match)) unmatched.push(candidate);
      if (!match || match.score < threshold) failed += isStrong ? STRONG_PLACE : 1;
      if (failed >= most) break;
    }
    for (const candidate of narrow) {
      const start = candidate.start * WAVE_PER_FRAME;
      if (matches.some((match) => match.score >= SURE && Math.abs(match.start - start) <= SAME_PLACE)) continue;
      const match = this.#verify(clipWave, candidate, distinctiveness);
      if (match) matches.push(this.#bestBeside(clipWave, match, distinctiveness));
    }
    clipWave.release();
    matches.push(...partsBeside(this.#verifier, this.#engine, wave, matches));
    matches.push(...this.#altered(wave, unmatched, matches, distinctiveness, patience * FEW_ALTERED));
    return {
      ...playsOf(matches, wave, distinctiveness),
      distinctiveness,
      distinctive: true,
      threshold,
    };
  }

  /**
   * How far a play at a known place comes, for whoever asks why it is not found.
   *
   * @param offset seconds from the beginning of the episode to that of the clip
   */
  trace(clip: AudioFeatures, offset: number): Trace {
    const wave = waveOf(clip);
    const sketch = sketchOf(clip, wave, this.#engine);
    const { distinctiveness } = sketch;
    const start = offset * WAVE_RATE;
    const near = ({ start: frame, from }: Candidate) =>
      Math.abs(frame * WAVE_PER_FRAME - start) <= TRACED_REACH + MOST_CHANGE * from * WAVE_PER_FRAME;
    const { candidates, narrow } = this.#places.of([{ features: clip }], [sketch])[0]!;
    const rank = candidates.findIndex(near);
    const clipWave = new ClipWave(wave, this.#engine, this.#waveFft);
    const same = this.#verifier.match(clipWave, start);
    clipWave.release();
    const anchor = (candidates[rank]?.from ?? 0) * WAVE_PER_FRAME;
    const altered = this.#changed.match(wave, anchor, start + anchor, distinctiveness);
    const [one, other] = [same, altered].map((match) => match && isHeard(match, wave, distinctiveness) && match);
    const best = better(one || undefined, other || undefined) ?? better(same, altered);
    return {
      distinctiveness,
      threshold: best ? thresholdOf(best, wave, distinctiveness) : thresholdFor(distinctiveness),
      ...(rank >= 0 && { rank, evidence: candidates[rank]!.evidence }),
      ...(narrow.some(near) && { narrow: true }),
      wave: same?.score ?? 0,
      altered: altered?.score ?? 0,
      heard: best !== undefined && isHeard(best, wave, distinctiveness),
      beside: best ? (best.start - start) / WAVE_RATE : 0,
    };
  }

  /** 1 if some part correlates at least so much, −1 if upside down, 0 if none does. */
  #looksAlike(clip: ClipWave, start: number, first: number, last: number, least: number): 1 | -1 | 0 {
    for (const [from, to] of glances(first, last)) {
      const likeness = this.#verifier.glance(clip, start, from, to);
      if (Math.abs(likeness) >= least) return likeness > 0 ? 1 : -1;
    }
    return 0;
  }

  /** Places where the bands are alike and the waveforms are not: perhaps played at another speed, tempo or pitch. */
  #altered(
    wave: Float32Array,
    unmatched: readonly Candidate[],
    matches: readonly WaveMatch[],
    distinctiveness: number,
    few: number,
  ): WaveMatch[] {
    const found: WaveMatch[] = [];
    let failed = 0;
    for (const candidate of unmatched) {
      if (candidate.evidence < (failed < few ? LEAST_ALTERED_EVIDENCE : STRONG_EVIDENCE)) break;
      if (failed === MOST_ALTERED) break;
      if (candidate.likeness < LEAST_ALTERED_LIKENESS) continue;
      const start = candidate.start * WAVE_PER_FRAME;
      const isBeside = (match: WaveMatch) => isWhole(match) && Math.abs(match.start - start) < wave.length / 2;
      // Music repeats itself: what was found first may be the next bar.
      if (matches.some(isBeside) || found.filter(isBeside).length >= MOST_BESIDE) continue;
      const best = this.#changed.matchOf(wave, candidate, distinctiveness);
      const isNear = (match: WaveMatch) => match.score >= SURE && Math.abs(match.start - start) <= SAME_PLACE;
      const had = matches.filter((match) => isNear(match) && isHeard(match, wave, distinctiveness));
      const worth = Math.max(0, ...had.map(strength)) * CLEARLY_BETTER;
      if (best && isPart(best, distinctiveness / wave.length) && strength(best) > worth) found.push(best);
      if (!best || best.score < SURE || strength(best) <= worth) failed++;
    }
    return found;
  }

  /** Of sounds that hardly change the waveforms agree some periods away as well: the best place near a match. */
  #bestBeside(clip: ClipWave, match: WaveMatch, distinctiveness: number): WaveMatch {
    let best = match;
    for (const side of match.score < CERTAIN ? [-1, 1] : []) {
      const beside = this.#verifier.match(clip, match.start + side * 2 * LAG_REACH);
      if (beside && isPart(beside, distinctiveness / clip.samples)) best = better(best, beside)!;
    }
    return best;
  }

  #verify(
    clip: ClipWave,
    candidate: Candidate,
    distinctiveness: number,
    sigmas: number = GLANCE_SIGMAS,
  ): WaveMatch | undefined {
    const start = candidate.start * WAVE_PER_FRAME;
    const { segmentSamples, count } = clip;
    const first = Math.min(count - 1, Math.floor((candidate.from * WAVE_PER_FRAME) / segmentSamples));
    const last = Math.min(
      count,
      Math.max(first + 1, Math.ceil(((candidate.from + candidate.length) * WAVE_PER_FRAME) / segmentSamples)),
    );
    const freedom = (distinctiveness * Math.min(2, last - first)) / count;
    const sign = this.#looksAlike(clip, start, first, last, sigmas / Math.sqrt(Math.max(1, freedom)));
    if (sign === 0) return undefined;
    const perSample = distinctiveness / clip.samples;
    const least = (heard: LaidPart) => leastOfHeard(heard, clip.wave, perSample);
    const match = this.#verifier.match(clip, start, sign, least);
    return match && isPart(match, perSample) ? match : undefined;
  }
}
