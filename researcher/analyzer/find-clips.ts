import { type AudioFeatures, WAVE_PER_FRAME, WAVE_RATE } from './audio-features.ts';
import { type Candidate, findCandidates } from './candidates.ts';
import { ClipWave, WAVE_BLOCK, waveOf } from './clip-wave.ts';
import { distinctivenessOf, LEAST_DISTINCTIVENESS, thresholdFor } from './distinctiveness.ts';
import { EpisodeIndex } from './episode-index.ts';
import { createFftEngine } from './fft.ts';
import type { FftEngine } from './fft-engine.ts';
import { atSpeed, SpeedSearch } from './speed.ts';
import { matchStretched, STRETCHED_SEGMENT } from './stretched.ts';
import { LEAST_COVERAGE, type WaveMatch, WaveVerifier } from './verify.ts';

/** One place where a clip is played. */
export interface Play {
  /** Nanoseconds from the beginning of the episode to the beginning of the clip (or of what is left of it). */
  readonly offsetNs: number;
  /** 0..1: 0.4–0.5 likely, from 0.5 on sure. */
  readonly score: number;
  /** Share of the clip that is heard, 0.45..1. */
  readonly coverage: number;
  /** How fast it is played compared with the clip: 1.01 is one per cent faster. */
  readonly speed: number;
}

export interface ClipPlays {
  /** In the order of time. */
  readonly plays: readonly Play[];
  /** Weaker places (score 0.28 up to the threshold), for people who look closer; not results. */
  readonly possible: readonly Play[];
  /** Effective degrees of freedom of the clip. */
  readonly distinctiveness: number;
  /** False: the clip is too plain (a tone, a click) for any match to prove something; `plays` is empty. */
  readonly distinctive: boolean;
  /** The score that counts as found. */
  readonly threshold: number;
}

export interface FindOptions {
  /** Share done, 0..1, after every clip. */
  readonly progress?: (share: number) => void;
}

const LEAST_SCORE = 0.28;
/** A first look at two segments or so must correlate this much in units of chance, or the place is dropped. */
const GLANCE_SIGMAS = 4.3;
const MOST_CANDIDATES = 128;
/** Candidates of one clip that are looked at for other speeds, the strongest first. */
const MOST_SPEED_CANDIDATES = 6;
/** Likeness of the bands times the root of its frames from which on that is worth the time. */
const LEAST_SPEED_EVIDENCE = 5.2;
const STRONG_LIKENESS = 0.7;
const LEAST_SPEED_LIKENESS = 0.2;
const SPEED_SIGMAS = 6;
/** Wave samples that a guess of the speed rests on, and what is tried around it. */
const SPEED_SAMPLES = 3_000;
const FINE_SPEEDS = [0, -0.0004, 0.0004];
/** The first guess matches at least so much, or none beside it does. */
const LEAST_GUESS_SCORE = 0.15;
const SURE = 0.5;
/** Wave samples (50 ms): candidates this near to a sure match are that match. */
const SAME_PLACE = 200;
/** Plays of one clip that overlap by more than this share are one. */
const MOST_OVERLAP = 0.2;

/** Finds every play of each clip in an episode; results in the order of the clips. Pure: same input, same output. */
export function findClips(
  episode: AudioFeatures,
  clips: readonly AudioFeatures[],
  { progress }: FindOptions = {},
): ClipPlays[] {
  const finder = new ClipFinder(episode);
  return clips.map((clip, i) => {
    const plays = finder.find(clip);
    progress?.((i + 1) / clips.length);
    return plays;
  });
}

/** Looks for clips in one episode; one a thread. The episode's FFTs are made once for all clips. */
export class ClipFinder {
  readonly #engine: FftEngine;
  readonly #index: EpisodeIndex;
  readonly #verifier: WaveVerifier;
  readonly #speeds: SpeedSearch;
  readonly #waveFft;

  constructor(episode: AudioFeatures, engine: FftEngine = createFftEngine()) {
    this.#engine = engine;
    this.#index = new EpisodeIndex(episode, engine);
    this.#waveFft = engine.fft(WAVE_BLOCK);
    this.#speeds = new SpeedSearch(this.#index.reader, engine);
    this.#verifier = new WaveVerifier(this.#index, this.#waveFft);
  }

  find(clip: AudioFeatures): ClipPlays {
    const wave = waveOf(clip);
    const distinctiveness = Math.round(distinctivenessOf(wave, this.#engine));
    const threshold = thresholdFor(distinctiveness);
    const distinctive = distinctiveness >= LEAST_DISTINCTIVENESS;
    if (!distinctive) return { plays: [], possible: [], distinctiveness, distinctive, threshold };

    const clipWave = new ClipWave(wave, this.#engine, this.#waveFft);
    const matches: WaveMatch[] = [];
    const unmatched: Candidate[] = [];
    for (const candidate of findCandidates(this.#index, clip).slice(0, MOST_CANDIDATES)) {
      const start = candidate.start * WAVE_PER_FRAME;
      if (matches.some((match) => match.score >= SURE && Math.abs(match.start - start) <= SAME_PLACE)) continue;
      const match = this.#verify(clipWave, candidate, distinctiveness);
      if (match) matches.push(match);
      if (!match || match.score < threshold) unmatched.push(candidate);
    }
    clipWave.release();
    matches.push(...this.#otherSpeeds(wave, unmatched, matches, distinctiveness));
    const plays = withoutOverlaps(matches).map((match) => playOf(match));
    return {
      plays: plays.filter(({ score }) => score >= threshold),
      possible: plays.filter(({ score }) => score < threshold),
      distinctiveness,
      distinctive,
      threshold,
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

  /** Places where the bands are alike and the waveforms are not: perhaps played at another speed. */
  #otherSpeeds(
    wave: Float32Array,
    unmatched: readonly Candidate[],
    matches: readonly WaveMatch[],
    distinctiveness: number,
  ): WaveMatch[] {
    const found: WaveMatch[] = [];
    let looked = 0;
    for (const candidate of unmatched) {
      if (looked === MOST_SPEED_CANDIDATES) break;
      const start = candidate.start * WAVE_PER_FRAME;
      if (
        [...matches, ...found].some((match) => match.score >= SURE && Math.abs(match.start - start) < wave.length / 2)
      )
        continue;
      const evidence = candidate.likeness * Math.sqrt(candidate.length);
      if (evidence < LEAST_SPEED_EVIDENCE && candidate.likeness < STRONG_LIKENESS) continue;
      looked++;
      const anchor = candidate.from * WAVE_PER_FRAME;
      const position = start + anchor;
      const faster = this.#faster(wave, anchor, position, distinctiveness);
      const best =
        faster && faster.score >= SURE
          ? faster
          : better(faster, this.#stretched(wave, anchor, position, distinctiveness));
      if (best && best.score >= LEAST_SCORE && best.coverage >= LEAST_COVERAGE) found.push(best);
    }
    return found;
  }

  #faster(wave: Float32Array, anchor: number, position: number, distinctiveness: number): WaveMatch | undefined {
    const guess = this.#speeds.guess(wave, anchor, position);
    const freedom = distinctiveness * Math.min(1, SPEED_SAMPLES / wave.length);
    if (!guess || guess.likeness < Math.max(LEAST_SPEED_LIKENESS, SPEED_SIGMAS / Math.sqrt(freedom))) return undefined;
    let best: WaveMatch | undefined;
    for (const fine of FINE_SPEEDS) {
      const speed = guess.speed + fine;
      const clip = new ClipWave(atSpeed(wave, speed), this.#engine, this.#waveFft);
      const match = this.#verifier.match(clip, guess.position - guess.anchor / speed);
      clip.release();
      if (match) best = better(best, { ...match, drift: match.drift * speed });
      if (!best || best.score < LEAST_GUESS_SCORE) return best;
    }
    return best;
  }

  #stretched(wave: Float32Array, anchor: number, position: number, distinctiveness: number): WaveMatch | undefined {
    const clip = new ClipWave(wave, this.#engine, this.#waveFft, STRETCHED_SEGMENT);
    const match = matchStretched(this.#verifier, clip, anchor, position, distinctiveness);
    clip.release();
    return match;
  }

  #verify(clip: ClipWave, candidate: Candidate, distinctiveness: number): WaveMatch | undefined {
    const start = candidate.start * WAVE_PER_FRAME;
    const { segmentSamples, segments } = clip;
    const first = Math.min(segments.length - 1, Math.floor((candidate.from * WAVE_PER_FRAME) / segmentSamples));
    const last = Math.min(
      segments.length,
      Math.max(first + 1, Math.ceil(((candidate.from + candidate.length) * WAVE_PER_FRAME) / segmentSamples)),
    );
    const freedom = (distinctiveness * Math.min(2, last - first)) / segments.length;
    const sign = this.#looksAlike(clip, start, first, last, GLANCE_SIGMAS / Math.sqrt(Math.max(1, freedom)));
    if (sign === 0) return undefined;
    const match = this.#verifier.match(clip, start, sign);
    return match && match.score >= LEAST_SCORE && match.coverage >= LEAST_COVERAGE ? match : undefined;
  }
}

function better(a: WaveMatch | undefined, b: WaveMatch | undefined): WaveMatch | undefined {
  return !a || (b && b.score > a.score) ? b : a;
}

/** Where two segments are looked at: of a long part its beginning, middle and end, for any of them may be cut off. */
function glances(first: number, last: number): (readonly [number, number])[] {
  if (last - first <= 3) return [[first, Math.min(last, first + 2)]];
  const middle = Math.floor((first + last) / 2);
  return [
    [middle - 1, middle + 1],
    [first, first + 2],
    [last - 2, last],
  ];
}

/** Best first; whatever overlaps a better one is dropped. In the order of time. */
function withoutOverlaps(matches: readonly WaveMatch[]): WaveMatch[] {
  const strength = ({ score, coverage }: WaveMatch) => score * Math.sqrt(coverage);
  const kept: WaveMatch[] = [];
  for (const match of [...matches].sort((a, b) => strength(b) - strength(a) || a.start - b.start)) {
    if (!kept.some((other) => overlap(match, other) > MOST_OVERLAP)) kept.push(match);
  }
  return kept.sort((a, b) => a.start - b.start);
}

function overlap(a: WaveMatch, b: WaveMatch): number {
  const from = Math.max(a.start + a.from, b.start + b.from);
  const to = Math.min(a.start + a.to, b.start + b.to);
  return (to - from) / Math.min(a.to - a.from, b.to - b.from);
}

function playOf({ start, score, coverage, drift }: WaveMatch): Play {
  const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;
  return {
    offsetNs: Math.max(0, Math.round((start / WAVE_RATE) * 1e9)),
    score: round(score, 4),
    coverage: round(coverage, 3),
    speed: round(drift, 6),
  };
}
