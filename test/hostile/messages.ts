import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { toJson } from '../../domain/messages.ts';
import { REASON_ATTRIBUTE } from '../../functions/queues/sqs-queues.ts';
import { perfectClip, perfectEpisode, perfectResult } from '../support/perfect-messages.ts';
import type { UnderAttack } from './archive-under-attack.ts';
import type { Outcome } from './outcome.ts';

const PATIENCE_MS = 120_000;

/** Values that no field takes, or that try what reads them. */
const VALUES: Readonly<Record<string, unknown>> = {
  'a list': [[]],
  'an object': { __proto__: null, toString: 1 },
  'a number beyond all': 1e308,
  'a broken number': 0.5,
  'text without end': 'x'.repeat(20_000),
  'half a character': '\ud800x',
};

const BODIES: Readonly<Record<string, string>> = {
  'no JSON': 'hello',
  'half of it': '{"mediaUri":"https://',
  'a list': '[]',
  'a number': '42',
  null: 'null',
  text: '"x"',
  'an empty object': '{}',
  'depth without end': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  'objects without end': `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  'a prototype': '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  'the same name again and again': `{${'"priority":1,'.repeat(5_000)}"priority":"x"}`,
  'a million spaces': ' '.repeat(900_000),
  markup: '<script>alert(1)</script>',
  'a command': '$(reboot)',
  'a line that lies': '{}\n{"level":"INFO","message":"all is well"}',
};

const QUEUES = {
  CuratedClips: { message: perfectClip(), fields: ['title', 'mediaUri', 'lastDateCurated', 'priority'] },
  CuratedEpisodes: { message: perfectEpisode(), fields: ['mediaUri', 'dateAired', 'initialDateCurated', 'priority'] },
  CompletedResearch: { message: perfectResult(), fields: ['leaseId', 'episodeInfo', 'researcher', 'analyzer'] },
} as const;
type Queue = keyof typeof QUEUES;

function hostileBodies(queue: Queue): [string, string][] {
  const { message, fields } = QUEUES[queue];
  return [
    ...Object.entries(BODIES),
    ...fields.flatMap((field) =>
      Object.entries(VALUES).map(([name, value]): [string, string] => [
        `${field}: ${name}`,
        JSON.stringify({ ...toJson(message), [field]: value }),
      ]),
    ),
  ];
}

/** Sends more than a hundred hostile messages: each ends in the dead letters with its reason, and no table is changed. */
export async function tryMessages(attacked: UnderAttack): Promise<Outcome> {
  const before = await attacked.tables();
  const wrong: string[] = [];
  let tried = 0;
  for (const queue of Object.keys(QUEUES) as Queue[]) {
    const bodies = hostileBodies(queue);
    for (const [, MessageBody] of bodies) {
      const QueueUrl = attacked.archive.stack.queues[queue];
      await attacked.client.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    tried += bodies.length;
    const letters = await refusedOf(queue, attacked);
    const sent = bodies.map(([, body]) => body).sort();
    if (JSON.stringify(letters.map(({ body }) => body).sort()) !== JSON.stringify(sent)) {
      wrong.push(`${queue}: of ${sent.length} messages ${letters.length} became dead letters`);
    }
    for (const { body, reason } of letters) {
      if (reason === '') wrong.push(`${queue}: no reason was given for ${body.slice(0, 60)}`);
    }
  }
  if ((await attacked.tables()) !== before) wrong.push('a table was changed');
  return { what: 'messages', tried, wrong };
}

/** Waits until the queue is empty, and takes its dead letters. */
async function refusedOf(queue: Queue, { archive, client, queues }: UnderAttack) {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    if (queue === 'CompletedResearch') await archive.invoke('CompletedResearchArchivist', {});
    if ((await queues())[queue] === 0) break;
    if (performance.now() > deadline) throw new Error(`${queue} hangs: it is not empty after ${PATIENCE_MS / 1_000} s`);
    await sleep(200);
  }
  const QueueUrl = archive.stack.queues[`${queue}DeadLetters`];
  const letters: { body: string; reason: string }[] = [];
  for (;;) {
    const { Messages = [] } = await client.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: [REASON_ATTRIBUTE] }),
    );
    if (Messages.length === 0) return letters;
    for (const { Body = '', MessageAttributes, ReceiptHandle } of Messages) {
      letters.push({ body: Body, reason: MessageAttributes?.[REASON_ATTRIBUTE]?.StringValue ?? '' });
      await client.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}
