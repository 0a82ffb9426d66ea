import { copyName, isOfAnotherCopy, otherTimes } from '../operating/copy-words.ts';
import { showOf } from '../operating/entry-filters.ts';
import type { FullFinding } from '../operating/reading/findings.ts';
import { nameOfEntry } from '../operating/select.ts';
import { counted, position, shown, tell } from '../operating/terminal.ts';
import { partHeard } from '../operating/unknown-words.ts';
import { nameOrAddress } from '../web/shown-address.ts';
import { written } from './output.ts';

/** So many lines are held to be shown clip by clip: what is printed begins soon, and takes no more memory of a million. */
const LINES_AT_A_TIME = 20_000;

/** The first part of what is not shown in one is a tenth of the others: somebody waits for it. */
const FIRST_PART = 0.1;

/**
 * Each clip with the episodes and positions where it plays; of very many, so many findings after the other.
 * @param expected how many there will be, if that is known when the first ones come
 */
export async function asPlays(
  groups: AsyncIterable<readonly FullFinding[]>,
  linesAtATime = LINES_AT_A_TIME,
  expected: () => number = () => 0,
): Promise<number> {
  const plays = new Plays();
  let count = 0;
  for await (const findings of groups) {
    const isFirst = count === plays.held;
    if (plays.held >= linesAtATime * (isFirst && expected() > linesAtATime ? FIRST_PART : 1)) {
      if (isFirst) tell(inParts(linesAtATime));
      for (const text of plays.taken()) await written(text);
    }
    findings.forEach((finding) => {
      plays.add(finding);
    });
    count += findings.length;
  }
  for (const text of plays.taken()) await written(text);
  return count;
}

const inParts = (lines: number): string =>
  `More than ${counted(lines, 'finding')}: they are shown in parts, each of some episodes and clip by clip. With --clip all of a clip come together.`;

interface PlaysOfClip {
  readonly title: string;
  /** For who has another clip of that title. */
  readonly named: string;
  readonly lines: {
    readonly places: string;
    readonly show: string;
    readonly ordinal: number;
    readonly title: string;
    readonly beside: string;
  }[];
}

/** Findings as lines, until they are shown. */
class Plays {
  held = 0;
  private readonly ofClip = new Map<number, PlaysOfClip>();
  private readonly shows = new Set<string>();
  /** By show and title: the episode of that name, 0 where there are several. */
  private readonly episodes = new Map<string, number>();

  add(finding: FullFinding): void {
    const { clip, clipEntry, episode, episodeEntry } = finding;
    const known = this.ofClip.get(clip);
    const one = known ?? { title: clipEntry.info.title, named: nameOfEntry(clipEntry), lines: [] };
    if (known === undefined) this.ofClip.set(clip, one);
    const show = showOf(episodeEntry);
    const title = shown(nameOrAddress(episodeEntry.info));
    this.shows.add(show);
    const named = nameKey(show, title);
    this.episodes.set(named, (this.episodes.get(named) ?? episode) === episode ? episode : 0);
    one.lines.push({ places: placesOf(finding), show, ordinal: episode, title, beside: besideOf(finding) });
    this.held++;
  }

  /**
   * By clip, each with an empty line after it. Shows have titles in common: where there are several, each line says of which
   * it is; and episodes of one show and title are told apart by their ids.
   */
  *taken(): Generator<string> {
    const several = this.shows.size > 1;
    const clips = [...this.ofClip.values()].sort((a, b) => a.title.localeCompare(b.title, 'en'));
    const titles = Map.groupBy(clips, ({ title }) => title);
    for (const { title, named, lines } of clips) {
      const heading = titles.get(title)!.length > 1 ? named : shown(title);
      const rows = lines.map(({ places, show, ordinal, title: episode, beside }) => {
        const ofShow = several && show !== '' ? `${shown(show)}: ` : '';
        const id = this.episodes.get(nameKey(show, episode)) === 0 ? ` [${ordinal}]` : '';
        return `  ${places}  ${ofShow}${episode}${id}${beside}`;
      });
      yield `${heading}\n${rows.join('\n')}\n\n`;
    }
    this.ofClip.clear();
    this.episodes.clear();
    this.held = 0;
  }
}

const nameKey = (show: string, title: string): string => `${show}\n${title}`;

function placesOf(finding: FullFinding): string {
  const { clipEntry, clipFacts, offsetsNs } = finding;
  const length = clipEntry.facts?.durationNs ?? clipFacts.durationNs;
  const places = offsetsNs.map((offset, index) => {
    const part = partHeard(finding, index, length);
    const better = finding.better?.get(offset);
    const notes = [
      ...(part === undefined ? [] : [part]),
      ...(better ? [`rival of ${shown(better.title)}`] : []),
      ...otherTimes(finding, index),
      ...samePlay(finding, index),
    ];
    return `${position(offset)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
  });
  return places.join('  ');
}

/** What a finding is beside the one that stands. */
function besideOf(finding: FullFinding): string {
  const { episodeEntry, variant } = finding;
  const { isOtherCopy = isOfAnotherCopy(finding, episodeEntry) } = finding;
  const copy = isOtherCopy ? [`in ${copyName(finding)}`] : [];
  const about = [...(variant === 0 ? [] : [`variant ${variant}`]), ...copy];
  return about.length === 0 ? '' : `  (${about.join(', ')})`;
}

/** Of a place of a variant: it is no play of its own, unless the finding that stands has none there. */
function samePlay({ variant, playNs }: FullFinding, index: number): string[] {
  if (variant === 0 || playNs === undefined) return [];
  const play = playNs[index];
  return [play === undefined ? 'no play that stands' : `the play at ${position(play)}`];
}
