import type { ClipInfo, EpisodeInfo } from '../domain/messages.ts';
import type { Validators } from '../web/validators.ts';

/** What a source is curated as: which queue its messages go to, and which names they have. */
export type CuratedKind = 'episodes' | 'clips';

/** One message as the archivists take it. */
export type CuratedMessage = ClipInfo | EpisodeInfo;

/** An entry that could not be curated: which one, and why. It never stops the others. */
export interface Problem {
  readonly ok: false;
  /** The entry as a person finds it again: "entry 7 “Bonus”", "line 12", a path. */
  readonly what: string;
  readonly reason: string;
}

export type Curated = { readonly ok: true; readonly info: CuratedMessage } | Problem;

/** An entry of a source, before repeats are taken out, titles are made distinct and priorities given. */
export interface Draft {
  readonly ok: true;
  /** Names the entry within its source over all runs: a feed's guid, a file's path. */
  readonly key: string;
  readonly what: string;
  readonly info: EpisodeInfo;
  /** What its source calls it, where that tells it from all others there. */
  readonly sourceId?: string | undefined;
  /**
   * What may be added to a title that several entries of the source share, the most readable first. None: the entry
   * is a message that somebody wrote as it is to be, and is neither renamed nor dropped.
   */
  readonly distinctions: readonly string[];
  /** What the source wants to be told of the entry at its next run: what was costly to find out. */
  readonly note?: string;
  /** It was sent as it is; its description is not held any more. */
  readonly isBare?: true;
}

/** How reading a source ended. `unchanged`: the server says nothing is new since the validators that were given. */
export interface Reading {
  readonly unchanged: boolean;
  /** Absent where the source was not read whole, so that the next run reads it again. */
  readonly validators?: Validators;
  /** What the source is, wherever it is; what the first run said stays. Absent of what has no lasting identity. */
  readonly identity?: string | undefined;
  /** Where the source says that it is from now on, and will be looked for first. */
  readonly movedTo?: string | undefined;
  /** What the source calls everything that it has, if it was read to its end. */
  readonly ids?: ReadonlySet<string> | undefined;
  /** What its keeper should know, in sentences. */
  readonly notices?: readonly string[];
}

/** What is known from the run before. */
export interface Remembered {
  readonly validators: Validators;
  /** Where the source said that it had moved to. */
  readonly movedTo?: string | undefined;
  /** The notes of all entries. */
  notes(): Iterable<string>;
}

/** A source that gives its entries. @throws SourceUnusable where nothing can be read. */
export type ReadSource = (remembered: Remembered) => AsyncGenerator<Draft | Problem, Reading>;

/** Nothing can be curated from a source; the message says what came and what was expected. */
export class SourceUnusable extends Error {
  override readonly name = 'SourceUnusable';
}

/** The message of anything thrown, with its causes: `fetch failed` alone helps nobody. */
export function reasonOf(error: unknown): string {
  // Not instanceof: what fetch throws may come from another realm.
  const { message, cause } = (error ?? {}) as Partial<Error>;
  if (typeof message !== 'string' || message === '') return String(error);
  if (cause === undefined) return message;
  const reason = reasonOf(cause);
  return message.includes(reason) ? message : `${message}: ${reason}`;
}
