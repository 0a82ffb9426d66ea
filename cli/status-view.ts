import type { EpisodeEntry } from '../domain/collection.ts';
import { columns, spoken } from '../operating/spoken.ts';
import type { Status } from '../operating/status.ts';
import { counted, shown } from '../operating/terminal.ts';
import { nameOrAddress } from '../web/shown-address.ts';

/** So many leases are listed; more would only scroll away. */
const LEASES_SHOWN = 20;
const TITLE_WIDTH = 50;

/** The status as lines for people. @param titles of the episodes that it names */
export function statusLines(status: Status, titles: ReadonlyMap<number, EpisodeEntry>): string[] {
  const now = Date.parse(status.at);
  const { clips, episodes, pairs, backlog } = status;
  const title = (episode: number) => nameOf(titles.get(episode), episode);
  const facts: string[][] = [
    ['Archive', `${shown(status.archive)}, ${status.at.slice(0, 19).replace('T', ' ')} UTC`],
    [
      'Clips',
      withParts(clips.total, {
        parked: clips.parked,
        retired: clips.retired,
        'cannot be judged': clips.notJudged,
        damaged: clips.unreadable.length,
      }),
    ],
    [
      'Episodes',
      withParts(episodes.total, {
        complete: episodes.complete,
        parked: episodes.parked,
        paused: episodes.paused,
        retired: episodes.retired,
        'gone from their addresses': episodes.gone,
        'not heard in full': episodes.notHeardInFull,
        damaged: episodes.unreadable.length,
      }),
    ],
    [
      'Pairs',
      `${n(pairs.researched)} of ${n(pairs.total)} researched (${share(pairs.researched, pairs.total)})${pairs.notJudged > 0 ? `, ${n(pairs.notJudged)} of them of clips that cannot be judged` : ''}, ${n(pairs.toDo)} to do` +
        `${pairs.givenUp > 0 ? `, ${n(pairs.givenUp)} given up (${n(pairs.parked)} parked by themselves)` : ''}`,
    ],
    ['Findings', n(status.findings)],
    ['Rate', rate(status)],
    [
      'Backlog',
      backlog.oldest === null
        ? 'nothing to do'
        : `${counted(backlog.episodes, 'episode')}; the oldest for ${spoken(backlog.oldest.ageSeconds * 1000)}: ${title(backlog.oldest.episode)}`,
    ],
    [
      'Researchers',
      `${counted(status.researchers, 'work item')} in work, ${n(status.waiting)} waiting for researchers`,
    ],
    [
      'Results',
      status.drainedUntil === null
        ? 'never drained yet'
        : `recorded up to ${spoken(now - Date.parse(status.drainedUntil))} ago`,
    ],
  ];
  const lines = columns(facts);
  if (Object.keys(status.queues).length === 0) {
    lines.push('', 'Not running: nothing goes on until `local` or `start`. What is in its queues is not known here.');
  }
  if (status.paused) lines.push('', 'PAUSED: nothing new is given out until `resume`.');
  if (episodes.unreadable.length > 0) {
    lines.push('', `Damaged ledgers, set aside: episodes ${episodes.unreadable.join(', ')}.`);
  }
  if (clips.unreadable.length > 0) {
    lines.push(
      '',
      'Damaged clips, left out of research:',
      ...clips.unreadable.slice(0, LEASES_SHOWN).map((one) => `  ${shown(one)}`),
    );
  }
  if (status.leases.length > 0) lines.push('', ...leaseLines(status, now, title));
  return Object.keys(status.queues).length === 0 ? lines : [...lines, '', ...queueLines(status)];
}

const n = (value: number): string => value.toLocaleString('en-US');

const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`);

function withParts(total: number, parts: Readonly<Record<string, number>>): string {
  const some = Object.entries(parts).filter(([, count]) => count > 0);
  return some.length === 0
    ? n(total)
    : `${n(total)} (${some.map(([name, count]) => `${n(count)} ${name}`).join(', ')})`;
}

const rate = ({ pairsAMinute, outlookSentence }: Status): string =>
  `${n(pairsAMinute)} pairs a minute in the last hour; ${outlookSentence}`;

export function nameOf(entry: EpisodeEntry | undefined, episode: number): string {
  const name = shown(entry ? nameOrAddress(entry.info) : '');
  const short = name.length > TITLE_WIDTH ? `${name.slice(0, TITLE_WIDTH - 1)}…` : name;
  return `${short} [${episode}]`;
}

function leaseLines({ leases }: Status, now: number, title: (episode: number) => string): string[] {
  const rows = leases
    .slice(0, LEASES_SHOWN)
    .map(({ id, researcher, signed, ageSeconds, lastSign, done, left, ending, episode }) => [
      shown(id),
      signed ? shown(researcher || '(unnamed)') : '(waiting)',
      spoken(ageSeconds * 1000),
      done,
      left,
      ending ? 'ending' : lastSign === null ? '–' : `${spoken(now - Date.parse(lastSign))} ago`,
      title(episode),
    ]);
  const lines = columns([['Lease', 'Researcher', 'Age', 'Done', 'Left', 'Last sign', 'Episode'], ...rows]);
  return leases.length > LEASES_SHOWN
    ? [...lines, `… and ${n(leases.length - LEASES_SHOWN)} more (--json has all)`]
    : lines;
}

function queueLines({ queues }: Status): string[] {
  const rows = Object.entries(queues).map(([name, { visible, inFlight, deadLetters }]) => [
    name,
    visible,
    inFlight,
    deadLetters,
  ]);
  return columns([['Queue', 'Waiting', 'Received', 'Dead letters'], ...rows]);
}
