import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { findingJson } from '../../cli/commands/findings.ts';
import { readTruth, type Truth } from '../../cli/expected.ts';
import { projectDir } from '../../local/project.ts';
import type { Status } from '../../operating/status.ts';
import { Cdk } from './cdk.ts';
import { CommandLine } from './command-line.ts';
import { serveSamples } from './media.ts';
import { type Credentials, type MiniStack, ROOT } from './ministack.ts';
import type { Running } from './programs.ts';
import { outputsOf, userWith } from './users.ts';

export interface JobResult {
  readonly deployed: true;
  readonly denials: number;
  readonly plays: number;
  readonly commands: Readonly<Record<string, number>>;
}

type Finding = ReturnType<typeof findingJson>;

/** Only so that nothing hangs for ever. */
const PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 1_000;
const STACK = 'Archivist';
/** Everything that only some stacks have. The feed is of a reserved domain: nobody is asked. */
const OTHER = 'Archivist2';
const OTHER_CONTEXT = {
  ...{ feeds: 'https://feeds.example.org/show.xml', researchers: '2', testEvents: 'create' },
  ...{ alarms: 'all', alarmEmail: 'me@example.org', tracing: 'on' },
};
/** A setting that changes functions, queues and alarms alike. */
const UPDATED_CONTEXT = { clipsPerItem: '50', timeoutShare: '70', logLevel: 'DEBUG' };

/** The whole life of an archive on the emulator, from the bootstrap of the account to what is left of it. */
export class Job {
  readonly #ministack: MiniStack;
  readonly #folder: string;
  readonly #say: (line: string) => void;
  readonly #cdk: Cdk;
  readonly #cli: CommandLine;
  readonly #other: CommandLine;
  readonly #truth: Truth = readTruth(join(projectDir, 'samples', 'expected.json'));
  #functions: Readonly<Record<string, string>> = {};

  constructor(ministack: MiniStack, folder: string, say: (line: string) => void) {
    this.#ministack = ministack;
    this.#folder = folder;
    this.#say = say;
    this.#cdk = new Cdk(ministack, folder);
    this.#cli = new CommandLine(ministack, folder, STACK);
    this.#other = new CommandLine(ministack, folder, OTHER, this.#cli.succeeded);
  }

  /** @throws Error at the first thing that is not as it should be */
  async run(): Promise<JobResult> {
    const options = this.#ministack.clientOptions();
    const stacks = new CloudFormationClient(options);
    const assemblies = await this.#deploy();
    const outputs = await outputsOf(stacks, STACK);
    this.#functions = outputs;
    const curator = await userWith(this.#ministack, outputs.CuratorPolicyArn ?? '', 'curator');
    const researcher = await userWith(this.#ministack, outputs.ResearcherPolicyArn ?? '', 'researcher');

    const samples = await serveSamples();
    try {
      await this.#curate(curator, samples.feed, samples.clips(this.#folder));
      await this.#refuse(outputs.CuratedClipsUrl ?? '');
      const research = this.#cli.start(
        researcher,
        'research',
        ...['--allow-private', '--name', 'cloud-check', '--cache', join(this.#folder, 'cache')],
      );
      try {
        await this.#research(research);
        await this.#operate(research);
      } finally {
        research.interrupt();
      }
      const { code, err } = await research.ended;
      if (code !== 0) throw new Error(`The researcher ended with ${code}: ${err.slice(-2_000)}`);
    } finally {
      samples.stop();
    }
    await this.#move();
    const plays = playsIn(await this.#findings());
    const before = await this.#status();
    const update = await this.#cdk.synthesized(STACK, UPDATED_CONTEXT);
    await this.#cdk.deploy(update);
    expectSame('after an update', facts(await this.#status()), facts(before));
    this.#say('An update has kept everything.');
    await this.#destroy(assemblies, outputs);
    const denied = await this.#deniedUntil(curator, outputs.PendingResearchUrl ?? '');
    for (const line of denied) this.#say(line);
    return { deployed: true, denials: denied.length, plays, commands: this.#cli.succeeded };
  }

  /** Both stacks; @returns their assemblies. */
  async #deploy(): Promise<string[]> {
    const [first, second] = await Promise.all([
      this.#cdk.synthesized(STACK),
      this.#cdk.synthesized(OTHER, OTHER_CONTEXT),
      this.#cdk.bootstrap(),
    ]);
    this.#say('The account is bootstrapped.');
    await this.#cdk.deploy(first);
    this.#say(`${STACK} is deployed.`);
    await this.#cdk.deploy(second);
    this.#say(`${OTHER} is deployed, with feeds, researchers and test events.`);
    return [first, second];
  }

  async #curate(curator: Credentials, feed: string, clips: string): Promise<void> {
    await this.#cli.as(curator, 'curate', 'episodes', feed);
    await this.#cli.as(curator, 'curate', 'clips', clips);
    const { episodes, clips: wanted } = this.#truth;
    await this.#until('everything is archived', async () => {
      const status = await this.#status();
      return status.episodes.total === episodes && status.clips.total === wanted;
    });
    this.#say('The curator has sent the samples, and all are archived.');
  }

  /** A message that the clips archivist refuses, to be sent again. */
  async #refuse(QueueUrl: string): Promise<void> {
    const sqs = new SQSClient(this.#ministack.clientOptions());
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'this is no clip' }));
    sqs.destroy();
    await this.#until(
      'the message is refused',
      async () => (await this.#status()).queues.CuratedClips?.deadLetters === 1,
    );
    await this.#cli.as(ROOT, 'redrive', 'CuratedClips', '--yes', '--reason', 'once more');
    await this.#until('it is refused again', async () => (await this.#status()).queues.CuratedClips?.deadLetters === 1);
  }

  /** Until all is researched and recorded; the first work item comes by the schedule, the others are not waited for. */
  async #research(research: Running): Promise<void> {
    await this.#until('the schedule has published work', async () => (await this.#status()).leases.length > 0);
    this.#say('The schedule has published work.');
    await this.#researched(research);
    const plays = playsIn(await this.#findings());
    this.#say(`${plays} plays are found.`);
    this.#expectTruth(await this.#findings());
  }

  async #researched(research: Running): Promise<void> {
    let ended = false;
    void research.ended.then(() => {
      ended = true;
    });
    const unresearchable = this.#truth.failed.length * this.#truth.episodes;
    await this.#until('everything is researched', async () => {
      if (ended) throw new Error(`The researcher has ended: ${(await research.ended).err.slice(-2_000)}`);
      await this.#invoke('CompletedResearchArchivist');
      await this.#invoke('PendingResearchArchivist');
      const { pairs, findings } = await this.#status();
      return pairs.researched === pairs.total - unresearchable && findings === this.#truth.findings.length;
    });
  }

  async #operate(research: Running): Promise<void> {
    const explained = (await this.#cli.as(ROOT, 'explain', '--episode', '1', '--clip', '1')).out;
    if (!/researched/i.test(explained)) throw new Error(`explain says of a researched pair: ${explained}`);
    const held = ['--all', '--yes', '--reason', 'a look at it'];
    await this.#cli.as(ROOT, 'pause', ...held);
    if (!(await this.#status()).paused) throw new Error('The archive is paused, but status does not say so');
    await this.#cli.as(ROOT, 'resume', ...held);
    await this.#cli.as(ROOT, 'requeue', '--clip', 'Big wave', '--yes', '--reason', 'once more');
    const { pairs } = await this.#status();
    if (pairs.researched === pairs.total) throw new Error('requeue has not taken anything back');
    await this.#researched(research);
    this.#expectTruth(await this.#findings());
    this.#say('explain, pause, resume and requeue did what they say.');
    const out = join(this.#folder, 'report');
    await this.#cli.as(ROOT, 'report', '--out', out);
  }

  /** The archive into the other stack, by an export. */
  async #move(): Promise<void> {
    const folder = join(mkdtempSync(join(this.#folder, 'moved-')), 'export');
    await this.#cli.as(ROOT, 'export', '--out', folder);
    await this.#other.as(ROOT, 'import', folder, '--yes', '--reason', 'moved');
    const status = await this.#status(this.#other);
    expectSame('after a move', facts(status), facts(await this.#status()));
    this.#say('An export was imported into the other archive: the same facts.');
  }

  async #destroy(assemblies: readonly string[], outputs: Readonly<Record<string, string>>): Promise<void> {
    const dynamodb = new DynamoDBClient(this.#ministack.clientOptions());
    const counts = async () => {
      const tables = [outputs.CollectionTableName ?? '', outputs.LeasesTableName ?? ''];
      return Promise.all(tables.map((table) => countItems(dynamodb, table)));
    };
    // Nothing writes any more: its functions go first.
    for (const assembly of assemblies) await this.#cdk.destroy(assembly);
    const left = await counts();
    dynamodb.destroy();
    if (left.some((count) => count === 0))
      throw new Error(`The tables have ${left.join(' and ')} items after a destroy`);
    this.#say(`Both stacks are destroyed; the tables stay, with ${left.join(' and ')} items.`);
  }

  /** All denials until one that must be: IAM does judge, and what came before is counted. */
  async #deniedUntil(curator: Credentials, QueueUrl: string): Promise<readonly string[]> {
    const sqs = new SQSClient(this.#ministack.clientOptions(curator));
    const outcome = await sqs.send(new ReceiveMessageCommand({ QueueUrl })).then(
      () => 'was taken',
      ({ name }: Error) => name,
    );
    sqs.destroy();
    if (outcome !== 'AccessDenied') throw new Error(`A curator receives work items: this ${outcome}`);
    const isIt = (line: string) => line.includes(' sqs:ReceiveMessage to ') && line.includes(':user/curator');
    await this.#until('the denial is counted', async () => this.#ministack.denied().some(isIt));
    return this.#ministack.denied().filter((line) => !isIt(line));
  }

  async #status(cli = this.#cli): Promise<Status> {
    return JSON.parse((await cli.as(ROOT, 'status', '--json')).out) as Status;
  }

  async #findings(): Promise<Finding[]> {
    return JSON.parse((await this.#cli.as(ROOT, 'findings', '--json')).out) as Finding[];
  }

  async #invoke(id: string): Promise<void> {
    const lambda = new LambdaClient(this.#ministack.clientOptions());
    const FunctionName = this.#functions[`${id}Name`];
    const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
    lambda.destroy();
    if (FunctionError) throw new Error(`${id} failed: ${new TextDecoder().decode(Payload)}`);
  }

  #expectTruth(findings: readonly Finding[]): void {
    const { toleranceSeconds } = this.#truth;
    const wrong = this.#truth.findings.filter(({ episode, clip, offsetsSeconds }) => {
      const found = findings.find((one) => one.episode.title === episode && one.clip.title === clip);
      const offsets = (found?.offsetsNs ?? []).map((ns) => ns / 1e9);
      return (
        offsets.length !== offsetsSeconds.length ||
        offsets.some((offset, index) => Math.abs(offset - (offsetsSeconds[index] ?? 0)) > toleranceSeconds)
      );
    });
    if (wrong.length > 0 || findings.length !== this.#truth.findings.length)
      throw new Error(`Not the truth of the samples: ${JSON.stringify({ wrong, findings }, null, 2).slice(0, 3_000)}`);
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; !(await isSo()); await sleep(LOOK_EVERY_MS)) {
      if (Date.now() > deadline) throw new Error(`In ${PATIENCE_MS / 1_000} s it has not come to pass that ${what}`);
    }
  }
}

const playsIn = (findings: readonly Finding[]): number =>
  findings.reduce((count, { offsetsNs }) => count + offsetsNs.length, 0);

/** What must be the same wherever the archive is. */
const facts = ({ clips, episodes, pairs, findings }: Status) => ({ clips, episodes, pairs, findings });

function expectSame(when: string, now: object, before: object): void {
  if (JSON.stringify(now) !== JSON.stringify(before))
    throw new Error(`Not the same ${when}: ${JSON.stringify({ before, now })}`);
}

/** @throws what DynamoDB throws when there is no such table */
async function countItems(client: DynamoDBClient, TableName: string): Promise<number> {
  await client.send(new DescribeTableCommand({ TableName }));
  let count = 0;
  for await (const { Count = 0 } of paginateScan({ client }, { TableName, Select: 'COUNT' })) count += Count;
  return count;
}
