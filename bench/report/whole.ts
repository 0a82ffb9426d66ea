import type { WholeResult } from '../suites/whole.ts';
import { count, table } from './table.ts';

/** What a whole archive takes on one machine, and what its processes hold meanwhile. */
export function wholeSection({ episodes, clips, curating, researching, memory }: WholeResult): string {
  return `## A whole archive

${count(episodes)} episodes × ${count(clips)} clips through the same bundles and emulators, all researched by a stub that finds nothing
(\`npm run bench -- --suite whole --size ${episodes}x${clips}x0\`): curated in ${count(Math.round(curating.seconds))} s, then ${count(Math.round(researching.seconds / 6) / 10)} minutes from the
first work item to the last pair, ${count(researching.pairsASecond)} pairs a second. MB that all processes of a kind hold, about every tenth of
the pairs:

${table(
  ['pairs', 'functions', 'SQS emulator', 'DynamoDB emulator', 'runner'],
  memory.map(({ pairs, functions, sqsEmulator, dynamoDbEmulator, runner }) =>
    [pairs, functions, sqsEmulator, dynamoDbEmulator, runner].map(count),
  ),
)}

The heap of the SQS emulator fills up to what it is used to within the first quarter, and is flat from there.`;
}
