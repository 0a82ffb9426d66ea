import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOptions } from '../../cli/script.ts';
import { readAssembly } from '../../local/assembly/cloud-assembly.ts';
import type { StackSpec } from '../../local/assembly/specifications.ts';
import { stackSpec } from '../../local/assembly/stack-spec.ts';
import { synthesized } from '../../local/assembly/synthesize.ts';
import { startDynoxide } from '../../local/emulators/alone/dynamodb.ts';
import { startSqs } from '../../local/emulators/alone/sqs.ts';
import { makeQueues } from '../../local/emulators/make-queues.ts';
import { makeTables } from '../../local/emulators/make-tables.ts';
import { type Endpoints, functionEnvironment } from '../../local/lambda/function-environment.ts';
import { Children } from '../../local/processes/children.ts';
import { serveSamples } from '../cloud/media.ts';
import { installed } from './install.ts';
import { wrongIn } from './judge.ts';
import { startRuntime } from './lambda-runtime.ts';
import { EXPECTED, OF_QUEUES, sampleEvents } from './samples.ts';

const options = scriptOptions<{ readonly install?: true; readonly log?: true }>(
  {
    name: 'runtime',
    description: `The functions' bundles on AWS's own Lambda runtime for Node.js, under AWS's emulator of what surrounds it, on this
machine: each with its sample events, and with one that it must refuse. What they answer and each line of their logs is
judged. Needs Go, CMake, a C++ compiler and Python to build both, into node_modules, when they are not there.`,
    examples: ['', '--install', '--log 2> runtime.log'],
    more: 'The last line is JSON: {"invoked":11,"lines":…,"wrong":[]}. Progress goes to stderr.\nExit code 1: something was not as it should be. Without Go it says so and ends with 0.',
  },
  (command) =>
    command.option('--install', 'only install the runtime').option('--log', 'what the functions write, to stderr'),
);

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

interface Result {
  invoked: number;
  lines: number;
  readonly wrong: string[];
}

async function invokeAll(spec: StackSpec, endpoints: Endpoints, folder: string): Promise<Result> {
  const result: Result = { invoked: 0, lines: 0, wrong: [] };
  const named = new Map(spec.functions.map((one) => [one.environment.POWERTOOLS_SERVICE_NAME, one]));
  const unexpected = [...named.keys()].filter((service) => service === undefined || !(service in EXPECTED));
  if (unexpected.length > 0) throw new Error(`Nobody said what comes of the events of ${unexpected.join(', ')}.`);
  for (const [service, expected] of Object.entries(EXPECTED)) {
    const one = named.get(service);
    if (one === undefined) throw new Error(`The stack has no function of the service ${service}.`);
    const nodeOfStack = `nodejs${process.versions.node.split('.')[0]}.x`;
    if (one.runtime !== nodeOfStack) throw new Error(`${one.id} runs on ${one.runtime}, and this is ${nodeOfStack}.`);
    const events = [...sampleEvents(service)].map(([file, event]) => ({ file, event, answer: expected[file]! }));
    if (OF_QUEUES.includes(service))
      events.push({ file: 'an event of no queue', event: '{}', answer: 'TypeError' as const });
    const runtime = await startRuntime(one, functionEnvironment(one, { endpoints, dataDir: folder }), folder);
    try {
      for (const { file, event, answer } of events) {
        const invoked = await runtime.invoke(event);
        const wrong = wrongIn(invoked, { service, answer });
        result.invoked += 1;
        result.lines += invoked.lines.length;
        say(`${service}, ${file}: ${wrong.length === 0 ? 'as expected' : 'NOT as expected'}`);
        for (const line of options.log || wrong.length > 0 ? invoked.lines : []) say(`  ${line}`);
        for (const line of wrong) say(`  ${line}`);
        result.wrong.push(...wrong.map((line) => `${service}, ${file}: ${line}`));
      }
    } finally {
      await runtime.stop();
    }
  }
  return result;
}

async function main(): Promise<number> {
  const why = installed();
  if (why !== undefined) {
    say(`Skipped: ${why}. The functions are not tried on Lambda's runtime.`);
    return 0;
  }
  if (options.install) {
    say("Lambda's runtime is installed.");
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'archivist-runtime-'));
  mkdirSync(join(folder, 'researcher'));
  const undo: (() => void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const samples = await serveSamples();
    undo.push(samples.stop);
    const settings = { feeds: samples.feed, researchers: '1' };
    const assembly = readAssembly(await synthesized(folder, settings, new Children(folder), say));
    const [sqs, dynamoDb] = [await startSqs(), await startDynoxide({ inMemory: true })];
    undo.push(sqs.stop, dynamoDb.stop);
    const spec = stackSpec(assembly, sqs.endpoint);
    await makeQueues(sqs.client, spec.queues);
    await makeTables(dynamoDb.client, spec.tables);
    const result = await invokeAll(spec, { sqs: sqs.endpoint, dynamodb: dynamoDb.endpoint }, folder);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return result.wrong.length === 0 ? 0 : 1;
  } catch (error) {
    say((error as Error).message);
    return 1;
  } finally {
    for (const step of undo.reverse()) step();
  }
}

process.exitCode = await main();
