import { copyOf } from '../../domain/copies.ts';
import { nameOrAddress } from '../../web/shown-address.ts';
import type { FoundSet } from '../findings-of.ts';
import type { FullFinding } from '../reading/findings.ts';
import { allOf } from '../reading/parts.ts';
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
  /** The same in the time of each copy that was heard, by its hash: what was not found in it is missing. */
  readonly copies?: ReadonlyMap<string, Pick<MarkedEpisode, 'durationMs' | 'marks'>>;
}

/** Who has no length is given one, so that programs show something. */
const LENGTH_UNKNOWN_MS = 1_000;

/** One line, without what moves cursors or ends fields. */
const line = (text: string): string => shown(text).replace(/\s+/g, ' ').trim();

/** Episode by episode, each as soon as all of it is read. */
export async function* marksOfEach({ findings, grouped }: FoundSet): AsyncGenerator<MarkedEpisode> {
  if (grouped === 'by clip') yield* markedEpisodes((await allOf(findings)).flat());
  else for await (const ofEpisode of findings) yield* markedEpisodes(ofEpisode);
}

/**
 * The findings that stand, by episode; the plays of all clips in the order of their times. Times are those of one copy of
 * the episode, the one that most pairs were heard in: what was found only in another copy is said to be of that.
 */
export function markedEpisodes(findings: readonly FullFinding[]): MarkedEpisode[] {
  const standing = findings.filter(({ variant }) => variant === 0);
  const byEpisode = Map.groupBy(standing, ({ episode }) => episode);
  return [...byEpisode].map(([id, ofEpisode]) => {
    const { episodeEntry, episodeFacts } = ofEpisode[0]!;
    const heard = copiesHeard(ofEpisode);
    const copy = commonCopy(ofEpisode, heard);
    const inOrder = (marks: readonly Mark[]): Mark[] => marks.toSorted((a, b) => a.startMs - b.startMs);
    const inCopy = (one: string) => ({
      durationMs: milliseconds(lengthOf(one, ofEpisode) ?? 0),
      marks: inOrder(ofEpisode.flatMap((of) => marksIn(of, one))),
    });
    return {
      id,
      title: line(nameOrAddress(episodeEntry.info)),
      mediaUri: episodeEntry.info.mediaUri,
      durationMs: milliseconds(lengthOf(copy, ofEpisode) ?? episodeEntry.facts?.durationNs ?? episodeFacts.durationNs),
      marks: inOrder(ofEpisode.flatMap((one) => marksOf(one, copy))),
      copies: new Map([...heard.keys()].map((one) => [one, inCopy(one)])),
    };
  });
}

/** In how many pairs each copy was heard. */
function copiesHeard(findings: readonly FullFinding[]): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>();
  for (const finding of findings) {
    const others = [...(finding.alsoAt?.values() ?? [])].flat().map(({ copy }) => copy);
    for (const copy of new Set([copyOf(finding), ...others])) pairs.set(copy, (pairs.get(copy) ?? 0) + 1);
  }
  return pairs;
}

/** Of two that are heard by as many, the one whose length the entry tells, then the first. */
function commonCopy(findings: readonly FullFinding[], heard: ReadonlyMap<string, number>): string {
  const told = findings[0]?.episodeEntry.facts;
  const known = told === undefined ? '' : copyOf({ episodeFacts: told });
  const [most] = [...heard].sort(([a, x], [b, y]) => y - x || Number(b === known) - Number(a === known));
  return most?.[0] ?? '';
}

/** Of the copy that the times are of. */
const lengthOf = (copy: string, findings: readonly FullFinding[]): number | undefined =>
  findings.find((finding) => copyOf(finding) === copy)?.episodeFacts.durationNs || undefined;

/** In the time of a copy, or else in that of its own, and says so. */
function marksOf(finding: FullFinding, copy: string): Mark[] {
  return finding.offsetsNs.map((offset, index) => {
    const own = offsetIn(finding, index, copy);
    return markOf(finding, index, own ?? offset, own === undefined ? ' (time of another copy)' : '');
  });
}

/** Only what was found in that copy. */
const marksIn = (finding: FullFinding, copy: string): Mark[] =>
  finding.offsetsNs.flatMap((_, index) => {
    const own = offsetIn(finding, index, copy);
    return own === undefined ? [] : [markOf(finding, index, own)];
  });

const offsetIn = (finding: FullFinding, index: number, copy: string): number | undefined =>
  copyOf(finding) === copy
    ? finding.offsetsNs[index]
    : finding.alsoAt?.get(index)?.find((place) => place.copy === copy)?.offsetNs;

function markOf({ clipEntry, clipFacts, scores }: FullFinding, index: number, offsetNs: number, note = ''): Mark {
  const length = milliseconds(clipEntry.facts?.durationNs ?? clipFacts.durationNs) || LENGTH_UNKNOWN_MS;
  const startMs = milliseconds(offsetNs);
  const title = `${line(nameOrAddress(clipEntry.info))}${note}`;
  return { title, startMs, endMs: startMs + length, score: scores[index] };
}
