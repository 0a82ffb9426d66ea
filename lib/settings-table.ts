import { MOST_CLIPS } from '../domain/messages.ts';
import type { NumberSetting } from './setting-values.ts';
import { texts } from './settings-texts.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const number = (value: NumberSetting['value'], unit: string, least: number, most: number, why: string) => ({
  value,
  unit,
  least,
  most,
  why,
});
const seconds = (value: NumberSetting['value'], least: number, most: number, why: string) =>
  number(value, 'seconds', least, most, why);

/** Every number with its reason, in the order in which they follow from each other. */
const numbers = {
  leaseDuration: seconds(
    2 * HOUR,
    61,
    14 * DAY,
    'Two hours are enough for 5,000 clips in the longest episode on a slow machine; SQS keeps a message for 60 s at least and must forget a work item before its lease ends.',
  ),
  silenceLimit: seconds(
    15 * MINUTE,
    1,
    DAY,
    'Three missed heartbeats: one lost message or a short outage of a network ends no lease.',
  ),
  heartbeat: seconds(
    5 * MINUTE,
    1,
    DAY,
    'Rare enough to cost nothing (12 messages an hour), often enough that a dead researcher is known within a quarter of an hour.',
  ),
  rest1: seconds(15 * MINUTE, 0, 30 * DAY, 'After the first strike: longer than a restart of a media host.'),
  rest2: seconds(2 * HOUR, 0, 30 * DAY, 'After the second strike: longer than most outages.'),
  rest3: seconds(
    DAY,
    0,
    30 * DAY,
    'After the third strike: somebody has had a working day to mend it; the fourth parks.',
  ),
  retryRest: seconds(15 * MINUTE, 0, 30 * DAY, 'A pair that failed comes to another researcher at another time.'),
  strikeMemory: seconds(DAY, 0, 30 * DAY, 'One broken researcher counts once a day and so parks nothing by itself.'),
  unknownRetry: seconds(
    5 * MINUTE,
    0,
    DAY,
    'Results of a clip that curation has not delivered yet wait for it so long.',
  ),
  reopenInterval: seconds(
    HOUR,
    0,
    30 * DAY,
    'One new clip means downloading every episode again, so new clips are gathered for an hour.',
  ),
  minimumWaiting: number(
    1,
    'work items',
    0,
    1000,
    'One item waits even when nobody is there, so that the first researcher has work at once.',
  ),
  clipsPerItem: number(
    MOST_CLIPS,
    'clips',
    1,
    MOST_CLIPS,
    'As many as fit into a message: fetching and decoding an episode is paid once an item, and one message has the results of many clips.',
  ),

  curationTimeout: seconds(
    MINUTE,
    6,
    900,
    'A batch of ten takes about a second; a minute leaves room for conflicts, one by one.',
  ),
  assignTimeout: seconds(50, 6, 900, 'Below the period of a minute, so that runs seldom overlap.'),
  drainTimeout: seconds(50, 6, 900, 'Below the period of a minute, so that runs seldom overlap.'),
  drainVisibility: seconds(
    (known) => known.drainTimeout! + 10,
    1,
    12 * HOUR,
    "Above the drain's timeout, so that no run sees what another still works on; little above, so that what a killed run hid comes back soon.",
  ),
  researchers: number(
    0,
    'researchers on Lambda at a time',
    0,
    1000,
    'None: most archives have machines of their own. An event source has at least two, so 1 means 2.',
  ),
  researcherTimeout: seconds(
    15 * MINUTE,
    60,
    15 * MINUTE,
    'The longest that Lambda gives; what is not done then goes back to the pool.',
  ),
  researcherMemory: number(
    1769,
    'MB',
    512,
    10_240,
    'One whole core, which analysis uses; an episode of three hours with 100 clips needs about a third of the memory.',
  ),
  researcherDisk: number(
    2048,
    'MB of /tmp',
    512,
    10_240,
    'An episode, the clips of its item, and what is kept of the last ones.',
  ),
  feedPeriod: seconds(
    15 * MINUTE,
    MINUTE,
    DAY,
    'Feeds change a few times a day; an unchanged one costs one conditional request.',
  ),
  feedTimeout: seconds(5 * MINUTE, 30, 15 * MINUTE, 'A feed of 10,000 entries takes about ten seconds.'),
  feedMemory: number(1024, 'MB', 256, 10_240, 'A feed of 39 MB takes 200 MB, and feeds of up to 50 MB are read.'),
  pendingVisibility: seconds(
    (known) => (known.researchers! > 0 ? known.researcherTimeout! : MINUTE),
    1,
    12 * HOUR,
    'A researcher signs and deletes a work item within seconds; one that stalled in between must not hide it from the others for long. With researchers on Lambda it is their timeout, as event sources ask.',
  ),
  pendingRetention: seconds(
    (known) => Math.max(60, known.leaseDuration! - 4 * MINUTE),
    60,
    14 * DAY,
    'Unsigned leases are sent again for 3 minutes, and a run takes up to one: four minutes less than the lease, and no work item outlives it (but SQS keeps for 60 s at least).',
  ),
  queueRetention: seconds(
    7 * DAY,
    60,
    14 * DAY,
    'A week of outage loses nothing. A dead letter keeps the age of its message, so its queue must keep longer than this.',
  ),
  deadLetterRetention: seconds(14 * DAY, 60, 14 * DAY, 'As long as SQS can: people have holidays.'),
  curatedReceiveLimit: number(
    5,
    'receives',
    1,
    1000,
    'Hopeless messages are dead-lettered at once, so only transient failures are counted; five visibility times are half an hour.',
  ),
  drainedReceiveLimit: number(
    100,
    'receives',
    1,
    1000,
    'Results are worth hours of work and wait for an unknown clip meanwhile; 100 receives are more than an hour and a half.',
  ),
  pendingReceiveLimit: number(
    3,
    'receives',
    1,
    1000,
    'A third return means that the item kills its receivers, or that they may not delete. Its lease ends by itself, so giving up costs nothing.',
  ),
  batchingWindow: seconds(
    1,
    0,
    300,
    'Ten clips in one transaction cost half of ten alone; a second of waiting fills most batches.',
  ),
  curationConcurrency: number(
    2,
    'concurrent batches',
    2,
    1000,
    'Every insertion writes the one counter: more at once only conflict. Two is the least that SQS event sources take.',
  ),
  curationMemory: number(512, 'MB', 128, 10_240, 'A third of a core; the work is waiting for DynamoDB.'),
  assignMemory: number(
    1024,
    'MB',
    128,
    10_240,
    'Holds the catalogue of 10,000 clips several times over and sorts it with more than half a core.',
  ),
  drainMemory: number(1024, 'MB', 128, 10_240, 'Holds batches of up to 32 MiB of messages, parsed and grouped.'),
  logRetentionDays: number(30, 'days', 1, 3653, 'A month: long enough to look into what parked a pair.'),

  curatedAgeLimit: seconds(
    15 * MINUTE,
    60,
    14 * DAY,
    'Curation takes seconds; two full visibility times mean that it has stopped.',
  ),
  pendingAgeLimit: seconds(
    (known) => Math.max(60, Math.min(HOUR, known.pendingRetention! / 2)),
    60,
    14 * DAY,
    'Nobody has taken the oldest work item for an hour; at half of its retention when that is shorter, or it would vanish before.',
  ),
  completedAgeLimit: seconds(
    (known) => Math.max(60, known.unknownRetry! + 5 * MINUTE),
    60,
    14 * DAY,
    'Results of unknown clips wait for unknownRetry on purpose; five runs of the drain more mean that it has stopped.',
  ),
  timeoutShare: number(80, '% of the timeout', 1, 100, 'The last fifth is the margin in which a run ends by itself.'),
  silentMinutes: number(
    5,
    'minutes',
    1,
    1440,
    'A schedule that missed five runs is broken; one or two missed runs happen and are made up for.',
  ),
  failedShare: number(
    50,
    '% of the outcomes of an hour',
    1,
    100,
    'Single dead clips fail far less; above half of it a media host or a researcher is broken.',
  ),
  wastedShare: number(
    5,
    '% of the recorded results of an hour',
    1,
    100,
    'Duplicates come from leases that ended too early; SQS itself repeats far less.',
  ),
  outcomesLeast: number(
    20,
    'outcomes of an hour',
    1,
    1_000_000,
    'Of fewer outcomes a share says nothing: one dead clip that is tried again alone would be 100 %.',
  ),
  goneMinutes: number(30, 'minutes', 1, 1440, 'Researchers that restart or move are back by then.'),
} satisfies Record<string, NumberSetting>;

/** All settings; a number may follow from those that stand before it. */
export const settingsTable = { ...numbers, ...texts };

export type Settings = Readonly<
  Record<keyof typeof numbers, number> &
    Record<keyof typeof texts, string> & {
      logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
      alarms: 'essential' | 'all';
      dashboard: 'on' | 'off';
      alarmTopic: 'on' | 'off';
      tracing: 'on' | 'off';
      testEvents: 'off' | 'use' | 'create';
    }
>;
export type SettingName = keyof Settings;
