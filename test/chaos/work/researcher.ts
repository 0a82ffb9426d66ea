import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CREDENTIALS } from '../../../local/project.ts';
import { patience } from '../../../web/patience.ts';
import { Random } from '../../simulation/world/random.ts';
import { outcomeOf } from './workload.ts';

/**
 * A scripted researcher in a process of its own: knows SQS and the messages, and finds what is so of each pair without
 * any audio. It says everything until the queue has taken it; what it says twice or late it says on purpose.
 */

export interface ResearcherTask {
  readonly region: string;
  readonly endpoint: string;
  readonly pendingUrl: string;
  readonly completedUrl: string;
  readonly name: string;
  readonly seed: number;
}

interface Described {
  readonly title: string;
}

interface Item {
  readonly leaseId: string;
  readonly episode: Described;
  readonly clips: readonly Described[];
  readonly deadline: string;
  readonly heartbeatSeconds: number;
}

const REPEATED_SHARE = 0.1;
const LATE_SHARE = 0.03;
/** Results that name no lease, as of somebody who has lost it. */
const LEASELESS_SHARE = 0.02;
/** What is late comes so long after the last word, ms: mostly its lease has ended, or it is somebody else's by then. */
const LATE = { least: 5_000, most: 15_000 } as const;
/** Listening to one clip, ms. */
const LISTENING = { least: 60, most: 400 } as const;
const RETRY_MS = 300;
/** A long poll ends in time even through a slow proxy. */
const PATIENCE_MS = 5_000;

export async function research(task: ResearcherTask): Promise<never> {
  const { region, endpoint, pendingUrl } = task;
  const sqs = new SQSClient({
    region,
    endpoint,
    credentials: CREDENTIALS,
    requestHandler: patience({ answerMs: PATIENCE_MS }),
  });
  const random = new Random(task.seed);
  for (;;) {
    const message = await untilTaken(async () => {
      const input = { QueueUrl: pendingUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 1 };
      return (await sqs.send(new ReceiveMessageCommand(input))).Messages?.[0];
    });
    if (message === undefined) continue;
    const item = JSON.parse(message.Body ?? '') as Item;
    const { ReceiptHandle } = message;
    const take = () => untilTaken(() => sqs.send(new DeleteMessageCommand({ QueueUrl: pendingUrl, ReceiptHandle })));
    if (Date.parse(item.deadline) > Date.now()) await new Work(sqs, task, item, random).run(take);
    else await take();
  }
}

class Work {
  readonly #sqs: SQSClient;
  readonly #task: ResearcherTask;
  readonly #item: Item;
  readonly #random: Random;

  constructor(sqs: SQSClient, task: ResearcherTask, item: Item, random: Random) {
    this.#sqs = sqs;
    this.#task = task;
    this.#item = item;
    this.#random = random;
  }

  async run(take: () => Promise<unknown>): Promise<void> {
    const { episode, clips, heartbeatSeconds } = this.#item;
    await this.#say([{}]);
    await take();
    const beating = setInterval(() => void this.#say([{}]), (heartbeatSeconds * 1_000) / 2);
    const late: object[] = [];
    try {
      for (const clip of clips) {
        await sleep(this.#random.int(LISTENING.least, LISTENING.most));
        const outcome = outcomeOf(episode.title, clip.title);
        if (outcome.kind === 'episode failed') {
          await this.#say([{ failure: outcome.reason }]);
          return;
        }
        const report = this.#report(clip, outcome);
        if (this.#random.chance(LATE_SHARE)) late.push(report);
        else await this.#say(this.#random.chance(REPEATED_SHARE) ? [report, report] : [report]);
      }
      await this.#say([{ revokeLease: true }]);
    } finally {
      clearInterval(beating);
    }
    const after = this.#random.int(LATE.least, LATE.most);
    for (const report of late) void sleep(after).then(() => this.#say([report]));
  }

  #report(clipInfo: Described, outcome: ReturnType<typeof outcomeOf>): object {
    const facts = { episodeDuration: '3600000000000', episodeHash: 'e', clipDuration: '2000000000', clipHash: 'c' };
    if (outcome.kind === 'clip failed') return { clipInfo, failure: outcome.reason };
    const clipOffsets = outcome.kind === 'found' ? outcome.offsetsNs.map(String) : [];
    const lease = this.#random.chance(LEASELESS_SHARE) ? { leaseId: '' } : {};
    return { clipInfo, clipOffsets, clipScores: clipOffsets.map(() => 1), ...facts, ...lease };
  }

  #say(reports: readonly object[]): Promise<unknown> {
    const { leaseId, episode: episodeInfo } = this.#item;
    const { name: researcher, completedUrl: QueueUrl } = this.#task;
    const bodies = reports.map((report) =>
      JSON.stringify({ leaseId, episodeInfo, researcher, analyzer: 'chaos@1', ...report }),
    );
    const [only] = bodies;
    if (bodies.length === 1) {
      return untilTaken(() => this.#sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: only })));
    }
    let left = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    return untilTaken(async () => {
      const { Failed = [] } = await this.#sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: left }));
      left = left.filter(({ Id }) => Failed.some((failed) => failed.Id === Id));
      if (left.length > 0) throw new Error(`${left.length} entries were refused`);
    });
  }
}

/** Tries again for ever: whoever started this process ends it. */
async function untilTaken<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch {
      await sleep(RETRY_MS);
    }
  }
}
