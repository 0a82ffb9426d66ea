import type { Chance } from './chance.ts';
import type { Evaluation } from './report.ts';

/** Plays, and how many of them were found. */
export interface Counted {
  readonly plays: number;
  readonly hits: number;
}

/** Of what was scored so much, how much is right. */
export interface Reliability {
  readonly from: number;
  readonly to: number;
  readonly listed: number;
  readonly right: number;
  /** Mean of the scores. */
  readonly score: number;
}

/** What several evaluations say together. */
export interface Summary {
  readonly analyzer: string;
  readonly sets: number;
  readonly minutes: number;
  readonly all: Counted;
  readonly promised: Counted;
  readonly byClass: Readonly<Record<string, Counted>>;
  readonly falseAlarms: number;
  readonly sameSound: number;
  readonly precision: number;
  /** Errors of the places: the mean of the sets' medians, and the worst of their 95th percentiles. */
  readonly offsets: { readonly medianMs: number; readonly p95Ms: number };
  /** Hits that tell how much is heard, and those of which that is true to 5 % of the clip. */
  readonly coverage: { readonly told: number; readonly true: number };
  /** By score, the least first; classes without anything are left out. */
  readonly reliability: readonly Reliability[];
  /** Of evaluations with foreign clips, by distinctiveness. */
  readonly chance: readonly Chance[];
  readonly foreign: { readonly clipHours: number; readonly falseAlarms: number };
}

/** What was kept, by kinds of sets. */
export interface Hearing {
  /** Of sets that nobody looked at while the method was made. */
  readonly recorded?: Summary;
  /** Of those that were looked at. */
  readonly read?: Summary;
  readonly synthetic?: Summary;
}

/** Few: there is little below the threshold, and a class of three places says nothing. */
const RELIABILITY_EDGES = [0, 0.8, 0.95, 0.99, 1];

/** Adds up evaluations of one analyzer. Throws an Error if they are of several. */
export function summaryOf(evaluations: readonly Evaluation[]): Summary {
  const analyzers = [...new Set(evaluations.map(({ analyzer }) => analyzer))];
  if (analyzers.length !== 1)
    throw new Error(`evaluations of one analyzer are needed; these are of ${analyzers.join(', ')}`);
  const own = evaluations.filter(({ foreign }) => foreign === undefined);
  const foreign = evaluations.filter((evaluation) => evaluation.foreign !== undefined);
  const sum = <Item>(of: readonly Item[], value: (item: Item) => number) =>
    of.reduce((all, item) => all + value(item), 0);
  const counted = (of: (evaluation: Evaluation) => Counted | undefined): Counted => ({
    plays: sum(own, (evaluation) => of(evaluation)?.plays ?? 0),
    hits: sum(own, (evaluation) => of(evaluation)?.hits ?? 0),
  });
  const classes = [...new Set(own.flatMap(({ score }) => Object.keys(score.byClass)))].sort();
  const all = counted(({ score }) => score);
  const falseAlarms = sum(own, ({ score }) => score.falseAlarms);
  const found = all.hits + falseAlarms;
  return {
    analyzer: analyzers[0]!,
    sets: own.length,
    minutes: Math.round(sum(own, ({ episodeSeconds }) => episodeSeconds) / 60),
    all,
    promised: counted(({ score }) => score.promised),
    byClass: Object.fromEntries(classes.map((name) => [name, counted(({ score }) => score.byClass[name])])),
    falseAlarms,
    sameSound: sum(own, ({ score }) => score.sameSound.length),
    precision: found === 0 ? 1 : all.hits / found,
    offsets: {
      medianMs: Number(
        (sum(own, ({ score }) => score.offsetErrors?.medianMs ?? 0) / Math.max(1, own.length)).toFixed(4),
      ),
      p95Ms: Math.max(0, ...own.map(({ score }) => score.offsetErrors?.p95Ms ?? 0)),
    },
    coverage: {
      told: sum(own, ({ score }) => score.coverage.told),
      true: sum(own, ({ score }) => score.coverage.true),
    },
    reliability: reliabilityOf(
      own.flatMap(({ score }) => score.scores.right),
      own.flatMap(({ score }) => score.scores.wrong),
    ),
    chance: chanceOf(foreign),
    foreign: {
      clipHours: Math.round(sum(foreign, ({ clipHours }) => clipHours)),
      falseAlarms: sum(foreign, ({ score }) => score.falseAlarms),
    },
  };
}

/** How much is right of what has a score of each class. */
export function reliabilityOf(right: readonly number[], wrong: readonly number[]): Reliability[] {
  return RELIABILITY_EDGES.slice(1).flatMap((to, i) => {
    const from = RELIABILITY_EDGES[i]!;
    const within = (score: number) => score >= from && (score < to || to === 1);
    const scores = [...right, ...wrong].filter(within);
    if (scores.length === 0) return [];
    const mean = scores.reduce((all, score) => all + score, 0) / scores.length;
    return [{ from, to, listed: scores.length, right: right.filter(within).length, score: Number(mean.toFixed(4)) }];
  });
}

function chanceOf(evaluations: readonly Evaluation[]): Chance[] {
  const [first] = evaluations;
  return (first?.chance ?? []).map(({ from, to }, i) => {
    const rows = evaluations.map(({ chance }) => chance[i]!);
    const sum = (of: (row: Chance) => number) => rows.reduce((all, row) => all + of(row), 0);
    const most = (of: (row: Chance) => number) => Math.max(...rows.map(of));
    return {
      ...{ from, to, clips: sum(({ clips }) => clips), clipHours: Math.round(sum(({ clipHours }) => clipHours)) },
      ...{ places: sum(({ places }) => places), highest: most(({ highest }) => highest) },
      highestAltered: most(({ highestAltered }) => highestAltered),
    };
  });
}
