import type { ClipInfo, EpisodeInfo } from './messages.ts';
import type { Strikes } from './strikes.ts';
import type { Unknowns } from './unknowns.ts';

/** The measurements of one media file, as the first researcher reported them. */
export interface MediaFacts {
  readonly hash: string;
  readonly durationNs: number;
}

/**
 * The measurements of the medium at this address; an entry may have moved, or got another recording, since it was
 * researched.
 */
export type FactsOfMedium = MediaFacts & {
  readonly mediaUri: string;
  /** The number of the recording that they were taken for; absent of the first. */
  readonly recording?: number | undefined;
  /** What its analyzer could not know of it, and who that is. */
  readonly unknowns?: Unknowns | undefined;
};

/** Whether a researcher measured the medium at all. */
export const isMeasured = ({ hash, durationNs }: MediaFacts): boolean => hash !== '' || durationNs > 0;

/** What clips and episodes have in common as entries of the collection. */
export interface Entry<Info> {
  /** Given at the insertion: 1, 2, 3 …, with gaps. Ledgers and findings refer to it. */
  readonly ordinal: number;
  /** Raised by every write of the entry, the condition of the next one. */
  readonly version: number;
  /** As curated; `id` is not stored. */
  readonly info: Info;
  /** The media revision: 1 at the insertion, +1 with every new media URI. */
  readonly revision: number;
  /** When the current revision came, ms since the epoch. */
  readonly revisedAt: number;
  /** Which recording it is, where its source replaced the first one; absent of the first. */
  readonly recording?: Recording | undefined;
  /** Another entry of its source is at its address now: it keeps its findings, and is not fetched again. */
  readonly gone?: boolean | undefined;
  /** It turned out to be the same as this entry, which stands for both. */
  readonly sameAs?: number | undefined;
  /** What else it is called: (source, id) in other sources than that of `info`. */
  readonly also?: readonly SourceId[] | undefined;
  /** Of the current media, once a researcher has reported them. */
  readonly facts?: MediaFacts;
  /** Of the current media: what an analyzer could not know of it (see `laterWord`). */
  readonly unknowns?: Unknowns | undefined;
  /** Retired by an operator: not researched until restored. */
  readonly retired?: boolean | undefined;
  /** Removed by an operator: only its names and its ordinal are left, so that nobody brings it back as another. */
  readonly removed?: boolean | undefined;
  /** A priority given by an operator; it beats the curated one until it is cleared. */
  readonly prioritised?: number | undefined;
}

/** What an entry is called in a source: the source, and its id there. */
export type SourceId = readonly [source: string, sourceId: string];

/** A recording that took the place of another one under the same identity. */
export interface Recording {
  /** 2 for the second. */
  readonly number: number;
  /** When it came, ms since the epoch: what was leased before is of an older one. */
  readonly at: number;
}

/** The number of an entry's recording, from 1. */
export const recordingOf = ({ recording }: Pick<Entry<unknown>, 'recording'>): number => recording?.number ?? 1;

/** Whether an entry is out of research: by an operator, or because nothing leads to its recording any more. */
export const isOut = ({
  retired,
  removed,
  gone,
  sameAs,
}: Pick<Entry<unknown>, 'retired' | 'removed' | 'gone' | 'sameAs'>): boolean =>
  retired === true || removed === true || gone === true || sameAs !== undefined;

/** What the order of work goes by. */
export const priorityOf = ({ info, prioritised }: Entry<Pick<ClipInfo, 'priority'>>): number =>
  prioritised ?? info.priority;

export interface ClipEntry extends Entry<ClipInfo> {
  readonly strikes?: Strikes | undefined;
}

export type EpisodeEntry = Entry<EpisodeInfo>;

export type Kind = 'clip' | 'episode';

/** The counter item of a kind: the last ordinal given, and for clips the two versions that caches and epochs go by. */
export interface Counter {
  readonly lastOrdinal: number;
  /** Raised when a clip becomes assignable. */
  readonly assignableVersion: number;
  /** Raised when anything changes that assignment depends on. */
  readonly catalogueVersion: number;
}

export const NO_COUNTER: Counter = { lastOrdinal: 0, assignableVersion: 0, catalogueVersion: 0 };

/** All clips as of one catalogue version. */
export interface Catalogue {
  readonly assignableVersion: number;
  readonly catalogueVersion: number;
  /** In the order of clips without strikes (see order.ts). */
  readonly clips: readonly ClipEntry[];
  readonly byOrdinal: ReadonlyMap<number, ClipEntry>;
  /** Why stored clips are missing here: they are damaged. Research goes on without them, and says so. */
  readonly unreadable?: readonly string[];
}

/** Where a clip plays in an episode, as one researcher found it. */
export interface Finding {
  readonly episode: number;
  readonly clip: number;
  /** Ascending. */
  readonly offsetsNs: readonly number[];
  /** One an offset, 0..1, or none. */
  readonly scores: readonly number[];
  /** Which part of the clip is heard at each offset, from and to in the clip; absent where nobody said. */
  readonly heardFromNs?: readonly number[] | undefined;
  readonly heardToNs?: readonly number[] | undefined;
  readonly episodeFacts: MediaFacts;
  readonly clipFacts: MediaFacts;
  readonly researcher: string;
  readonly analyzer: string;
  readonly researchDate: string;
  /** The numbers of the recordings that it is of; absent of the first. */
  readonly episodeRecording?: number | undefined;
  readonly clipRecording?: number | undefined;
}

/** Whether a finding is of the recordings that are there now; others are history. */
export function isOfRecordings(
  finding: Pick<Finding, 'episodeRecording' | 'clipRecording'>,
  episode: number,
  clip: number,
): boolean {
  return (finding.episodeRecording ?? 1) === episode && (finding.clipRecording ?? 1) === clip;
}

/** Whether a finding is of older recordings than another one. */
export function isSuperseded(
  stored: Pick<Finding, 'episodeRecording' | 'clipRecording'>,
  by: Pick<Finding, 'episodeRecording' | 'clipRecording'>,
): boolean {
  const older = (a = 1, b = 1) => a < b;
  return older(stored.episodeRecording, by.episodeRecording) || older(stored.clipRecording, by.clipRecording);
}

/** 0 is the first finding, which stands; 1 and 2 are variants kept beside it. */
export const VARIANTS_KEPT = 2;

/** Whether two findings say the same of the pair; who said it and when does not matter. */
export function sameFinding(a: Pick<Finding, 'offsetsNs'>, b: Pick<Finding, 'offsetsNs'>): boolean {
  return (
    a.offsetsNs.length === b.offsetsNs.length && a.offsetsNs.every((offset, index) => offset === b.offsetsNs[index])
  );
}

/** Whether two findings are of one report, taken for one of the same recordings. */
export function isOneFinding(a: Finding, b: Finding): boolean {
  if (a.researcher !== b.researcher || a.researchDate !== b.researchDate) return false;
  return sameFinding(a, b) && isOfRecordings(a, b.episodeRecording ?? 1, b.clipRecording ?? 1);
}
