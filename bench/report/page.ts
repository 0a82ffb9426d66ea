import type { Hearing } from '../../audio/evaluation/summary.ts';
import type { Cost, Figure, Operation } from '../figures.ts';
import type { CostResult } from '../suites/cost.ts';
import { nameOfSize, type ResearchResult } from '../suites/research.ts';
import { nameOf, type ScaleResult } from '../suites/scale.ts';
import type { StartResult } from '../suites/start.ts';
import type { ThroughputResult } from '../suites/throughput.ts';
import type { WholeResult } from '../suites/whole.ts';
import { hearingPlot, hearingSection } from './hearing.ts';
import { type Plot, plotsOf } from './plots.ts';
import { researchPlots } from './research-plots.ts';
import { count, table } from './table.ts';
import { wholeSection } from './whole.ts';

/** What `npm run bench -- --keep` kept, one file a suite. */
export interface Results {
  readonly cost: CostResult;
  readonly scale: ScaleResult;
  readonly tenfold: ScaleResult;
  readonly start: StartResult;
  readonly throughput: ThroughputResult;
  readonly whole: WholeResult;
  readonly research: ResearchResult;
  readonly hearing: Required<Hearing>;
}

/** docs/performance.md and its plots, from the kept results alone. */
export function pageOf(results: Results): { readonly page: string; readonly plots: readonly Plot[] } {
  const { cost, scale, tenfold, start, throughput, whole, research, hearing } = results;
  const plots = [...plotsOf(cost, scale), ...researchPlots(research), hearingPlot(hearing.recorded.reliability)];
  const [adding, pair, choosing, stored, ratios, peaks, scores] = plots.map(
    (plot) => `![${plot.title}](performance/${plot.file})`,
  );
  const { prices, millionPairs, idleMonth, fixed } = cost.dollars;
  const page = `# Performance

Made by \`npm run bench -- --page\` from the results in [performance/](performance); do not edit. Units are those that
DynamoDB itself reports (through the emulator), of tables and indexes together; they are the same in every run. Times
depend on the machine and on what else runs on it: medians, for orientation.

The yardstick is the obvious design, one item a pair: a backlog row, then a lease row, then a result row
([bench/yardstick](../bench/yardstick/pair-rows.ts) says what it is given for nothing). Ratios weigh a write unit as five
read units, as they are priced.

## The promises

${table(['what', 'promised', 'measured', 'holds'], [cost, scale].flatMap(({ figures }) => figures).map(figureRow))}

## What operations cost

${adding}

${pair}

${operationTable(cost.operations)}

Requests to SQS count the archivists' own; a researcher's messages are in the dollars below.

## US dollars

List prices of ${prices.asOf}, ${prices.region}, without free tiers ([bench/prices.ts](../bench/prices.ts) has the
prices, the formulas and what is assumed).

${dollarTable('a million researched pairs', ['Archivist', millionPairs.archivist], ['one item a pair', millionPairs.yardstick])}

${dollarTable('a month in which nothing happens', ['Archivist', idleMonth])}

Of alarms there are the ${fixed.alarms} essential ones, of one metric each (\`-c alarms=essential\`); the code emits no metric
while nothing happens. An account's first ten alarms and metrics are free.

## How it grows

${choosing}

Choosing and leasing one work item, the catalogue of clips warm, and a run with nothing to assign. All episodes but one
are complete (or wait).

${table(
  [
    'episodes × clips',
    'choose: read',
    'write',
    'requests',
    'idle run: read',
    'all clips: read',
    'again, after one was struck',
    'ms choose / idle / all clips',
  ],
  [...scale.sizes, ...tenfold.sizes].map((one) => [
    nameOf(one),
    count(one.choosing.readUnits),
    count(one.choosing.writeUnits),
    count(one.choosing.dynamoDbRequests + one.choosing.sqsRequests),
    count(one.idle.readUnits),
    count(one.catalogueReadUnits),
    count(one.reloadReadUnits),
    `${one.ms.choosing} / ${one.ms.idle} / ${one.ms.catalogue}`,
  ]),
)}

Fitted exponents b of cost ≈ a · x^b:

${table(
  ['growth', 'b'],
  Object.entries(scale.exponents).map(([name, b]) => [name, String(b)]),
)}

## What is stored

${stored}

${table(
  ['40 million researched pairs as', 'episodes × clips', 'bytes, with indexes and overhead', 'a pair', 'largest item'],
  [
    ...scale.stored.map((one) => [
      one.pattern,
      nameOf(one),
      count(one.bytes),
      (one.bytes / one.researched).toFixed(3),
      count(one.largestItem),
    ]),
    ['one item a pair', '', count(scale.storedByYardstick), (scale.storedByYardstick / 40_000_000).toFixed(0), ''],
  ],
)}

## How fast it starts

Bundles as the CDK app makes them, loaded in fresh processes, in turns.

${table(
  ['bundle', 'bytes', 'by the empty one', 'load, ms', 'processor, ms', 'by the empty one'],
  start.bundles.map((one) => [
    one.name,
    count(one.bytes),
    `${one.bytesRatio} ×`,
    count(one.loadMs),
    count(one.loadCpuMs),
    `${one.loadCpuRatio} ×`,
  ]),
)}

The empty handlers are middy with the same SDK clients (the drain has a third one) and one command each; most of every
bundle is the SDK. What reads messages is a file beside it, counted here, which loads with the first message.

## How much a second

Real bundles in processes of their own and real messages through both emulators, all on the same
${throughput.processors} processors, which other programs may have used too.

${table(
  ['what', 'a second', 'runs', 'memory, MB'],
  [
    ['clips curated, from sending to an empty queue', count(throughput.curated.clips), '', ''],
    ['episodes curated, likewise', count(throughput.curated.episodes), '', ''],
    rateRow('work items leased and published', throughput.workItems),
    rateRow('results recorded, one worker', throughput.results.oneWorker),
    rateRow('results recorded, two workers', throughput.results.twoWorkers),
  ],
)}

${limits(throughput)}

${wholeSection(whole)}

## What research costs

The real worker with one thread, the queues in memory, work items as large as they may be: an hour of the generator of test
sets with 324 plays of 100 clips, and clips that play nowhere besides. *First*: nothing is kept. *Next episode*: features of the clips
are kept, those of the episode are not. *Next item*: both are. Processor seconds of all threads; \`×\` is by what
mpg123-decoder alone takes for the same file in the same run. ${research.analyzer}.

${ratios}

${peaks}

${table(
  [
    'episode × clips',
    'caches',
    'starting',
    'opening',
    'searching',
    'in all',
    'decoding alone',
    '×',
    'peak, MB',
    'plays',
  ],
  research.sizes.flatMap((size) =>
    size.runs.map((run) => [
      nameOfSize(size),
      run.caches,
      ...Object.values(run.stages).map(count),
      count(run.cpuSeconds),
      count(size.decodeAlone),
      `${count(run.ratio)} ×`,
      count(run.peakMegabytes),
      count(run.plays),
    ]),
  ),
)}

*Starting* loads the program; *opening* has the episode decoded and its features made, or read; *searching* has the clips
decoded, or read, found and reported.

${hearingSection(hearing, scores!)}

## Targets

${table(
  ['what', 'aimed at', 'measured', 'reached'],
  [...start.targets, ...throughput.targets, ...whole.targets, ...research.targets].map(figureRow),
)}
`;
  return { page, plots };
}

function limits({ results, processors }: ThroughputResult): string {
  const used = results.twoWorkers.processorUs;
  if (used === undefined) return 'Processor time is not known on this system.';
  const { functions, sqsEmulator, dynamoDbEmulator, runner } = used;
  const all = functions + sqsEmulator + dynamoDbEmulator + runner;
  const us = (value: number) => count(Math.round(value));
  return `A hundred results come in a message, of work items of 5,000 clips, and the time is from the first message to the empty
queue. A result takes ${us(all)} µs of a processor, ${us(functions)} in the function, ${us(sqsEmulator)} in the SQS emulator,
${us(dynamoDbEmulator + runner)} in the rest: ${processors} processors with nothing else to do would record ${us((processors * 1_000_000) / all)} a second.`;
}

const COLUMNS = [
  'operation',
  'for each',
  'write',
  'ledger write',
  'read',
  'DynamoDB requests',
  'SQS requests',
  'bytes',
];

function operationTable(operations: readonly Operation[]): string {
  const cells = (cost: Cost) => [
    count(cost.writeUnits),
    count(cost.ledgerWriteUnits),
    count(cost.readUnits),
    count(cost.dynamoDbRequests),
    count(cost.sqsRequests),
    count(cost.bytes),
  ];
  return table(
    [...COLUMNS, 'yardstick: write', 'read', 'yardstick by Archivist'],
    operations.map(({ name, per, archivist, yardstick, ratio }) => [
      name,
      per,
      ...cells(archivist),
      count(yardstick.writeUnits),
      count(yardstick.readUnits),
      ratio === null ? '' : `${count(ratio)} ×`,
    ]),
  );
}

/** What money goes for. */
const SPOKEN: Readonly<Record<string, string>> = {
  dynamoDb: 'DynamoDB',
  sqs: 'SQS',
  sqsByArchivists: 'SQS, requests of the archivists',
  sqsByResearchers: 'SQS, requests of the researchers',
  pollingOfTriggeredQueues: "SQS, Lambda's polling of the curated queues",
  lambda: 'Lambda and its schedules',
  logsAndTraces: 'logs and traces',
  alarmsAndMetrics: 'alarms and metrics',
};

type Dollars = readonly [name: string, parts: Readonly<Record<string, number>>];

function dollarTable(what: string, ...columns: readonly Dollars[]): string {
  const parts = Object.keys(columns[0]?.[1] ?? {});
  return table(
    [what, ...columns.map(([name]) => name)],
    parts.map((part) => [SPOKEN[part] ?? part, ...columns.map(([, dollars]) => `$${(dollars[part] ?? 0).toFixed(2)}`)]),
  );
}

const figureRow = ({ name, bound, limit, measured, holds }: Figure): string[] => [
  name,
  `${bound} ${count(limit)}`,
  count(measured),
  holds ? 'yes' : 'no',
];

const rateRow = (what: string, rate: ThroughputResult['workItems']): string[] => [
  what,
  count(rate.aSecond),
  rate.runs.map(count).join(', '),
  count(rate.memoryMb),
];
