import { nameOrAddress } from '../../web/shown-address.ts';
import type { FullFinding } from '../reading/findings.ts';
import { milliseconds, shown } from '../terminal.ts';

/** A place in an episode at which a clip plays, as other programs take it. */
export interface Mark {
  readonly title: string;
  /** Milliseconds from the beginning. */
  readonly startMs: number;
  /** After `startMs`; where the clip would end if it is played whole. */
  readonly endMs: number;
  /** 0..1; undefined when nobody gave one. */
  readonly score: number | undefined;
}

/** An episode with its marks. */
export interface MarkedEpisode {
  readonly id: number;
  readonly title: string;
  readonly mediaUri: string;
  /** 0 when nobody has told it. */
  readonly durationMs: number;
  /** Ascending. */
  readonly marks: readonly Mark[];
}

/** Who has no length is given one, so that programs show something. */
const LENGTH_UNKNOWN_MS = 1_000;

/** One line, without what moves cursors or ends fields. */
const line = (text: string): string => shown(text).replace(/\s+/g, ' ').trim();

/** The findings that stand, by episode; the plays of all clips in the order of their times. */
export function markedEpisodes(findings: readonly FullFinding[]): MarkedEpisode[] {
  const standing = findings.filter(({ variant }) => variant === 0);
  const byEpisode = Map.groupBy(standing, ({ episode }) => episode);
  return [...byEpisode].map(([id, ofEpisode]) => {
    const { episodeEntry, episodeFacts } = ofEpisode[0]!;
    const marks = ofEpisode.flatMap(marksOf).sort((a, b) => a.startMs - b.startMs);
    return {
      id,
      title: line(nameOrAddress(episodeEntry.info)),
      mediaUri: episodeEntry.info.mediaUri,
      durationMs: milliseconds(episodeEntry.facts?.durationNs ?? episodeFacts.durationNs),
      marks,
    };
  });
}

function marksOf({ clipEntry, clipFacts, offsetsNs, scores }: FullFinding): Mark[] {
  const length = milliseconds(clipEntry.facts?.durationNs ?? clipFacts.durationNs) || LENGTH_UNKNOWN_MS;
  return offsetsNs.map((offset, index) => ({
    title: line(nameOrAddress(clipEntry.info)),
    startMs: milliseconds(offset),
    endMs: milliseconds(offset) + length,
    score: scores[index],
  }));
}
