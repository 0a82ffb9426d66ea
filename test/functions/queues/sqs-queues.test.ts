import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { attributeText } from '../../../functions/queues/attribute-text.ts';
import { MESSAGE_BYTES_AT_MOST } from '../../../functions/queues/message-bytes.ts';
import {
  batches,
  REASON_ATTRIBUTE,
  SqsCompletedQueue,
  SqsDeadLetters,
  SqsPendingQueue,
} from '../../../functions/queues/sqs-queues.ts';
import { sqs, sqsWithoutRetries } from '../../../functions/runtime/clients.ts';
import { freshQueues, type SqsEmulator, startSqs } from '../../../local/emulators/alone/sqs.ts';
import { queuesContract } from '../../contracts/queues.contract.ts';
import { contractQueues } from '../../contracts/sqs-contract.ts';

describe('queues in SQS, emulated by fauxqs', () => {
  let emulator: SqsEmulator;
  beforeAll(async () => {
    emulator = await startSqs();
  });
  afterAll(() => emulator.stop());

  async function receive(QueueUrl: string) {
    const { Messages = [] } = await emulator.client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    return Messages;
  }

  queuesContract(() => contractQueues(emulator.client));

  test('SQS-1: a reason of any characters is taken, escaped to what an attribute may hold', async () => {
    const { deadLetters } = await freshQueues(emulator.client);
    const queue = new SqsDeadLetters(emulator.client, deadLetters);
    for (const reason of ['\u0000\ufffe\u{1f600} "\n', '', '\u00e9'.repeat(5_000)]) await queue.send('x', reason);
    const reasons = (await receive(deadLetters)).map(
      ({ MessageAttributes }) => MessageAttributes?.[REASON_ATTRIBUTE]?.StringValue,
    );
    expect(reasons).toContain('\\u0000\\ufffe\\ud83d\\ude00 "\\u000a');
    expect(reasons).toContain('unknown');
    expect(reasons.map((reason) => reason?.length).sort()).toEqual([2_000, 32, 7]);
  });

  test.each([
    ['\u0000', false],
    ['\u0008', false],
    ['\t\n\r', true],
    ['\u000b', false],
    ['\ud800', false],
    ['\ufffd', true],
    ['\ufffe', false],
    ['\u{10000}\u{1f600}\u{10ffff}', true],
  ])('the emulator takes %j in a body, as SQS does: %s', async (characters, taken) => {
    const { completed } = await freshQueues(emulator.client);
    const sent = emulator.client.send(new SendMessageCommand({ QueueUrl: completed, MessageBody: `a${characters}z` }));
    if (taken) await sent;
    else await expect(sent).rejects.toThrow(/Invalid characters|contains characters/);
    const bodies = (await receive(completed)).map(({ Body }) => Body);
    expect(bodies).toEqual(taken ? [`a${characters}z`] : []);
  });

  test('SQS-2: the largest message fits into the dead letters beside the longest reason', async () => {
    const { deadLetters } = await freshQueues(emulator.client);
    const queue = new SqsDeadLetters(emulator.client, deadLetters);
    await queue.send('x'.repeat(MESSAGE_BYTES_AT_MOST), 'r'.repeat(9_999));
    expect(await receive(deadLetters)).toHaveLength(1);
  });
});

describe('SQS-3: a batch has at most ten entries and the bytes that SQS takes', () => {
  const sizes = (bytes: readonly number[]) => [...batches(bytes, (one) => one)].map((batch) => batch.length);
  const all = MESSAGE_BYTES_AT_MOST;

  test.each([
    ['none', 0, []],
    ['one', 1, [1]],
    ['nine', 9, [9]],
    ['ten', 10, [10]],
    ['eleven', 11, [10, 1]],
    ['twenty-five', 25, [10, 10, 5]],
  ])('%s', (_, count, cut) => expect(sizes(Array(count).fill(1))).toEqual(cut));

  test.each([
    ['a byte below in all', [all - 10, 9], [2]],
    ['exactly', [all - 10, 10], [2]],
    ['a byte above', [all - 10, 11], [1, 1]],
    ['one alone that is too large: SQS says so, not we', [1, all + 1, 1], [1, 1, 1]],
  ])('%s', (_, bytes, cut) => expect(sizes(bytes)).toEqual(cut));

  test('no entry is lost or moved', () => {
    const entries = Array.from({ length: 57 }, (_, n) => n);
    expect([...batches(entries, (n) => n * 30_000)].flat()).toEqual(entries);
  });
});

describe('what SQS answers in part', () => {
  const client = new SQSClient({ region: 'us-east-1' });
  const sqs = mockClient(client);
  beforeEach(() => sqs.reset());
  const items = Array.from({ length: 12 }, (_, n) => ({ leaseId: `lease-${n}`, body: '{}' }));

  test('SQS-4: refused items are told by their lease, with the code; the others are sent', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({
        Failed: [{ Id: '3', Code: 'InvalidMessageContents', Message: 'no', SenderFault: true }],
      })
      .resolves({ Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] });
    expect(await new SqsPendingQueue(client, 'url').send(items)).toEqual([
      { leaseId: 'lease-3', reason: 'InvalidMessageContents: no' },
      { leaseId: 'lease-11', reason: 'InternalError: ' },
    ]);
    const calls = sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries ?? []);
    expect(calls.map((entries) => entries.length)).toEqual([10, 2]);
    for (const { MessageGroupId, MessageDeduplicationId } of calls.flat())
      expect(MessageGroupId).toBe(MessageDeduplicationId);
  });

  test('SQS-5: a call whose outcome is unknown throws', async () => {
    sqs.on(SendMessageBatchCommand).rejects(new Error('socket hang up'));
    await expect(new SqsPendingQueue(client, 'url').send(items)).rejects.toThrow('socket hang up');
  });

  test('SQS-6: receipts that could not be deleted are told', async () => {
    sqs
      .on(DeleteMessageBatchCommand)
      .resolvesOnce({})
      .resolves({ Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] });
    const receipts = Array.from({ length: 12 }, (_, n) => `receipt-${n}`);
    expect(await new SqsCompletedQueue(client, 'url').delete(receipts)).toEqual(['receipt-11']);
  });

  test('SQS-7: a count that is missing is 0', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({});
    expect(await new SqsPendingQueue(client, 'url').visible()).toBe(0);
  });
});

describe('SQS-9: the answer of a receive is lost', () => {
  let calls = 0;
  // What the first receive held is hidden now: whoever asks again is told that the queue is empty.
  const server = createServer((request, response) => {
    calls++;
    request.resume();
    if (calls === 1) request.once('end', () => response.destroy());
    else response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  });
  const before = { ...process.env };
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL_SQS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
  });
  afterAll(() => {
    process.env = before;
    server.close();
  });

  test('the drain hears of it, and the queue does not seem empty', async () => {
    const queue = new SqsCompletedQueue(sqs(), `${process.env.AWS_ENDPOINT_URL_SQS}/1/queue`, sqsWithoutRetries());
    await expect(queue.receive()).rejects.toThrow();
    expect(calls).toBe(1);
    expect(await queue.receive()).toEqual([]);
  });
});

describe('SQS-8: text in an attribute', () => {
  test.each([
    ['plain stays', 'title: must be text', 'title: must be text'],
    ['the ends of printable ASCII', ' ~', ' ~'],
    ['just outside of them', '\u001f\u007f', '\\u001f\\u007f'],
    ['what our sentences use, as one writes it in ASCII', '1–250, ≤ 9 …', '1-250, <= 9 ...'],
    ['beyond the basic plane, as a pair', '\u{1f600}', '\\ud83d\\ude00'],
    ['a lone surrogate', '\ud800', '\\ud800'],
    ['nothing', '', 'unknown'],
  ])('%s', (_, text, attribute) => expect(attributeText(text)).toBe(attribute));

  test.each([
    [1_999, 1_999],
    [2_000, 2_000],
    [2_001, 2_000],
  ])('%i characters: %i', (length, kept) => expect(attributeText('x'.repeat(length))).toHaveLength(kept));
});
