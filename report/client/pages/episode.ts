import { counted, day, duration, position } from '../../shared/format.ts';
import { eachPlayOnce, variantText } from '../../shared/one-play.ts';
import type { EpisodeChunk, EpisodeDetails } from '../../shared/report-data.ts';
import { byNumber, ranks } from '../../shared/rows.ts';
import { safeMedia } from '../../shared/safe-media.ts';
import { idInAddress, loadChunk, MissingData } from '../data.ts';
import { dataTable } from '../data-table.ts';
import { clipLink, feedText, h } from '../dom.ts';
import { factList, noteOf, scoreBar, stateBadge } from '../facts.ts';
import { figure } from '../figure.ts';
import { aboutMedium, descriptionOf, researchFact } from '../medium.ts';
import { Player, playButton, unplayable } from '../player.ts';
import { episodeChart } from '../timelines.ts';

/** So many lanes can be told apart; an episode with more clips shows the most played of them. */
const LANES_AT_MOST = 60;

interface Play {
  readonly clip: number;
  readonly name: string;
  readonly seconds: number;
  readonly length: number;
  readonly score: number;
  readonly variant: number;
  /** What is said of it where only a variant has it. */
  readonly only: string;
  /** Where it is in other copies, seconds. */
  readonly elsewhere: readonly number[];
  readonly note: HTMLElement | false;
  readonly researcher: string;
  readonly analyzer: string;
  readonly found: number | null;
}

/** One episode: its timeline, and every play on it. */
export async function episodePage(): Promise<readonly HTMLElement[]> {
  const id = idInAddress();
  const chunk = await loadChunk('episodes', id);
  const episode = chunk.entries[id];
  if (episode === undefined) throw new MissingData(`episode ${id}`);
  document.title = `${episode.name} – ${document.title.replace(/^Episode – /, '')}`;
  const plays = playsOf(episode, chunk);
  const standing = plays.filter(({ variant }) => variant === 0);
  const player = new Player();
  return [
    h(
      'p',
      { class: 'kicker' },
      h('a', { href: 'episodes.html' }, 'Episodes'),
      episode.aired !== null && ` · ${day(episode.aired)}`,
    ),
    h('h1', {}, feedText(episode.name)),
    factList([
      ['Length', duration(episode.seconds)],
      [
        'Plays',
        `${counted(standing.length, 'play')} of ${counted(new Set(standing.map(({ clip }) => clip)).size, 'clip')}`,
      ],
      ['Research', [stateBadge(episode.state, episode.researched, episode.of), researchFact(episode, 'clip')]],
      ['Not heard', episode.unknown !== '' && feedText(episode.unknown)],
      ['Given up because', episode.reason !== '' && feedText(episode.reason)],
    ]),
    aboutMedium(player, episode, 'episode', startInAddress()),
    ...timeline(episode, standing, player),
    h('h2', {}, 'Plays'),
    playsTable(episode, plays, player),
    ...descriptionOf(episode),
  ];
}

function startInAddress(): number {
  const start = Number(new URLSearchParams(location.search).get('t'));
  return Number.isFinite(start) && start > 0 ? start : 0;
}

const playsOf = (episode: EpisodeDetails, { clips, words }: EpisodeChunk): Play[] =>
  eachPlayOnce(episode.plays)
    .flatMap(({ plays, told }) =>
      told.map(({ index, seconds, elsewhere }) => ({
        clip: plays.of,
        name: clips[plays.of]?.name ?? '',
        seconds,
        elsewhere,
        length: clips[plays.of]?.seconds ?? 0,
        score: plays.scores[index] ?? -1,
        variant: plays.variant,
        only: variantText(plays),
        note: noteOf(plays, index),
        researcher: words[plays.researcher] ?? '',
        analyzer: words[plays.analyzer] ?? '',
        found: plays.found,
      })),
    )
    .sort((a, b) => a.seconds - b.seconds);

function timeline(episode: EpisodeDetails, plays: readonly Play[], player: Player): HTMLElement[] {
  if (plays.length === 0) return [];
  const byClip = [...Map.groupBy(plays, ({ clip }) => clip).values()];
  const first = ([play]: readonly Play[]) => play?.seconds ?? 0;
  const shown = byClip.sort((a, b) => b.length - a.length || first(a) - first(b)).slice(0, LANES_AT_MOST);
  shown.sort((a, b) => first(a) - first(b));
  const lanes = shown.map(([play]) => play?.name ?? '');
  const laneOf = new Map(shown.map(([play], index) => [play?.clip ?? 0, index]));
  const end = Math.max(episode.seconds, ...plays.map(({ seconds, length }) => seconds + length));
  const marks = plays.flatMap(({ clip, name, seconds, length }) => {
    const lane = laneOf.get(clip);
    return lane === undefined ? [] : [{ lane, seconds, length, title: `${name}, ${position(seconds)}` }];
  });
  let chart: ReturnType<typeof episodeChart> | undefined;
  const hidden = byClip.length - shown.length;
  const label = `Timeline of the episode: ${counted(marks.length, 'play')} of ${counted(shown.length, 'clip')}. The table of plays has the same.`;
  const element = figure(
    'Timeline',
    (width, onPaper) => {
      chart = episodeChart(marks, { lanes, seconds: end, label }, width, onPaper);
      return chart.element;
    },
    {
      label,
      note: h(
        'p',
        { class: 'note' },
        unplayable(safeMedia(episode.mediaUri), episode.mediaUri) === '' &&
          h('span', { class: 'on-screen' }, 'Click to listen from there. '),
        hidden > 0 && `The ${counted(shown.length, 'clip')} played most; ${hidden} more are in the table.`,
      ),
    },
  );
  element.classList.add('episode-timeline');
  const drawing = element.querySelector('.drawing');
  drawing?.addEventListener('click', (event) => {
    if (chart === undefined || !(event instanceof MouseEvent)) return;
    const at = chart.secondsAt(event.clientX);
    player.play(episode, nearest(plays, at, end));
  });
  player.onProgress((_, seconds) => chart?.moveTo(seconds));
  return [element];
}

/** The play that was meant by a click beside it. */
function nearest(plays: readonly Play[], at: number, end: number): number {
  const near = plays.filter(({ seconds, length }) => at >= seconds - end / 200 && at <= seconds + length + end / 200);
  return near.length === 0
    ? at
    : near.reduce((best, play) => (Math.abs(play.seconds - at) < Math.abs(best.seconds - at) ? play : best)).seconds;
}

function playsTable(episode: EpisodeDetails, plays: readonly Play[], player: Player): HTMLElement {
  const nameRanks = ranks(plays.map(({ name }) => name));
  const play = (row: number): Play => plays[row]!;
  return dataTable({
    caption: 'Plays in this episode',
    noun: 'play',
    count: plays.length,
    pageSize: 200,
    sorting: { id: 'at', descending: false },
    columns: [
      {
        id: 'at',
        header: 'At',
        compare: byNumber(plays.map(({ seconds }) => seconds)),
        cell: (row) => playButton(player, episode, play(row).seconds, play(row).name),
      },
      {
        id: 'clip',
        header: 'Clip',
        kind: 'heading',
        compare: byNumber(nameRanks),
        cell: (row) => [
          clipLink(play(row).clip, play(row).name),
          play(row).only !== '' && h('span', { class: 'variant' }, play(row).only),
          play(row).elsewhere.length > 0 &&
            h('span', { class: 'variant' }, `at ${play(row).elsewhere.map(position).join(', ')} in another copy`),
          play(row).note,
        ],
      },
      {
        id: 'score',
        header: 'Score',
        kind: 'number',
        descendingFirst: true,
        compare: byNumber(plays.map(({ score }) => score)),
        cell: (row) => scoreBar(play(row).score),
      },
      {
        id: 'by',
        header: 'Found by',
        kind: 'minor',
        cell: (row) => feedText([play(row).researcher, play(row).analyzer].filter(Boolean).join(', ')),
      },
      {
        id: 'found',
        header: 'Found',
        kind: 'minor number',
        descendingFirst: true,
        compare: byNumber(plays.map(({ found }) => found)),
        cell: (row) => day(play(row).found),
      },
    ],
  });
}
