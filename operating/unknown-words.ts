import type { Catalogue, ClipEntry, EpisodeEntry, Finding } from '../domain/collection.ts';
import { isResearched, type Ledger } from '../domain/ledger.ts';
import { unheardOf } from '../domain/unknowns.ts';
import { spoken } from './spoken.ts';

/*
 * What could not be known, in words: apart from "not played", which people rely on.
 */

/** Why nothing can be said of a clip; undefined of one that is judged. */
export const whyNotJudged = ({ unknowns }: Pick<ClipEntry, 'unknowns'>): string | undefined => unknowns?.notJudged;

/** `12 s of 58 min (damaged)`; undefined where all was heard. */
export function notHeard({ unknowns, facts }: Pick<EpisodeEntry, 'unknowns' | 'facts'>): string | undefined {
  const unheard = unheardOf(unknowns, facts?.durationNs ?? 0);
  if (unheard === undefined) return undefined;
  const { lostNs, wholeNs, why } = unheard;
  const of = wholeNs === 0 ? '' : ` of ${spoken(wholeNs / 1e6)}`;
  return `${short(lostNs)}${of}${why.length === 0 ? '' : ` (${why.join(', ')})`}`;
}

/** A hole may be shorter than a second. */
const short = (ns: number): string => (ns < 9.95e9 ? `${Number((ns / 1e9).toFixed(1))} s` : spoken(ns / 1e6));

/** `Hum cannot be judged: …`, or that an episode was not heard in full; nothing of what is known. */
export function unknownSentence(entry: ClipEntry | EpisodeEntry, name: string): string[] {
  const why = whyNotJudged(entry);
  if (why !== undefined) return [`${name} cannot be judged: ${why}`];
  const lost = notHeard(entry);
  return lost === undefined ? [] : [`${name}, not heard: ${lost}`];
}

const notJudged = new WeakMap<Catalogue, readonly ClipEntry[]>();

/** The clips that cannot be judged, looked for once a catalogue. */
export function notJudgedClips(catalogue: Catalogue): readonly ClipEntry[] {
  const known = notJudged.get(catalogue) ?? catalogue.clips.filter((clip) => whyNotJudged(clip) !== undefined);
  notJudged.set(catalogue, known);
  return known;
}

/** Researched pairs of clips that cannot be judged: complete, and no answer. */
export function notJudgedPairs(ledger: Ledger, catalogue: Catalogue): number {
  return notJudgedClips(catalogue).filter((clip) => isResearched(ledger, clip)).length;
}

/** What is heard is told to about 0.1 s. */
const EXACTNESS_NS = 0.15e9;

/** Which part of a clip is heard at a place, in seconds of the clip; undefined of the whole, and where nobody said. */
export function partHeard(
  { heardFromNs, heardToNs }: Pick<Finding, 'heardFromNs' | 'heardToNs'>,
  index: number,
  clipNs: number,
): string | undefined {
  const [from, to] = [heardFromNs?.[index], heardToNs?.[index]];
  if (from === undefined || to === undefined) return undefined;
  const isWhole = from <= EXACTNESS_NS && (clipNs === 0 || to >= clipNs - EXACTNESS_NS);
  return isWhole ? undefined : `${(from / 1e9).toFixed(1)}–${(to / 1e9).toFixed(1)} s of it`;
}
