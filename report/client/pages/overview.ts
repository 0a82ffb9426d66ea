import { about, counted, number, percent } from '../../shared/format.ts';
import type { ArchiveData, GivenUp, Ranked } from '../../shared/report-data.ts';
import { load } from '../data.ts';
import { clipLink, episodeLink, feedText, h, withShare } from '../dom.ts';
import { factList } from '../facts.ts';
import { figure, plainTable } from '../figure.ts';
import { columnsOverTime, nameOfBucket, type Series } from '../timelines.ts';

const RESEARCH: readonly Series[] = [
  { name: 'complete', key: 'complete', value: ({ complete }) => complete },
  { name: 'in progress', key: 'begun', value: ({ begun }) => begun },
  { name: 'not begun', key: 'untouched', value: ({ untouched }) => untouched },
];

/** How the archive is doing, and what was found most. */
export async function overviewPage(): Promise<readonly HTMLElement[]> {
  const archive = await load('archive');
  return [
    h('p', { class: 'kicker' }, 'Where each clip was played'),
    h('h1', { class: 'large' }, feedText(archive.title)),
    h('p', { class: 'lede' }, ledeOf(archive)),
    progress(archive),
    counts(archive),
    ...charts(archive),
    h(
      'div',
      { class: 'columns' },
      ranking('Most played clips', archive.mostPlayed, clipLink, 'episode', 'in'),
      ranking('Episodes with most plays', archive.richest, episodeLink, 'clip', 'of'),
    ),
    ...givenUp(archive),
  ];
}

function ledeOf({ counts: of, timeline }: ArchiveData): string {
  if (of.episodes === 0) return 'There are no episodes yet.';
  if (of.plays === 0) return `Nothing was found yet in ${counted(of.episodes, 'episode')}.`;
  const [first, last] = [timeline.buckets[0], timeline.buckets.at(-1)];
  const name = (bucket: typeof first) => bucket && nameOfBucket(timeline.unit, bucket);
  const years =
    first === undefined
      ? ''
      : first === last
        ? ` aired in ${name(first)}`
        : ` aired from ${name(first)} to ${name(last)}`;
  return `${counted(of.plays, 'play')} of ${counted(of.clipsFound, 'clip')}, heard in ${number(of.episodesWithFindings)} of ${counted(of.episodes, 'episode')}${years}.`;
}

function progress({
  counts: of,
  pairs,
  paused,
  pairsAMinute,
  estimatedEnd,
  outlook,
  madeAt,
}: ArchiveData): HTMLElement {
  const share = (part: number) => (pairs.total === 0 ? 0 : part / pairs.total);
  const parts = [
    { key: 'researched', name: 'researched', count: pairs.researched },
    { key: 'given-up', name: 'given up', count: pairs.givenUp },
    { key: 'to-do', name: 'to do', count: pairs.toDo },
  ].filter(({ key, count }) => count > 0 || key === 'researched');
  const left = Date.parse(estimatedEnd ?? '') - Date.parse(madeAt);
  const pace = paused
    ? 'Research is paused.'
    : pairs.toDo === 0
      ? 'Nothing is left to do.'
      : Number.isNaN(left)
        ? `${outlook.slice(0, 1).toUpperCase()}${outlook.slice(1).replaceAll('`', '')}.`
        : `${number(Math.round(pairsAMinute))} pairs a minute: about ${about(left)} to go.`;
  return h(
    'section',
    { class: 'progress', 'aria-labelledby': 'progress' },
    h(
      'div',
      { class: 'progress-head' },
      h('h2', { id: 'progress' }, 'Progress'),
      h('p', { class: 'progress-share' }, percent(pairs.researched, pairs.total)),
    ),
    h(
      'div',
      { class: 'bar', 'aria-hidden': 'true' },
      ...parts.map(({ key, count }) => withShare(h('span', { class: `part part-${key}` }), share(count))),
    ),
    h(
      'p',
      { class: 'legend' },
      ...parts.map(({ key, name, count }) => h('span', { class: `key key-${key}` }, `${number(count)} ${name}`)),
      h('span', {}, `of ${counted(pairs.total, 'pair')} of an episode and a clip`),
    ),
    pairs.notJudged > 0 &&
      h('p', { class: 'note' }, `${number(pairs.notJudged)} of the researched are of clips that cannot be judged.`),
    of.episodesNotHeardInFull > 0 &&
      h(
        'p',
        { class: 'note' },
        `${counted(of.episodesNotHeardInFull, 'episode')} ${of.episodesNotHeardInFull === 1 ? 'was' : 'were'} not heard in full: what is played in the rest is not known.`,
      ),
    h('p', { class: 'note' }, pace),
  );
}

const counts = ({ counts: of }: ArchiveData): HTMLElement =>
  factList([
    ['Episodes', tile('episodes.html', of.episodes, `${number(of.episodesComplete)} complete`)],
    ['Clips', tile('clips.html', of.clips, `${number(of.clipsFound)} found somewhere`)],
    ['Findings', tile('findings.html', of.findings, 'a clip in an episode')],
    ['Plays', tile('findings.html?sort=-plays', of.plays, 'every time counted')],
  ]);

const tile = (href: string, count: number, note: string) => [
  h('a', { class: 'tile-count', href }, number(count)),
  h('span', { class: 'tile-note' }, note),
];

function charts({ timeline }: ArchiveData): HTMLElement[] {
  if (timeline.buckets.length < 2) return [];
  const by = timeline.unit;
  const undated =
    timeline.undated === 0
      ? ''
      : ` ${counted(timeline.undated, 'episode')} without a date ${timeline.undated === 1 ? 'is' : 'are'} not in it.`;
  const rows = (values: (bucket: (typeof timeline.buckets)[number]) => number[]) =>
    timeline.buckets.map((bucket) => [nameOfBucket(by, bucket), ...values(bucket).map(number)]);
  const plays: Series = { name: 'plays', key: 'plays', value: (bucket) => bucket.plays };
  const playsLabel = `Plays by the ${by} in which the episode was aired.${undated}`;
  const researchLabel = `Episodes by the ${by} in which they were aired, and how far their research is.${undated}`;
  return [
    h(
      'div',
      { class: 'columns' },
      figure(
        `Plays by ${by} aired`,
        (width) => columnsOverTime(timeline, [plays], { label: playsLabel, noun: 'Plays' }, width),
        {
          label: playsLabel,
          table: plainTable(
            playsLabel,
            [by === 'year' ? 'Year' : 'Month', 'Plays'],
            rows((bucket) => [bucket.plays]),
          ),
        },
      ),
      figure(
        `Research by ${by} aired`,
        (width) => columnsOverTime(timeline, RESEARCH, { label: researchLabel, noun: 'Episodes' }, width),
        {
          label: researchLabel,
          legend: h(
            'p',
            { class: 'legend' },
            ...RESEARCH.map(({ name, key }) => h('span', { class: `key key-${key}` }, name)),
          ),
          table: plainTable(
            researchLabel,
            [by === 'year' ? 'Year' : 'Month', ...RESEARCH.map(({ name }) => name)],
            rows((bucket) => RESEARCH.map(({ value }) => value(bucket))),
          ),
        },
      ),
    ),
  ];
}

function ranking(
  heading: string,
  ranked: readonly Ranked[],
  link: (id: number, name: string) => HTMLElement,
  noun: string,
  word: string,
): HTMLElement {
  const most = ranked[0]?.plays ?? 1;
  const items = ranked.map(({ id, name, plays, others }) =>
    withShare(
      h(
        'li',
        {},
        link(id, name),
        h('span', { class: 'amount' }, `${counted(plays, 'play')} ${word} ${counted(others, noun)}`),
      ),
      plays / most,
    ),
  );
  return h(
    'section',
    {},
    h('h2', {}, heading),
    items.length > 0 ? h('ol', { class: 'ranking' }, ...items) : h('p', { class: 'note' }, 'Nothing was found yet.'),
  );
}

function givenUp({ givenUp: { entries, more } }: ArchiveData): HTMLElement[] {
  if (entries.length === 0) return [];
  const link = ({ kind, id, name }: GivenUp) => (kind === 'clip' ? clipLink(id, name) : episodeLink(id, name));
  return [
    h(
      'section',
      {},
      h('h2', {}, 'Given up'),
      h(
        'p',
        { class: 'note' },
        'These could not be researched. A new address of their audio, or an operator, gives them another chance.',
      ),
      h(
        'ul',
        { class: 'given-up' },
        ...entries.map((entry) =>
          h(
            'li',
            {},
            h('span', { class: 'what' }, entry.kind),
            link(entry),
            h('span', { class: 'reason' }, feedText(entry.reason || entry.state)),
          ),
        ),
      ),
      more > 0 && h('p', { class: 'note' }, `… and ${number(more)} more.`),
    ),
  ];
}
