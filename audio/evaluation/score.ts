import type { Truth } from '../test-set/truth.ts';
import { isPromised } from './range.ts';

/** Something the analyzer found: which clip, where its first sample lies in the episode (seconds), how sure it is. */
export interface Detection {
  readonly clip: string;
  readonly offset: number;
  readonly score: number;
  /** How much the sounds agree there, 0 … 1: what a threshold is compared with. */
  readonly likeness?: number;
  /** Of a play whose pauses were cut out: where its later parts would have the clip begin. */
  readonly laterOffsets?: readonly number[];
  /** Share of the clip that is heard, how fast it runs, and how many independent values the clip is worth. */
  readonly coverage?: number;
  readonly speed?: number;
  readonly distinctiveness?: number;
}

/** A place that is like the clip, but less than its threshold asks. */
export interface FaintDetection extends Detection {
  readonly threshold: number;
}

/** Which clip that plays at a place has the audio that was found there, and how sure that is. */
export interface SharedSound {
  readonly with: string;
  /** Score of one clip in the other, their files compared; absent if truth.json says it. */
  readonly likeness?: number;
}

/** Names a detection. */
export const placeOf = ({ clip, offset }: Detection): string => `${clip} ${offset}`;

/** A detection this near to a play is a hit. */
export const TOLERANCE_SECONDS = 0.05;

/**
 * A detection farther off than the tolerance, but this near to a play that is not found otherwise, is displaced:
 * a periodic sound matches itself a few periods away. It is reported apart, and is neither a hit nor forgiven.
 */
export const DISPLACEMENT_SECONDS = 1;

export interface OffsetErrors {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** `recall` = hits / plays; 1 where there is nothing to divide by. */
export interface Tally {
  readonly plays: number;
  readonly hits: number;
  readonly displaced: number;
  readonly recall: number;
  readonly offsetErrors?: OffsetErrors;
}

export interface Score extends Tally {
  readonly detections: number;
  readonly falseAlarms: number;
  /** hits / (hits + false alarms), the same sound counted as neither; and hits / detections. 1 where nothing was found. */
  readonly precision: number;
  readonly strictPrecision: number;
  /** The classes that the page promises, without clips that cannot be judged. */
  readonly promised: Tally;
  /** Plays found at all, displaced ones included, as a share. */
  readonly found: number;
  readonly byClass: Readonly<Record<string, Tally>>;
  readonly byKind: Readonly<Record<string, Tally>>;
  /** Plays that were not hit and detections that hit nothing, for a person to look at. */
  readonly missed: Truth['plays'];
  readonly false: readonly (Detection & { readonly displaced: boolean; readonly variantOf?: string })[];
  /** Detections where another clip plays that has the same audio: no play of theirs, and not false either. */
  readonly sameSound: readonly (Detection & SharedSound)[];
  /** Of hits that tell how much of the clip is heard, in sets that say how long clips and plays are: true to 5 % of the clip. */
  readonly coverage: { readonly told: number; readonly true: number };
  /** Scores of what was listed, above and below the threshold: of plays, and of places where the clip does not play. */
  readonly scores: { readonly right: readonly number[]; readonly wrong: readonly number[] };
  /**
   * Below the threshold, nearest to it first: plays that a lower one would find, and places where
   * the clip does not play, which it would take for plays.
   */
  readonly faint: {
    readonly plays: readonly FaintDetection[];
    readonly chance: readonly (FaintDetection & { readonly variantOf?: string })[];
  };
}

const NONE: ReadonlySet<number> = new Set();

interface Pairing {
  readonly play: number;
  readonly detection: number;
  readonly error: number;
}

/** What is known besides the truth and the detections. */
export interface Besides {
  /** What the analyzer lists as possible only; counts for nothing but `Score.faint` and `Score.scores`. */
  readonly faint?: readonly FaintDetection[];
  /** Detections, faint ones too, that are the sound of another clip that plays there: by `placeOf`. */
  readonly shared?: ReadonlyMap<string, SharedSound>;
  /** Clips that the analyzer says it cannot judge. */
  readonly notDistinctive?: readonly string[];
  /** How long clips are. */
  readonly seconds?: ReadonlyMap<string, number>;
}

/**
 * Compares detections with the truth. Each play is matched with one detection of its clip at most and the other way
 * round, nearest first: a second detection of one play is a false alarm.
 */
export function scored(
  truth: Truth,
  detections: readonly Detection[],
  { faint = [], shared = new Map(), notDistinctive = [], seconds = new Map() }: Besides = {},
): Score {
  const hits = pairings(truth, detections, TOLERANCE_SECONDS, NONE, NONE);
  const hitPlays = new Map(hits.map((hit) => [hit.play, hit.error]));
  const used = new Set(hits.map((hit) => hit.detection));
  const off = pairings(truth, detections, DISPLACEMENT_SECONDS, new Set(hitPlays.keys()), used);
  const displaced = new Set(off.map((pair) => pair.play));
  const displacedDetections = new Set(off.map((pair) => pair.detection));
  const kinds = new Map(truth.clips.map((clip) => [clip.id, clip]));
  const tally = (select: (play: Truth['plays'][number]) => boolean): Tally => {
    const chosen = [...truth.plays.entries()].filter(([, play]) => select(play)).map(([i]) => i);
    const errors = chosen.flatMap((i) => (hitPlays.has(i) ? [Math.abs(hitPlays.get(i) ?? 0)] : []));
    return {
      plays: chosen.length,
      hits: errors.length,
      displaced: chosen.filter((i) => displaced.has(i)).length,
      recall: share(errors.length, chosen.length),
      ...(errors.length === 0 ? {} : { offsetErrors: offsetErrors(errors) }),
    };
  };
  const group = (names: readonly string[], of: (play: Truth['plays'][number]) => string | undefined) =>
    Object.fromEntries([...new Set(names)].map((name) => [name, tally((play) => of(play) === name)]));
  const all = tally(() => true);
  const variant = (clip: string) => {
    const variantOf = kinds.get(clip)?.variantOf;
    return variantOf === undefined ? {} : { variantOf };
  };
  const nearness = ({ score, likeness = score, threshold }: FaintDetection) => likeness / threshold;
  const byNearness = [...faint].sort((a, b) => nearness(b) - nearness(a));
  const faintPlays = new Set(pairings(truth, byNearness, TOLERANCE_SECONDS, NONE, NONE).map((pair) => pair.detection));
  const same = detections.flatMap((detection, i) => {
    const sound = used.has(i) || displacedDetections.has(i) ? undefined : shared.get(placeOf(detection));
    return sound ? [{ ...detection, ...sound }] : [];
  });
  const wrong = detections.filter(
    (detection, i) => !used.has(i) && (displacedDetections.has(i) || !shared.has(placeOf(detection))),
  );
  const chance = byNearness.filter((place, i) => !faintPlays.has(i) && !shared.has(placeOf(place)));
  const right = [...detections.filter((_, i) => used.has(i)), ...byNearness.filter((_, i) => faintPlays.has(i))];
  return {
    ...all,
    detections: detections.length,
    falseAlarms: wrong.length,
    precision: share(hits.length, hits.length + wrong.length),
    strictPrecision: share(hits.length, detections.length),
    promised: tally((play) => isPromised(play.class) && !notDistinctive.includes(play.clip)),
    found: all.plays === 0 ? 1 : (all.hits + all.displaced) / all.plays,
    byClass: group(
      truth.plays.map((play) => play.class),
      (play) => play.class,
    ),
    byKind: group(
      truth.plays.map((play) => kinds.get(play.clip)?.kind ?? ''),
      (play) => kinds.get(play.clip)?.kind,
    ),
    missed: truth.plays.filter((_, i) => !hitPlays.has(i)),
    false: wrong.map((detection) => ({
      ...detection,
      displaced: displacedDetections.has(detections.indexOf(detection)),
      ...variant(detection.clip),
    })),
    sameSound: same,
    coverage: coverageOf(
      hits.map((hit) => [truth.plays[hit.play]!, detections[hit.detection]!] as const),
      seconds,
    ),
    scores: { right: right.map(({ score }) => score), wrong: [...wrong, ...chance].map(({ score }) => score) },
    faint: {
      plays: byNearness.filter((_, i) => faintPlays.has(i)),
      chance: chance.map((place) => ({ ...place, ...variant(place.clip) })),
    },
  };
}

const COVERAGE_TOLERANCE = 0.05;

function coverageOf(
  hits: readonly (readonly [Truth['plays'][number], Detection])[],
  clipSeconds: ReadonlyMap<string, number>,
): Score['coverage'] {
  const errors = hits.flatMap(([{ clip, seconds }, { coverage, speed = 1 }]) => {
    const length = clipSeconds.get(clip);
    if (seconds === undefined || coverage === undefined || length === undefined) return [];
    return [coverage - Math.min(1, (seconds * speed) / length)];
  });
  return { told: errors.length, true: errors.filter((error) => Math.abs(error) <= COVERAGE_TOLERANCE).length };
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

/** How far from a place the clip is laid, by the part of it that is nearest: which part a truth goes by is its own matter. */
function nearest({ offset, laterOffsets = [] }: Detection, place: number): number {
  const errors = [offset, ...laterOffsets].map((at) => at - place);
  return errors.reduce((least, error) => (Math.abs(error) < Math.abs(least) ? error : least));
}

/** One-to-one pairs of a play and a detection of its clip within the tolerance, nearest first. */
function pairings(
  truth: Truth,
  detections: readonly Detection[],
  tolerance: number,
  takenPlays: ReadonlySet<number>,
  takenDetections: ReadonlySet<number>,
): Pairing[] {
  const playsOf = Map.groupBy(truth.plays.keys(), (i) => truth.plays[i]?.clip ?? '');
  const near: Pairing[] = [];
  for (const [i, detection] of detections.entries()) {
    if (takenDetections.has(i)) continue;
    for (const play of playsOf.get(detection.clip) ?? []) {
      const error = nearest(detection, truth.plays[play]?.offset ?? Number.NaN);
      // A nanosecond's grace: the bound itself counts, whatever a subtraction of seconds rounds to.
      if (!takenPlays.has(play) && Math.abs(error) <= tolerance + 1e-9) near.push({ play, detection: i, error });
    }
  }
  near.sort((a, b) => Math.abs(a.error) - Math.abs(b.error) || a.play - b.play || a.detection - b.detection);
  const [plays, used] = [new Set<number>(), new Set<number>()];
  return near.filter((pair) => {
    if (plays.has(pair.play) || used.has(pair.detection)) return false;
    plays.add(pair.play);
    used.add(pair.detection);
    return true;
  });
}

/** Median, 95th percentile (the smallest error that at least 95 % do not exceed) and largest, in milliseconds. */
function offsetErrors(errors: readonly number[]): OffsetErrors {
  const sorted = [...errors].sort((a, b) => a - b);
  const at = (share: number): number =>
    Number((1_000 * (sorted[Math.ceil(share * sorted.length) - 1] ?? 0)).toFixed(4));
  return { medianMs: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}
