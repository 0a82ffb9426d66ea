import { parseArgs } from 'node:util';
import { Random } from '../simulation/world/random.ts';
import type { Fault } from './faults/fault.ts';
import { startProxy } from './faults/proxy.ts';

/*
 * For the fault drills in runbook.md: stands between the functions and the DynamoDB emulator, and throttles or fails a
 * share of the calls.
 *
 * node test/chaos/drill-proxy.ts --upstream PORT --fault throttled|"failed before" --share 0.5 [--operation PutItem]
 */
const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { upstream: text, fault: text, share: text, operation: text } });
const fault = values.fault as Fault;
const random = new Random(1);
const proxy = await startProxy('dynamodb', Number(values.upstream), {
  decide: ({ operation }) =>
    Math.random() < Number(values.share) && [undefined, operation].includes(values.operation)
      ? { fault, ms: 0, random }
      : undefined,
});
process.stdout.write(`${proxy.endpoint}\n`);
