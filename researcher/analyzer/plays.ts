import { WAVE_RATE } from './audio-features.ts';
import { certaintyOf } from './certainty.ts';
import { energyOf } from './clip-energy.ts';
import { thresholdFor } from './distinctiveness.ts';
import type { WaveMatch } from './verify.ts';

/** One place where a clip is played. */
export interface Play {
  /** Nanoseconds from the beginning of the episode to the beginning of the clip (or of what is left of it). */
  readonly offsetNs: number;
  /** How probable it is that the clip is played there, 0..1. */
  readonly score: number;
  /** How much the sounds agree over the part that is heard, 0..1: 1 is the same recording, 0 is chance. */
  readonly likeness: number;
  /** Share of the clip that is heard. */
  readonly coverage: number;
  /** Which part of the clip that is: nanoseconds from the beginning of the clip. Of a part cut in pieces, from first to last. */
  readonly heardFromNs: number;
  readonly heardToNs: number;
  /** Where its later parts would have the clip begin, if pauses of it were cut out: nanoseconds, the earliest part's first. */
  readonly laterOffsetsNs?: readonly number[];
  /** How fast it is played compared with the clip: 1.01 is one per cent faster. */
  readonly speed: number;
}

/** A weaker match is none, not even a possible one. */
const LEAST_SCORE = 0.28;
/** A score of which nothing else needs to be known. */
export const SURE = 0.5;
/** Heard to this share a clip is not looked for at another speed. */
export const MOSTLY = 0.7;
/** Share of a clip that is enough. */
const LEAST_COVERAGE = 0.45;
/** Somewhat less is, with a score that leaves no doubt. */
const CERTAIN_COVERAGE = 0.36;
export const CERTAIN = 0.7;
/** Of half a clip the last sound is often too faint to be heard for certain. */
const [NEARLY_CERTAIN, HALF_OF_ENOUGH] = [0.65, 0.33];
/** Wave samples (2.5 s) that are enough of a clip, however long it is, if they are surely heard. */
const SURELY_HEARD = 2.5 * WAVE_RATE;
/** Share of a clip's sound (energy) that is enough of it, however short it is. */
const MOST_SOUND = 0.6;
/** Of a part by itself: fewer standard deviations of a chance correlation say nothing. */
const LEAST_SIGMAS = 5;
/** Plays of one clip that overlap by more than this share are one. */
const MOST_OVERLAP = 0.2;
/** Parts of one play may be nearer to each other than in the clip by so much (3 s): pauses that were cut out. */
export const MOST_CUT = 3 * WAVE_RATE;
/** Shorter parts (0.15 s) are no part of a play. */
export const LEAST_JOINED = 0.15 * WAVE_RATE;
/** The pause that was cut is quiet: so much of the clip may seem to be in both of its parts. */
const EDGE = 0.35 * WAVE_RATE;

/**
 * The plays that the matches of one clip amount to, in the order of time: of those that overlap the best; parts of the clip
 * that follow each other, with less between them than in the clip, are one play at the place of its earliest part. `possible`
 * are those that agree less than what is heard of the clip asks for.
 *
 * @param wave of the clip
 * @param freedom the clip's distinctiveness
 */
export function playsOf(
  matches: readonly WaveMatch[],
  wave: Float32Array,
  freedom: number,
): { readonly plays: Play[]; readonly possible: Play[] } {
  const heard = (match: WaveMatch) => isHeard(match, wave, freedom);
  const best = joined(withoutOverlaps(matches), wave.length).filter(heard);
  // What is too little by itself may have stood in the way: of a stretched sound a knock is as it was.
  const others = matches.filter((match) => heard(match) && best.every((play) => overlap(match, play) <= MOST_OVERLAP));
  const all = [...best, ...joined(withoutOverlaps(others), wave.length)].sort((a, b) => begin(a) - begin(b));
  const plays: Play[] = [];
  const possible: Play[] = [];
  for (const match of all) {
    const threshold = thresholdOf(match, wave, freedom);
    (match.score >= threshold ? plays : possible).push(playOf(match, wave.length, threshold));
  }
  return { plays, possible };
}

/** The score from which on a match counts as found, by what is heard of the clip. */
export function thresholdOf(match: WaveMatch, wave: Float32Array, freedom: number): number {
  return thresholdFor(worthOf(match, wave) * freedom);
}

/**
 * Enough of a clip is heard to be one of its plays, sure or possible: a share of it; or, of a long one, so many seconds; or
 * the short stretch in which most of its sound is, as of a shot and its echo; or less than a share that leaves no doubt, if
 * the rest of the share is probably there. What is heard must be no chance by itself.
 */
export function isHeard(match: WaveMatch, wave: Float32Array, freedom: number): boolean {
  const { score, coverage, from, to, reach = { from, to } } = match;
  if (score < LEAST_SCORE) return false;
  if (coverage >= LEAST_COVERAGE) return true;
  if (score < SURE) return false;
  if (score < thresholdOf(match, wave, freedom)) return false;
  const heard = coverage * wave.length;
  if (heard >= SURELY_HEARD) return true;
  const likely = (reach.to - reach.from) / wave.length;
  if (score >= NEARLY_CERTAIN && coverage >= HALF_OF_ENOUGH && likely >= LEAST_COVERAGE) return true;
  // A vowel of the talk may be much like one of a clip.
  return score >= CERTAIN && (shareOf(match, wave) >= MOST_SOUND || coverage >= CERTAIN_COVERAGE);
}

/** Share of the clip's sound (energy) that is heard. */
const shareOf = ({ from, to }: WaveMatch, wave: Float32Array): number =>
  Math.min(1, energyOf(wave, from, to) / (energyOf(wave) + 1));

/** Share of the clip's independent values that is heard: that of its sound; some seconds have their own, however quiet they are. */
function worthOf(match: WaveMatch, wave: Float32Array): number {
  const length = match.to - match.from;
  return length < SURELY_HEARD ? shareOf(match, wave) : Math.max(shareOf(match, wave), length / wave.length);
}

/** Of a clip, in its samples. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** Enough to be looked at further: it may be joined with other parts. */
export function isPart(match: WaveMatch, perSample: number): boolean {
  return match.score >= leastOfPart(match, perSample);
}

/** The score from which on a part of a clip says something, by how many independent values it is worth. */
function leastOfPart({ from, to }: Part, perSample: number): number {
  return Math.max(LEAST_SCORE, LEAST_SIGMAS / Math.sqrt(Math.max(1, (to - from) * perSample)));
}

/**
 * The same where that is all that is heard of a clip: what it needs to count by itself, or to be joined with other parts.
 * From 1 on it can do neither, whatever its score.
 */
export function leastOfHeard({ from, to }: Part, wave: Float32Array, perSample: number): number {
  const length = to - from;
  const least = leastOfPart({ from, to }, perSample);
  if (length >= LEAST_COVERAGE * wave.length) return least;
  if (length < LEAST_JOINED && energyOf(wave, from, to) < MOST_SOUND * energyOf(wave)) return 1;
  if (length >= SURELY_HEARD) return Math.max(SURE, least);
  return Math.max(length >= HALF_OF_ENOUGH * wave.length ? NEARLY_CERTAIN : CERTAIN, least);
}

/** What the better one of two matches has more of. */
export const strength = ({ score, coverage }: WaveMatch): number => score * Math.sqrt(coverage);

/** Best first; whatever overlaps a better one is dropped. In the order of time. */
function withoutOverlaps(matches: readonly WaveMatch[]): WaveMatch[] {
  const kept: WaveMatch[] = [];
  for (const match of [...matches].sort((a, b) => strength(b) - strength(a) || a.start - b.start)) {
    if (!kept.some((other) => overlap(match, other) > MOST_OVERLAP)) kept.push(match);
  }
  return kept.sort((a, b) => begin(a) - begin(b));
}

/** Where in the episode the heard part begins and ends. */
const begin = ({ start, from, drift }: WaveMatch): number => start + from / drift;
const end = ({ start, to, drift }: WaveMatch): number => start + to / drift;

function overlap(a: WaveMatch, b: WaveMatch): number {
  return (Math.min(end(a), end(b)) - Math.max(begin(a), begin(b))) / Math.min(end(a) - begin(a), end(b) - begin(b));
}

/** A match, and where its later parts would have the clip begin. */
interface Joined extends WaveMatch {
  readonly later: readonly number[];
}

function joined(matches: readonly WaveMatch[], samples: number): Joined[] {
  const plays: { whole: Joined; last: WaveMatch }[] = [];
  for (const match of matches) {
    const before = plays.at(-1);
    if (!before || !follows(match, before.last)) {
      plays.push({ whole: { ...match, later: [] }, last: match });
      continue;
    }
    const { whole } = before;
    const coverage = Math.min(1, whole.coverage + (match.to - Math.max(match.from, whole.to)) / samples);
    const later = [...whole.later, match.start];
    const score = Math.max(whole.score, match.score);
    const reach = { from: whole.reach?.from ?? whole.from, to: match.reach?.to ?? match.to };
    plays[plays.length - 1] = { whole: { ...whole, score, coverage, to: match.to, reach, later }, last: match };
  }
  return plays.map(({ whole }) => whole);
}

/** A later part of the clip, which comes sooner than in the clip; both leave no doubt, for few clips are cut like that. */
function follows(match: WaveMatch, before: WaveMatch): boolean {
  const cut = before.start - match.start;
  const certain = Math.min(match.score, before.score) >= CERTAIN;
  return certain && match.from >= before.to - EDGE && cut > 0 && cut <= MOST_CUT;
}

function playOf(joined: Joined, samples: number, threshold: number): Play {
  const { start, score, from, to, drift, later, reach = { from, to } } = joined;
  const cut = later.length > 0 ? start - later.at(-1)! : 0;
  const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;
  const ns = (sample: number) => Math.max(0, Math.round((sample / WAVE_RATE) * 1e9));
  return {
    offsetNs: ns(start),
    score: round(certaintyOf(Math.min(1, score), threshold), 7),
    likeness: round(Math.min(1, score), 4),
    coverage: round(Math.min(1, (reach.to - reach.from - cut) / samples), 3),
    heardFromNs: ns(reach.from),
    heardToNs: ns(Math.min(reach.to, samples)),
    ...(later.length > 0 && { laterOffsetsNs: later.map(ns) }),
    speed: round(drift, 6),
  };
}
