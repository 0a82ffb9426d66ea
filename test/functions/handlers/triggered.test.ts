import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SqsEvent, SqsRecord } from '../../../functions/runtime/lambda.ts';
import { perfectClip } from '../../support/perfect-messages.ts';
import { type DeployedArchive, deployedArchive, listening, type Service, sampleEvent } from './support/archive.ts';

let archive: DeployedArchive;
let heard: ReturnType<typeof listening>;

beforeAll(async () => {
  archive = await deployedArchive();
}, 60_000);
afterAll(() => archive.stop());
beforeEach(() => {
  heard = listening();
});
afterEach(() => {
  jest.restoreAllMocks();
  heard.stop();
});

const summary = (counts: Record<string, number>) => ({
  received: 0,
  inserted: 0,
  updated: 0,
  touched: 0,
  unchanged: 0,
  refused: 0,
  failed: 0,
  ...counts,
});
const record = (messageId: string, body: string): SqsRecord => ({ messageId, body });
const clipRecord = (n: number) =>
  record(`m${n}`, JSON.stringify(perfectClip({ title: `Clip ${n}`, mediaUri: `https://c.example.org/${n}` })));
const records = (event: unknown) => (event as SqsEvent).Records;

const services = [
  ['clips-archivist', 'one-clip', 'clip'],
  ['episodes-archivist', 'one-episode', 'episode'],
] as const;

describe.each(services)('TRIGGERED-1: the sample events of the %s', (service, one, kind) => {
  test(`${one}.json: inserted, and the same again changes nothing`, async () => {
    const event = sampleEvent(service, one);
    expect(await archive.invoke(service, event)).toEqual({
      batchItemFailures: [],
      summary: summary({ received: 1, inserted: 1 }),
    });
    expect(await archive.invoke(service, event)).toEqual({
      batchItemFailures: [],
      summary: summary({ received: 1, unchanged: 1 }),
    });
    const [entry] = (await archive.tables.collection.entries(kind, [1])).values();
    expect(entry?.info.title).toBe(JSON.parse(records(event)[0]?.body ?? '').title);
    expect(await archive.dead(service)).toEqual([]);
  });

  test('good-and-bad.json: the good ones go in, each bad one is in the dead letters with its reason', async () => {
    const event = sampleEvent(service, 'good-and-bad');
    const bad = kind === 'clip' ? 2 : 1;
    expect(await archive.invoke(service, event)).toEqual({
      batchItemFailures: [],
      summary: summary({ received: records(event).length, inserted: 2, refused: bad }),
    });
    const dead = await archive.dead(service);
    expect(dead.map(({ reason }) => reason).sort()).toEqual(
      kind === 'clip'
        ? [
            'ClipInfo refused: must be JSON, but 16 characters came: "this is not JSON"',
            'ClipInfo refused: title: must be text of 1-250 characters, but 0 ("") came',
          ]
        : [
            expect.stringMatching(
              /^EpisodeInfo refused: dateAired: must be an RFC 3339 timestamp .*"2025-02-30T20:00:00Z" came$/,
            ),
          ],
    );
    const bodies = records(event).map(({ body }) => body);
    for (const { body } of dead) expect(bodies).toContain(body);
  });

  test('they look as SQS sends them', () => {
    for (const name of [one, 'good-and-bad']) {
      for (const sample of records(sampleEvent(service, name))) {
        expect(sample).toMatchObject({ eventSource: 'aws:sqs', attributes: { ApproximateReceiveCount: '1' } });
      }
      expect(new Set(records(sampleEvent(service, name)).map(({ messageId }) => messageId)).size).toBe(
        records(sampleEvent(service, name)).length,
      );
    }
  });
});

describe('TRIGGERED-2: what is no event of SQS is answered with what was expected and what came', () => {
  const expected = (service: Service) => `Expected an SQS event as in functions/${service}/events,`;
  test.each([
    ['{}', {}, 'with a list of "Records"; what came has no fields.'],
    ['null', null, 'with a list of "Records"; what came has the type null.'],
    ['text', 'hello', 'with a list of "Records"; what came has the type string.'],
    [
      'the console’s hello-world',
      { key1: 'value1', key2: 'value2' },
      'with a list of "Records"; what came has the fields key1, key2.',
    ],
    ['records that are no list', { Records: {} }, 'with a list of "Records"; what came has the fields Records.'],
    [
      'a record of another source',
      { Records: [{ eventSource: 'aws:s3', s3: {} }] },
      'whose records have "messageId" and "body" as text; Records[0] has the fields eventSource, s3.',
    ],
    [
      'a second record without a body',
      { Records: [{ messageId: 'a', body: '{}' }, { messageId: 'b' }] },
      'whose records have "messageId" and "body" as text; Records[1] has the fields messageId.',
    ],
    [
      'a body that is an object',
      { Records: [{ messageId: 'a', body: {} }] },
      'whose records have "messageId" and "body" as text; Records[0] has the fields messageId, body.',
    ],
    [
      'a record that is null',
      { Records: [null] },
      'whose records have "messageId" and "body" as text; Records[0] has the type null.',
    ],
  ])('%s', async (_, event, message) => {
    for (const [service] of services) {
      await expect(archive.invoke(service, event)).rejects.toThrow(new TypeError(`${expected(service)} ${message}`));
    }
  });

  test('an event without records is answered with zeros', async () => {
    expect(await archive.invoke('clips-archivist', { Records: [] })).toEqual({
      batchItemFailures: [],
      summary: summary({}),
    });
  });
});

describe('TRIGGERED-3: a record’s failure never affects another', () => {
  const bad = 'no JSON at all';

  test('a transient failure of the table gives everything back that it concerns, and refuses what is hopeless', async () => {
    const send = jest.spyOn(DynamoDBClient.prototype, 'send');
    send.mockImplementation(() => Promise.reject(new Error('ProvisionedThroughputExceededException: slow down')));
    const event = { Records: [clipRecord(1), record('bad', bad), clipRecord(2)] };
    expect(await archive.invoke('clips-archivist', event)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
      summary: summary({ received: 3, failed: 2, refused: 1 }),
    });
    send.mockRestore();
    expect((await archive.dead('clips-archivist')).map(({ body }) => body)).toEqual([bad]);
  });

  test('dead letters that cannot be sent give only their own message back', async () => {
    const send = jest.spyOn(SQSClient.prototype, 'send');
    send.mockImplementation(() => Promise.reject(new Error('socket hang up')));
    const event = { Records: [clipRecord(3), record('bad', bad)] };
    expect(await archive.invoke('clips-archivist', event)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'bad' }],
      summary: summary({ received: 2, inserted: 1, failed: 1 }),
    });
  });

  test('a conflict is refused alone', async () => {
    const clash = record(
      'clash',
      JSON.stringify(
        perfectClip({ title: 'Clip 4', mediaUri: 'https://c.example.org/5', lastDateCurated: '2030-01-01T00:00:00Z' }),
      ),
    );
    const event = { Records: [clipRecord(4), clipRecord(5), clash, clipRecord(6)] };
    expect(await archive.invoke('clips-archivist', event)).toEqual({
      batchItemFailures: [],
      summary: summary({ received: 4, inserted: 3, refused: 1 }),
    });
    const [dead] = await archive.dead('clips-archivist');
    expect(dead?.reason).toMatch(
      /^Names in conflict: its mediaUri is known as entry \d+ and its title as entry \d+; correct one of the two names\.$/,
    );
  });

  test('an event of forty records, which only a person sends, is archived too', async () => {
    const event = { Records: Array.from({ length: 40 }, (_, n) => clipRecord(100 + n)) };
    expect(await archive.invoke('clips-archivist', event)).toMatchObject({
      batchItemFailures: [],
      summary: { received: 40, inserted: 40 },
    });
  });
});

describe('TRIGGERED-4: what is logged', () => {
  const SECRET = 'do-not-log-me';

  test('one line an outcome, with ids and counts, and never a body or the environment', async () => {
    const description = `${'x'.repeat(200)}${SECRET}`;
    const long = JSON.stringify({ ...perfectClip(), title: 'y'.repeat(300), description });
    const event = {
      Records: [
        record(
          'good',
          JSON.stringify(perfectClip({ title: 'Logged', mediaUri: 'https://c.example.org/logged', description })),
        ),
        record('long', long),
        record('no-json', `${'z'.repeat(200)}${SECRET}`),
      ],
    };
    await archive.invoke('clips-archivist', event);
    expect(heard.text()).not.toContain(SECRET);
    expect(heard.text()).not.toContain('AWS_SECRET');
    const lines = heard.lines();
    expect(lines.map(({ level, message, messageId }) => [level, message, messageId])).toEqual([
      ['WARN', 'Message refused', 'long'],
      ['WARN', 'Message refused', 'no-json'],
      ['INFO', 'Batch archived', undefined],
    ]);
    expect(lines.at(-1)).toMatchObject({ received: 3, inserted: 1, refused: 2, function_name: 'clips-archivist' });
    await archive.dead('clips-archivist');
  });

  test('no warning that there are no metrics: it emits none', async () => {
    process.env.POWERTOOLS_METRICS_DISABLED = 'false';
    await archive.invoke('episodes-archivist', sampleEvent('episodes-archivist', 'one-episode'));
    process.env.POWERTOOLS_METRICS_DISABLED = 'true';
    expect(heard.text()).not.toMatch(/metric/i);
    expect(heard.lines()).toHaveLength(1);
  });

  test('a failure is logged with its message id and error', async () => {
    const send = jest.spyOn(DynamoDBClient.prototype, 'send');
    send.mockImplementation(() => Promise.reject(new Error('table asleep')));
    await archive.invoke('clips-archivist', { Records: [clipRecord(7)] });
    expect(heard.lines()[0]).toMatchObject({
      level: 'ERROR',
      message: 'Message failed, it will come again',
      messageId: 'm7',
      error: { message: 'table asleep' },
    });
  });
});
