import { setTimeout as sleep } from 'node:timers/promises';
import { failedIds } from '../../local/events/batch-response.ts';
import { inputOf, Schedules } from '../../local/events/schedules.ts';
import { cutByBytes, sqsEvent } from '../../local/events/sqs-records.ts';
import { seldom } from '../../local/seldom.ts';
import { until } from './support/until.ts';

describe('a partial batch response', () => {
  const ids = ['a', 'b', 'c'];

  test.each([
    ['null', []],
    ['{}', []],
    ['{"batchItemFailures":null}', []],
    ['{"batchItemFailures":[],"summary":{}}', []],
    ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', ['b']],
  ])('%s fails %j', (payload, failed) => {
    expect([...failedIds(payload, ids)]).toEqual(failed);
  });

  test.each([
    '"text"',
    '{"batchItemFailures":"b"}',
    '{"batchItemFailures":[{"itemIdentifier":""}]}',
    '{"batchItemFailures":[{"itemidentifier":"b"}]}',
    '{"batchItemFailures":[{"itemIdentifier":"stranger"}]}',
  ])('%s is not understood and fails the whole batch', (payload) => {
    expect([...failedIds(payload, ids)]).toEqual(ids);
  });
});

describe('batches are cut at the size of an event', () => {
  const message = (bytes: number) => ({ Body: 'x'.repeat(bytes) });
  const MIB = 2 ** 20;

  test.each([
    ['nothing', [], []],
    ['ten small ones stay together', Array(10).fill(1_000), [10]],
    ['just below 6 MiB', Array(6).fill(MIB - 2_000), [6]],
    ['above 6 MiB', Array(7).fill(MIB - 2_000), [6, 1]],
    ['one that is too large alone', [7 * MIB, 1], [1, 1]],
  ])('%s', (_, sizes: number[], batches) => {
    expect(cutByBytes(sizes.map(message)).map(({ length }) => length)).toEqual(batches);
  });

  test('escaped characters count as they stand in the event', () => {
    expect(cutByBytes(Array(10).fill({ Body: '"'.repeat(MIB - 2_000) })).length).toBe(4);
  });
});

test('a message becomes a record as Lambda writes it', () => {
  const message = {
    MessageId: 'id',
    ReceiptHandle: 'handle',
    Body: '{}',
    MD5OfBody: 'md5',
    Attributes: { SentTimestamp: '1', ApproximateReceiveCount: '2' },
    MessageAttributes: {
      reason: { DataType: 'String', StringValue: 'because' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2) },
    },
  };
  expect(sqsEvent([message], 'arn:queue')).toEqual({
    Records: [
      {
        messageId: 'id',
        receiptHandle: 'handle',
        body: '{}',
        md5OfBody: 'md5',
        attributes: { SentTimestamp: '1', ApproximateReceiveCount: '2' },
        messageAttributes: {
          reason: { dataType: 'String', stringValue: 'because', stringListValues: [], binaryListValues: [] },
          bytes: { dataType: 'Binary', binaryValue: 'AQI=', stringListValues: [], binaryListValues: [] },
        },
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:queue',
        awsRegion: 'us-east-1',
      },
    ],
  });
});

describe('schedules', () => {
  const spec = { id: 'S', arn: 'arn:schedule', functionArn: 'arn:function', periodSeconds: 60, input: '{}' };

  /** Schedules of one function that takes `takesMs`, and the times in ms at which it began. */
  function schedulesOf(takesMs: number) {
    const begun: number[] = [];
    let running = 0;
    let mostAtOnce = 0;
    const start = Date.now();
    const invoke = async () => {
      begun.push(Date.now() - start);
      mostAtOnce = Math.max(mostAtOnce, ++running);
      await sleep(takesMs);
      running--;
    };
    const schedules = new Schedules({ specs: [spec], periodSeconds: 0.1, invoke, log: () => {} });
    return { schedules, begun, mostAtOnce: () => mostAtOnce, running: () => running };
  }

  test('begin on hold, fire at once when released, and then every period', async () => {
    const { schedules, begun } = schedulesOf(1);
    await sleep(120);
    expect(begun).toEqual([]);
    schedules.release();
    expect(begun.length).toBe(1);
    await until('it has fired three times', () => begun.length === 3);
    await schedules.hold();
    expect(begun[2]! - begun[0]!).toBeGreaterThanOrEqual(150);
  });

  test('that run more seldom than every minute keep their period', async () => {
    let runs = 0;
    const invoke = async () => void runs++;
    const hourly = { ...spec, periodSeconds: 3_600 };
    const schedules = new Schedules({ specs: [hourly], periodSeconds: 0.05, invoke, log: () => {} });
    schedules.release();
    await sleep(200);
    await schedules.hold();
    expect(runs).toBe(1);
  });

  test('never overlap themselves', async () => {
    const { schedules, begun, mostAtOnce } = schedulesOf(150);
    schedules.release();
    await until('it has run three times', () => begun.length === 3);
    await schedules.hold();
    expect(mostAtOnce()).toBe(1);
  });

  test('hold waits for what runs, and nothing fires after it', async () => {
    const { schedules, begun, running } = schedulesOf(200);
    schedules.release();
    await schedules.hold();
    expect(running()).toBe(0);
    await sleep(250);
    expect(begun.length).toBe(1);
  });

  test('a run that fails stops no later run', async () => {
    let runs = 0;
    const said: string[] = [];
    const invoke = () => {
      runs++;
      return Promise.reject(new Error('no'));
    };
    const schedules = new Schedules({ specs: [spec], periodSeconds: 0.05, invoke, log: (line) => said.push(line) });
    schedules.release();
    await until('it has run twice', () => runs >= 2);
    await schedules.hold();
    expect(said[0]).toBe('S: no');
  });

  test('the input tells the run what it asks for', () => {
    const input =
      '{"at":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>","other":"<aws.scheduler.x>"}';
    expect(JSON.parse(inputOf({ arn: 'arn:schedule', input }, new Date('2026-11-24T01:02:03.456Z')))).toEqual({
      at: '2026-11-24T01:02:03Z',
      by: 'arn:schedule',
      other: '<aws.scheduler.x>',
    });
  });
});

test('the same trouble is said seldom, and then with how often it was left out', () => {
  let now = 0;
  const said: string[] = [];
  const log = seldom(
    (line) => said.push(line),
    50,
    () => now,
  );
  log('RequestId 06ae87a9-4df6-40ac-9e27-5e23ed9db0e4 took 3 s');
  log('RequestId 11111111-4df6-40ac-9e27-5e23ed9db0e4 took 4 s');
  log('something else');
  now = 49;
  log('something else');
  now = 50;
  log('RequestId 22222222-4df6-40ac-9e27-5e23ed9db0e4 took 5 s');
  expect(said).toEqual([
    'RequestId 06ae87a9-4df6-40ac-9e27-5e23ed9db0e4 took 3 s',
    'something else',
    'RequestId 22222222-4df6-40ac-9e27-5e23ed9db0e4 took 5 s (and 1 more like it before)',
  ]);
});
