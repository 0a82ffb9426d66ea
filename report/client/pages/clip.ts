import { calendar } from '../../shared/calendar.ts';
import { counted, day, duration, number, position } from '../../shared/format.ts';
import { eachPlayOnce, variantText } from '../../shared/one-play.ts';
import type { ClipChunk, Details, Plays } from '../../shared/report-data.ts';
import { byNumber, folded, ranks } from '../../shared/rows.ts';
import { idInAddress, loadChunk, MissingData } from '../data.ts';
import { dataTable } from '../data-table.ts';
import { episodeLink, feedText, h } from '../dom.ts';
import { factList, noteOf, scoreBar, stateBadge } from '../facts.ts';
import { figure, plainTable } from '../figure.ts';
import { aboutMedium, descriptionOf, researchFact } from '../medium.ts';
import { Player, playButton } from '../player.ts';
import { columnsOverTime, nameOfBucket, placesOverTime, type Series } from '../timelines.ts';

/** A picture of more would be a blot. */
const PLACES_AT_MOST = 10_000;
/** So many plays of one episode are listed; its own page has all. */
const BUTTONS_AT_MOST = 12;

type Episode = ClipChunk['episodes'][number];

interface Occurrence extends Plays {
  readonly episode: Episode;
  /** Other copies of the episode have it at other times. */
  readonly elsewhere: boolean;
  /** By play. */
  readonly notes: readonly (HTMLElement | false)[];
}

/** One clip: all its occurrences over the years. */
export async function clipPage(): Promise<readonly HTMLElement[]> {
  const id = idInAddress();
  const chunk = await loadChunk('clips', id);
  const clip = chunk.entries[id];
  if (clip === undefined) throw new MissingData(`clip ${id}`);
  document.title = `${clip.name} – ${document.title.replace(/^Clip – /, '')}`;
  const occurrences = eachPlayOnce(clip.plays).flatMap(({ plays, told }) => {
    const episode = chunk.episodes[plays.of];
    if (episode === undefined || told.length === 0) return [];
    const elsewhere = told.some((play) => play.elsewhere.length > 0);
    const notes = told.map(({ index }) => noteOf(plays, index));
    return [{ ...plays, at: told.map(({ seconds }) => seconds), elsewhere, notes, episode }];
  });
  const standing = occurrences.filter(({ variant }) => variant === 0);
  const player = new Player();
  const plays = standing.reduce((sum, { at }) => sum + at.length, 0);
  return [
    h('p', { class: 'kicker' }, h('a', { href: 'clips.html' }, 'Clips')),
    h('h1', {}, feedText(clip.name)),
    factList([
      ['Length', duration(clip.seconds)],
      ['Plays', `${counted(plays, 'play')} in ${counted(standing.length, 'episode')}`],
      ['Aired', airedRange(standing)],
      ['Research', [stateBadge(clip.state, clip.researched, clip.of), researchFact(clip, 'episode')]],
      ['Cannot be judged', clip.unknown !== '' && feedText(clip.unknown)],
      ['Given up because', clip.reason !== '' && feedText(clip.reason)],
    ]),
    aboutMedium(player, clip, 'clip', 0),
    ...charts(standing),
    h('h2', {}, 'Occurrences'),
    occurrencesTable(clip, occurrences, player),
    ...descriptionOf(clip),
  ];
}

function airedRange(occurrences: readonly Occurrence[]): string {
  const days = occurrences
    .flatMap(({ episode }) => (episode.aired === null ? [] : [episode.aired]))
    .sort((a, b) => a - b);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return '';
  return first === last ? day(first) : `${day(first)} to ${day(last)}`;
}

function charts(occurrences: readonly Occurrence[]): HTMLElement[] {
  const dated = occurrences.flatMap(({ episode, at }) =>
    episode.aired === null ? [] : [{ aired: episode.aired, name: episode.name, at }],
  );
  if (new Set(dated.map(({ aired }) => aired)).size < 2) return [];
  const timeline = calendar(dated.map(({ aired }) => aired));
  for (const { aired, at } of dated) {
    const bucket = timeline.bucketOf(aired);
    if (bucket !== undefined) bucket.plays += at.length;
  }
  const series: Series = { name: 'plays', key: 'plays', value: ({ plays }) => plays };
  const label = `Plays of the clip by the ${timeline.unit} in which the episode was aired.`;
  const places = dated
    .filter(({ aired }) => timeline.bucketOf(aired) !== undefined)
    .flatMap(({ aired, name, at }) =>
      at.map((seconds) => ({ aired, seconds, title: `${name}, ${position(seconds)}` })),
    );
  const placesLabel =
    'Where in the episode the clip plays, by the date on which the episode was aired. The table of occurrences has the same.';
  return [
    h(
      'div',
      { class: 'columns' },
      figure('Over the years', (width) => columnsOverTime(timeline, [series], { label, noun: 'Plays' }, width), {
        label,
        table: plainTable(
          label,
          [timeline.unit === 'year' ? 'Year' : 'Month', 'Plays'],
          timeline.buckets.map((bucket) => [nameOfBucket(timeline.unit, bucket), number(bucket.plays)]),
        ),
      }),
      places.length <= PLACES_AT_MOST
        ? figure('Where in the episode', (width) => placesOverTime(places, timeline, placesLabel, width), {
            label: placesLabel,
          })
        : h(
            'p',
            { class: 'note' },
            `${counted(places.length, 'place')} are too many for a picture of where in the episode; the table of occurrences has them.`,
          ),
    ),
  ];
}

function occurrencesTable(clip: Details, occurrences: readonly Occurrence[], player: Player): HTMLElement {
  const one = (row: number): Occurrence => occurrences[row]!;
  const nameRanks = ranks(occurrences.map(({ episode }) => episode.name));
  const best = occurrences.map(({ scores }) => scores.reduce((most, score) => Math.max(most, score), -1));
  const texts = occurrences.map(({ episode }) => folded(`${episode.name} ${day(episode.aired)}`));
  return dataTable({
    caption: 'Occurrences of this clip',
    noun: 'episode',
    count: occurrences.length,
    sorting: { id: 'aired', descending: true },
    ...(occurrences.length > 10 && {
      search: {
        label: 'Search episodes and dates',
        matcher: (words: string[]) => (row: number) => words.every((word) => texts[row]?.includes(word)),
      },
    }),
    columns: [
      {
        id: 'aired',
        header: 'Aired',
        kind: 'date',
        descendingFirst: true,
        compare: byNumber(occurrences.map(({ episode }) => episode.aired)),
        cell: (row) => day(one(row).episode.aired),
      },
      {
        id: 'episode',
        header: 'Episode',
        kind: 'heading',
        compare: byNumber(nameRanks),
        cell: (row) => [
          episodeLink(one(row).of, one(row).episode.name),
          one(row).variant > 0 && h('span', { class: 'variant' }, variantText(one(row))),
          one(row).elsewhere && h('span', { class: 'variant' }, 'at other times in another copy'),
        ],
      },
      {
        id: 'at',
        header: 'Plays at',
        compare: byNumber(occurrences.map(({ at }) => at.length)),
        descendingFirst: true,
        cell: (row) => playButtons(one(row), clip, player),
      },
      {
        id: 'score',
        header: 'Score',
        kind: 'minor number',
        descendingFirst: true,
        compare: byNumber(best),
        cell: (row) => scoreBar(best[row] ?? -1),
      },
    ],
  });
}

function playButtons({ of, at, notes, episode }: Occurrence, clip: Details, player: Player): HTMLElement {
  const buttons = at.slice(0, BUTTONS_AT_MOST).map((seconds, index) => {
    const button = playButton(player, episode, seconds, `${clip.name} in ${episode.name}`);
    return notes[index] ? h('span', {}, button, notes[index]) : button;
  });
  const more = at.length - buttons.length;
  return h(
    'div',
    { class: 'plays' },
    ...buttons,
    more > 0 &&
      h('a', { href: `episode.html?id=${of}`, 'aria-label': `${more} more in ${episode.name}` }, `${more} more`),
  );
}
