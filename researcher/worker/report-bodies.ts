import { bodyOf, type CompletedResearchItem, completedItem, type PendingResearchItem } from '../../domain/messages.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import { ANALYZER } from '../analyzer/version.ts';
import type { FoundClip } from '../analyzer/worker-messages.ts';
import type { DecodedMedia } from '../media/decode.ts';

/** A result has at most so many offsets; a clip that plays more often is one that every message would refuse. */
const MOST_OFFSETS = 10_000;
/** SQS refuses an empty text, and the archive takes it for none. */
const NO_REASON = 'no reason was given';

/** Of a clip without any play, for the analyzer looked for none. */
const NOT_DISTINCTIVE = 'it is not distinctive: too plain or too quiet to be told from chance';

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

  signOfLife(): string {
    return this.#body({});
  }

  result(index: number, { media, found }: FoundClip, lastWord: boolean): string {
    const plays = found.plays.slice(0, MOST_OFFSETS);
    return this.#body({
      clipInfo: this.#item.clips[index]!,
      clipHash: media.hash,
      clipDuration: media.durationNs,
      clipOffsets: plays.map(({ offsetNs }) => offsetNs),
      clipScores: plays.map(({ score }) => score),
      clipHeardFrom: plays.map(({ heardFromNs }) => heardFromNs),
      clipHeardTo: plays.map(({ heardToNs }) => heardToNs),
      ...(!found.distinctive && { notJudged: NOT_DISTINCTIVE }),
      revokeLease: lastWord,
    });
  }

  clipFailure(index: number, reason: string, lastWord: boolean): string {
    return this.#body({ clipInfo: this.#item.clips[index]!, failure: reasonText(reason), revokeLease: lastWord });
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

/** Well-formed, and not empty: an empty failure would be no failure. */
function reasonText(reason: string): string {
  return reason.toWellFormed().slice(0, 500).toWellFormed().trim() || NO_REASON;
}
