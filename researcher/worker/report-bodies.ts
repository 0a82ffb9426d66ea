import {
  bodyOf,
  type ClipReference,
  type ClipToFind,
  type CompletedResearchItem,
  completedItem,
  type PairResult,
  type PendingResearchItem,
  parseCompletedResearchItem,
  rangesOf,
} from '../../domain/messages.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import { ANALYZER } from '../analyzer/version.ts';
import type { DecodedMedia } from '../media/decode.ts';
import type { ClipDone } from './report-batch.ts';

/** A result has at most so many offsets; a clip that plays more often is one that every message would refuse. */
const MOST_OFFSETS = 10_000;
/** SQS refuses an empty text, and the archive takes it for none. */
const NO_REASON = 'no reason was given';

/** Of a clip without any play, for the analyzer looked for none. */
const NOT_DISTINCTIVE = 'it is not distinctive: too plain to be told from chance';

const NOTHING = {
  ...{ clipDuration: 0, clipHash: '', clipOffsets: [], clipScores: [], clipHeardFrom: [], clipHeardTo: [] },
  failure: '',
};

/** What a researcher says about one work item, as bodies of messages. */
export class Reports {
  readonly #item: PendingResearchItem;
  readonly #researcher: string;
  readonly #clock: () => number;
  #episode: DecodedMedia | undefined;

  constructor(item: PendingResearchItem, researcher: string, clock: () => number) {
    this.#item = item;
    this.#researcher = researcher;
    this.#clock = clock;
  }

  /** What is known of the episode from now on goes with every result. */
  set episode(media: DecodedMedia) {
    this.#episode = media;
  }

  /** @param index place of the clip that is being worked on; undefined while it is the episode */
  signOfLife(index?: number): string {
    const workingOn = index === undefined ? '0' : this.#item.clips[index]?.id;
    return this.#body(workingOn === undefined ? {} : { workingOn });
  }

  /** Of one clip, in a message of its own. */
  result({ index, outcome }: ClipDone, lastWord: boolean): string {
    return this.#body({
      ...saidOf(outcome),
      clipInfo: this.#item.clips[index]!,
      revokeLease: lastWord,
    });
  }

  /** Of many clips; those that were not found are no more than their ids, unless more is wanted of them. */
  results(done: readonly ClipDone[], lastWord: boolean): string {
    const results: PairResult[] = [];
    const notFound: number[] = [];
    for (const { index, outcome } of done) {
      const clip = this.#item.clips[index]!;
      const isPlain = outcome.kind === 'researched' && outcome.found.plays.length === 0 && outcome.found.distinctive;
      if (isPlain && clip.id !== undefined && clip.factsWanted !== true) notFound.push(Number(clip.id));
      else results.push({ ...saidOf(outcome), clipInfo: referenceTo(clip) });
    }
    return this.#body({ results, notFound: rangesOf(notFound), revokeLease: lastWord });
  }

  episodeFailure(reason: string): string {
    return this.#body({ failure: reasonText(reason), revokeLease: true });
  }

  /** What was not reported goes back to the others. */
  lastWord(): string {
    return this.#body({ revokeLease: true });
  }

  #body(fields: Partial<CompletedResearchItem>): string {
    return bodyOf(
      completedItem(this.#item.episode, {
        researchDate: timestampOf(this.#clock()),
        episodeHash: this.#episode?.hash ?? '',
        episodeDuration: this.#episode?.durationNs ?? 0,
        unheard: this.#episode?.unheard.map(({ fromNs, toNs, why }) => ({ from: fromNs, to: toNs, why })) ?? [],
        leaseId: this.#item.leaseId,
        researcher: this.#researcher,
        analyzer: ANALYZER,
        ...fields,
      }),
    );
  }
}

/** The last word of a researcher that was killed while it worked on a clip. */
export function endedAt(lastWord: string, clip: string): string {
  const result = { ...NOTHING, clipInfo: { id: clip }, failure: 'the researcher ended at it' };
  return bodyOf({ ...parseCompletedResearchItem(lastWord), results: [result] });
}

/** The id is enough, with the recording that was heard. */
function referenceTo(clip: ClipToFind): ClipReference {
  const { id, revision } = clip;
  return id === undefined ? clip : { id, ...(revision !== undefined && { revision }) };
}

function saidOf(outcome: ClipDone['outcome']): Omit<PairResult, 'clipInfo'> {
  if (outcome.kind === 'failed') return { ...NOTHING, failure: reasonText(outcome.failure) };
  const plays = outcome.found.plays.slice(0, MOST_OFFSETS);
  return {
    clipHash: outcome.media.hash,
    clipDuration: outcome.media.durationNs,
    clipOffsets: plays.map(({ offsetNs }) => offsetNs),
    clipScores: plays.map(({ score }) => score),
    clipHeardFrom: plays.map(({ heardFromNs }) => heardFromNs),
    clipHeardTo: plays.map(({ heardToNs }) => heardToNs),
    ...(!outcome.found.distinctive && { notJudged: outcome.found.notJudged ?? NOT_DISTINCTIVE }),
    failure: '',
  };
}

/** Well-formed, and not empty: an empty failure would be no failure. */
function reasonText(reason: string): string {
  return reason.toWellFormed().slice(0, 500).toWellFormed().trim() || NO_REASON;
}
