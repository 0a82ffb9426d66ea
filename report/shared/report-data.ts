/*
 * What the data files of a report hold: written by this machine, read by its pages. Lists are columns, since a hundred
 * thousand objects would take longer to parse than to look at. Times of day are gone: `days` count from 1970-01-01 UTC.
 */

/** Of an episode or a clip; in the order of the words on the pages. */
export const STATES = ['complete', 'in progress', 'not begun', 'given up', 'paused', 'retired', 'damaged'] as const;
export type State = (typeof STATES)[number];

/** data/archive.js: the overview. */
export interface ArchiveData {
  readonly title: string;
  /** RFC 3339. */
  readonly madeAt: string;
  readonly paused: boolean;
  readonly counts: {
    readonly episodes: number;
    readonly clips: number;
    /** Pairs with a finding. */
    readonly findings: number;
    readonly plays: number;
    readonly clipsFound: number;
    readonly episodesWithFindings: number;
    readonly episodesComplete: number;
    /** Stretches of them nobody heard. */
    readonly episodesNotHeardInFull: number;
  };
  readonly pairs: {
    readonly total: number;
    readonly researched: number;
    /** Of the researched: of clips that cannot be judged. */
    readonly notJudged: number;
    readonly givenUp: number;
    readonly toDo: number;
  };
  readonly pairsAMinute: number;
  /** RFC 3339. */
  readonly estimatedEnd: string | null;
  /** What becomes of the pairs to do, in words. */
  readonly outlook: string;
  readonly timeline: Timeline;
  readonly mostPlayed: readonly Ranked[];
  readonly richest: readonly Ranked[];
  readonly givenUp: {
    readonly entries: readonly GivenUp[];
    /** That are not among the entries. */
    readonly more: number;
  };
}

/** Episodes by when they were aired; without buckets when no episode says so. */
export interface Timeline {
  readonly unit: 'year' | 'month';
  readonly buckets: readonly {
    /** Days of the first day. */
    readonly from: number;
    readonly complete: number;
    readonly begun: number;
    readonly untouched: number;
    readonly plays: number;
  }[];
  readonly undated: number;
}

export interface Ranked {
  readonly id: number;
  readonly name: string;
  readonly plays: number;
  /** Episodes of a clip, clips of an episode. */
  readonly others: number;
}

export interface GivenUp {
  readonly kind: 'clip' | 'episode';
  readonly id: number;
  readonly name: string;
  readonly state: State;
  readonly reason: string;
}

/** data/episodes.js, ascending by date aired; those without a date first. */
export interface EpisodesData {
  readonly ids: readonly number[];
  readonly names: readonly string[];
  readonly aired: readonly (number | null)[];
  readonly seconds: readonly number[];
  readonly clips: readonly number[];
  readonly plays: readonly number[];
  /** Pairs that have a result or are given up. */
  readonly done: readonly number[];
  /** Indexes of STATES. */
  readonly states: readonly number[];
  readonly clipsInAll: number;
}

/** data/clips.js, ascending by name. */
export interface ClipsData {
  readonly ids: readonly number[];
  readonly names: readonly string[];
  readonly seconds: readonly number[];
  readonly episodes: readonly number[];
  readonly plays: readonly number[];
  readonly first: readonly (number | null)[];
  readonly last: readonly (number | null)[];
  /** Episodes in which it was researched. */
  readonly researched: readonly number[];
  readonly states: readonly number[];
  readonly episodesInAll: number;
}

/** data/findings.js, data/findings/N.js: one row a pair, the newest episode first. Each file has a part of the rows. */
export interface FindingsData {
  /** Of all files together. */
  readonly count: number;
  /** Indexes into EpisodesData. */
  readonly episodes: readonly number[];
  /** Indexes into ClipsData. */
  readonly clips: readonly number[];
  readonly plays: readonly number[];
  /** Tenths of a second of the first play. */
  readonly first: readonly number[];
  /** The best score in percent; -1 when nobody gave one. */
  readonly scores: readonly number[];
  /** Days. */
  readonly found: readonly (number | null)[];
}

/** So many rows share a file: the first is shown while the others come. */
export const ROWS_A_FILE = 50_000;

/** Where a clip plays in an episode. */
export interface Plays {
  /** The episode of a clip, the clip of an episode. */
  readonly of: number;
  /** 0 stands; others differ from it: they were found in other copies of the audio, or in the same by somebody else. */
  readonly variant: number;
  /** Of a variant: it is of another copy than the finding that stands. */
  readonly otherCopy?: true;
  /** Of a variant, by index of its place: the play of the finding that stands, in seconds; absent where it has none. */
  readonly same?: Readonly<Record<number, number>>;
  /** Seconds. */
  readonly at: readonly number[];
  /** 0..1, one a play or none. */
  readonly scores: readonly number[];
  /** By index of the play: which part of the clip is heard, in words; absent where all of it is. */
  readonly heard?: Readonly<Record<number, string>>;
  /** By index of the play: the clip that fits the place better; absent where none does. */
  readonly rivalOf?: Readonly<Record<number, string>>;
  /** Indexes into `words`. */
  readonly researcher: number;
  readonly analyzer: number;
  readonly found: number | null;
}

export interface Details {
  readonly name: string;
  readonly description: string;
  readonly curator: string;
  readonly mediaUri: string;
  readonly mediaType: string;
  readonly seconds: number;
  readonly state: State;
  readonly reason: string;
  /** Why a clip cannot be judged, or how much of an episode was not heard; '' when all is known. */
  readonly unknown: string;
  readonly researched: number;
  readonly of: number;
  readonly plays: readonly Plays[];
}

export interface EpisodeDetails extends Details {
  readonly aired: number | null;
}

/** data/episodes/N.js, data/episodes/alone/ID.js */
export interface EpisodeChunk {
  /** Those of its entries that lie in a file of their own. */
  readonly alone: readonly number[];
  readonly entries: Readonly<Record<number, EpisodeDetails>>;
  readonly clips: Readonly<Record<number, { readonly name: string; readonly seconds: number }>>;
  readonly words: readonly string[];
}

/** data/clips/N.js, data/clips/alone/ID.js */
export interface ClipChunk {
  readonly alone: readonly number[];
  readonly entries: Readonly<Record<number, Details>>;
  readonly episodes: Readonly<
    Record<
      number,
      { readonly name: string; readonly aired: number | null; readonly seconds: number; readonly mediaUri: string }
    >
  >;
  readonly words: readonly string[];
}

/** So many entries share a file: few enough to load at once, enough that there are not ten thousand files. */
export const ENTRIES_A_CHUNK = 50;

/** An entry with more findings has a file of its own: its neighbours' pages would load its ten thousand rows. */
export const ALONE_FROM = 200;

export const chunkOf = (id: number): number => Math.floor((id - 1) / ENTRIES_A_CHUNK);
