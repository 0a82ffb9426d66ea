import type { Cost } from './figures.ts';

/**
 * List prices in US dollars, us-east-1, without free tiers, as the service pages stated them in November 2025. Prices
 * change seldom and downwards; whoever finds others changes them here, and `npm run bench -- --suite cost --keep` and `-- --page` do the rest.
 */
export const PRICES = {
  region: 'us-east-1',
  asOf: '2025-11',
  /** DynamoDB on demand, since November 2024. */
  millionWriteUnits: 0.625,
  millionReadUnits: 0.125,
  gigabyteMonth: 0.25,
  /** Point-in-time recovery, which the stack has on. */
  backupGigabyteMonth: 0.2,
  /** SQS; each 64 KiB of a message is one more. */
  millionStandardRequests: 0.4,
  millionFifoRequests: 0.5,
  /** Lambda on arm64. */
  gigabyteSecond: 0.0000133334,
  millionInvocations: 0.2,
  millionScheduled: 1,
  /** CloudWatch; an alarm is charged by each metric that it watches. */
  alarmMonth: 0.1,
  metricMonth: 0.3,
  /** Beyond the three of the free tier, which takes none with more than 50 metrics. */
  dashboardMonth: 3,
  /** KMS. */
  keyMonth: 1,
  logGigabyte: 0.5,
  millionTraces: 5,
} as const;

/** What is not measured here but stands in the settings or in AWS's own pages, with its reason. */
export const ASSUMED = {
  minutesAMonth: 730 * 60,
  /** A message has the results of a hundred pairs, as researchers are told to; first sign and last word are two more of a thousand pairs. */
  sendsAPair: 0.012,
  /** A work item is sent, received and deleted: of a thousand clips, 200 KB, that is 4 + 4 + 1 requests by pieces of 64 KiB. */
  fifoRequestsAPair: 0.009,
  /** Lambda's poller of a queue keeps five long polls of 20 s under way. */
  pollsAMinuteAQueue: 15,
  triggeredQueues: 2,
  /** Both scheduled functions have 1 GB; an empty drain waits 1 s for its queue, and an idle assignment takes 0.2 s. */
  gigabyteSecondsAMinute: 1.3,
  /** Both write one line of 0.8 KB, now and then metrics of 0.5 KB, and three lines of Lambda's own. */
  logBytesAMinute: 2 * 2_000,
  /** The stack traces nothing by default; X-Ray would sample both runs of each minute. */
  tracesAMinute: 0,
  /** 1 GB of a Lambda records so many results a second, a hundred a message, carefully. */
  recordedASecond: 5_000,
} as const;

/** What the stack has that costs by the month, whatever happens. */
export interface FixedParts {
  /** Metrics that alarms watch. */
  readonly alarms: number;
  /** Of the code. */
  readonly metrics: number;
  readonly dashboards: number;
  readonly keys: number;
}

const millions = (count: number, price: number) => (count / 1_000_000) * price;

const units = ({ writeUnits, readUnits }: Cost): number =>
  millions(writeUnits, PRICES.millionWriteUnits) + millions(readUnits, PRICES.millionReadUnits);

/** US dollars for a million researched pairs, from the cost of one; by what they are paid for. */
export function dollarsAMillionPairs(pair: Cost): Record<string, number> {
  return totalled({
    dynamoDb: 1_000_000 * units(pair),
    sqsByArchivists: millions(1_000_000 * pair.sqsRequests, PRICES.millionStandardRequests),
    sqsByResearchers:
      millions(1_000_000 * ASSUMED.sendsAPair, PRICES.millionStandardRequests) +
      millions(1_000_000 * ASSUMED.fifoRequestsAPair, PRICES.millionFifoRequests),
    lambda: (1_000_000 / ASSUMED.recordedASecond) * PRICES.gigabyteSecond,
  });
}

/** US dollars for a month in which nothing happens, from the cost of an idle minute and what is stored. */
export function dollarsIdleMonth(minute: Cost, storedBytes: number, fixed: FixedParts): Record<string, number> {
  const minutes = ASSUMED.minutesAMonth;
  const polls = ASSUMED.pollsAMinuteAQueue * ASSUMED.triggeredQueues;
  return totalled({
    dynamoDb: minutes * units(minute),
    stored: (storedBytes / 1e9) * (PRICES.gigabyteMonth + PRICES.backupGigabyteMonth),
    sqs: millions(minutes * minute.sqsRequests, PRICES.millionStandardRequests),
    pollingOfTriggeredQueues: millions(minutes * polls, PRICES.millionStandardRequests),
    lambda:
      minutes * ASSUMED.gigabyteSecondsAMinute * PRICES.gigabyteSecond +
      millions(2 * minutes, PRICES.millionInvocations) +
      millions(2 * minutes, PRICES.millionScheduled),
    logsAndTraces:
      ((minutes * ASSUMED.logBytesAMinute) / 1e9) * PRICES.logGigabyte +
      millions(minutes * ASSUMED.tracesAMinute, PRICES.millionTraces),
    alarmsAndMetrics:
      fixed.alarms * PRICES.alarmMonth +
      fixed.metrics * PRICES.metricMonth +
      fixed.dashboards * PRICES.dashboardMonth +
      fixed.keys * PRICES.keyMonth,
  });
}

function totalled(parts: Record<string, number>): Record<string, number> {
  const all = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const cents = (dollars: number) => Math.round(dollars * 10_000) / 10_000;
  return Object.fromEntries(Object.entries({ ...parts, total: all }).map(([name, dollars]) => [name, cents(dollars)]));
}
