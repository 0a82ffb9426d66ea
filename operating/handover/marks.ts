import { copyOf } from '../../domain/copies.ts';
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

/**
 * The findings that stand, by episode; the plays of all clips in the order of their times. Times are those of one copy of
 * the episode, the one that most pairs were heard in: what was found only in another copy is said to be of that.
 */
export function markedEpisodes(findings: readonly FullFinding[]): MarkedEpisode[] {
  const standing = findings.filter(({ variant }) => variant === 0);
  const byEpisode = Map.groupBy(standing, ({ episode }) => episode);
  return [...byEpisode].map(([id, ofEpisode]) => {
    const { episodeEntry, episodeFacts } = ofEpisode[0]!;
    const copy = commonCopy(ofEpisode);
    const marks = ofEpisode.flatMap((one) => marksOf(one, copy)).sort((a, b) => a.startMs - b.startMs);
    return {
      id,
      title: line(nameOrAddress(episodeEntry.info)),
      mediaUri: episodeEntry.info.mediaUri,
      durationMs: milliseconds(lengthOf(copy, ofEpisode) ?? episodeEntry.facts?.durationNs ?? episodeFacts.durationNs),
      marks,
    };
  });
}

/** Of two that are heard by as many, the one whose length the entry tells, then the first. */
function commonCopy(findings: readonly FullFinding[]): string {
  const pairs = new Map<string, number>();
  for (const finding of findings) {
    const others = [...(finding.alsoAt?.values() ?? [])].flat().map(({ copy }) => copy);
    for (const copy of new Set([copyOf(finding), ...others])) pairs.set(copy, (pairs.get(copy) ?? 0) + 1);
  }
  const told = findings[0]?.episodeEntry.facts;
  const known = told === undefined ? '' : copyOf({ episodeFacts: told });
  const [most] = [...pairs].sort(([a, x], [b, y]) => y - x || Number(b === known) - Number(a === known));
  return most?.[0] ?? '';
}

/** Of the copy that the times are of. */
const lengthOf = (copy: string, findings: readonly FullFinding[]): number | undefined =>
  findings.find((finding) => copyOf(finding) === copy)?.episodeFacts.durationNs || undefined;

function marksOf(finding: FullFinding, copy: string): Mark[] {
  const { clipEntry, clipFacts, offsetsNs, scores, alsoAt } = finding;
  const length = milliseconds(clipEntry.facts?.durationNs ?? clipFacts.durationNs) || LENGTH_UNKNOWN_MS;
  const title = line(nameOrAddress(clipEntry.info));
  return offsetsNs.map((offset, index) => {
    const own = copyOf(finding) === copy ? offset : alsoAt?.get(index)?.find((place) => place.copy === copy)?.offsetNs;
    const startMs = milliseconds(own ?? offset);
    return {
      title: own === undefined ? `${title} (time of another copy)` : title,
      ...{ startMs, endMs: startMs + length, score: scores[index] },
    };
  });
}
