import { randomBytes } from 'node:crypto';
import {
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { curateAllFeeds } from '../../../functions/feed-curator/curate-all-feeds.ts';
import { DynamoCurationStore } from '../../../functions/feed-curator/dynamo-curation-store.ts';
import { feedsFrom } from '../../../functions/feed-curator/feeds.ts';
import { SqsCuratedQueue } from '../../../functions/feed-curator/sqs-curated-queue.ts';
import { type Emulator, startDynoxide } from '../../../local/emulators/alone/dynamodb.ts';
import { InMemoryCurationStore } from '../../curators/support/in-memory-curation-store.ts';
import { webServer } from '../../curators/support/web-server.ts';
import { bundled, invoked } from '../../researcher/worker/support/bundle.ts';
import { Fauxqs } from '../../researcher/worker/support/fauxqs.ts';
import { freshFolder, removeFreshFolders } from '../../researcher/worker/support/work.ts';

jest.setTimeout(60_000);

let dynamo: Emulator;
let fauxqs: Fauxqs;
beforeAll(async () => {
  [dynamo, fauxqs] = await Promise.all([startDynoxide(), Fauxqs.start()]);
});
afterAll(() => {
  dynamo.stop();
  fauxqs.stop();
  removeFreshFolders();
});

let made = 0;
async function table(): Promise<string> {
  const TableName = `Curation-${++made}`;
  await dynamo.client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  return TableName;
}

/** Hardly compressible, as digests are. */
const memoryOf = (bytes: number): string => randomBytes(Math.ceil(bytes / 2)).toString('hex');

describe('The memory of curation in the table', () => {
  const SOURCE = 'episodes https://feeds.example.org/harbour.xml?token=secret';

  test.each([
    ['nothing', 0],
    ['a little', 100],
    ['more than an item holds', 900_000],
    ['as much as 100,000 entries', 5_000_000],
  ])('%s comes back as it was saved', async (_, bytes) => {
    const name = await table();
    const memory = memoryOf(bytes);
    await new DynamoCurationStore(dynamo.client, name).save(SOURCE, memory);
    expect(await new DynamoCurationStore(dynamo.client, name).load(SOURCE)).toBe(memory);
  });

  test('A source that was never saved has none, whatever others have', async () => {
    const store = new DynamoCurationStore(dynamo.client, await table());
    await store.save(SOURCE, 'memory');
    expect(await store.load(`${SOURCE}/`)).toBeUndefined();
  });

  test('The newest one counts, longer or shorter than those before', async () => {
    const store = new DynamoCurationStore(dynamo.client, await table());
    const memories = [900_000, 10, 2_000_000, 500_000].map(memoryOf);
    for (const memory of memories) {
      await store.save(SOURCE, memory);
      expect(await store.load(SOURCE)).toBe(memory);
    }
  });

  test('One that was cut off while it was written leaves the one before', async () => {
    const name = await table();
    await new DynamoCurationStore(dynamo.client, name).save(SOURCE, 'before');
    const dying = {
      send: async (command: GetItemCommand | PutItemCommand) => {
        const isPointer = command instanceof PutItemCommand && command.input.Item?.sk?.S === 'pointer';
        if (isPointer) throw new Error('killed');
        return dynamo.client.send(command as PutItemCommand);
      },
    };
    const cut = new DynamoCurationStore(dying as unknown as DynamoDBClient, name);
    await expect(cut.save(SOURCE, memoryOf(900_000))).rejects.toThrow('killed');
    expect(await new DynamoCurationStore(dynamo.client, name).load(SOURCE)).toBe('before');
  });

  test('A mixture of two counts as none', async () => {
    const name = await table();
    const store = new DynamoCurationStore(dynamo.client, name);
    await store.save(SOURCE, memoryOf(900_000));
    const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: name }));
    const [chunk] = Items.filter(({ sk }) => sk?.S !== 'pointer');
    await dynamo.client.send(new PutItemCommand({ TableName: name, Item: { ...chunk, generation: { S: 'another' } } }));
    expect(await store.load(SOURCE)).toBeUndefined();
  });

  test('An unchanged one is not written again', async () => {
    const name = await table();
    const store = new DynamoCurationStore(dynamo.client, name);
    await store.save(SOURCE, 'memory');
    const pointer = async () => {
      const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: name }));
      const Key = { pk: Items[0]!.pk!, sk: { S: 'pointer' } };
      return (await dynamo.client.send(new GetItemCommand({ TableName: name, Key }))).Item?.generation?.S;
    };
    const before = await pointer();
    await store.save(SOURCE, 'memory');
    expect(await pointer()).toBe(before);
    await store.save(SOURCE, 'another');
    expect(await pointer()).not.toBe(before);
  });

  test('Secrets in addresses are not in the keys', async () => {
    const name = await table();
    await new DynamoCurationStore(dynamo.client, name).save(SOURCE, 'memory');
    const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: name }));
    expect(JSON.stringify(Items)).not.toContain('secret');
  });
});

describe('The feeds', () => {
  const server = webServer();
  const feed = (title: string) =>
    `<rss version="2.0"><channel><title>${title}</title><item><title>${title} 1</title>
    <pubDate>Tue, 03 Mar 2026 20:00:00 GMT</pubDate><enclosure url="https://media.example.org/${title}.mp3" type="audio/mpeg"/></item></channel></rss>`;

  function collecting() {
    const sent: string[] = [];
    const queue = {
      sendBatch: async (bodies: readonly string[]) => {
        sent.push(...bodies.map((body) => JSON.parse(body).title));
        return { failed: [] };
      },
    };
    return { sent, queue };
  }

  const curating = (urls: string[], hour = 0, timeLeft = () => 300_000, store = new InMemoryCurationStore()) => {
    const { sent, queue } = collecting();
    const summary = curateAllFeeds(
      urls.map((url) => ({ kind: 'episodes', url })),
      {
        queues: { episodes: queue, clips: queue },
        ...{ store, timeLeft, clock: () => Date.parse('2026-05-01T00:00:00Z') + hour * 3_600_000 },
        onProblem: () => undefined,
        web: { refusedRange: () => undefined },
      },
    );
    return { sent, summary };
  };

  beforeEach(() => {
    for (const name of ['a', 'b', 'c']) server().serve(`/${name}.xml`, feed(name));
  });
  const urls = () => ['a', 'b', 'c'].map((name) => server().url(`/${name}.xml`));

  test('All are curated; a second run with the same memory sends nothing', async () => {
    const store = new InMemoryCurationStore();
    const first = curating(urls(), 0, undefined, store);
    expect(await first.summary).toEqual({
      end: 'all feeds curated',
      feeds: 3,
      sent: 3,
      problems: 0,
      left: 0,
      failures: [],
    });
    expect(first.sent.sort()).toEqual(['a 1', 'b 1', 'c 1']);
    expect(await curating(urls(), 1, undefined, store).summary).toMatchObject({ feeds: 3, sent: 0 });
  });

  test('One that fails is told, without its credentials, and stops no other', async () => {
    const bad = server().url('/none.xml').replace('//', '//ann:secret@');
    const { summary } = curating([...urls(), bad]);
    const { failures, ...rest } = await summary;
    expect(rest).toMatchObject({ feeds: 3, sent: 3 });
    expect(failures).toEqual([expect.stringContaining('404')]);
    expect(failures.join()).not.toContain('secret');
  });

  test('Every hour another one is first, so that time runs out for others each time', async () => {
    const firsts = [];
    for (const hour of [0, 1, 2, 3]) {
      let asked = 0;
      const { sent, summary } = curating(urls(), hour, () => (++asked > 1 ? 44_999 : 45_000));
      expect(await summary).toMatchObject({ end: 'time nearly up', feeds: 1, left: 2 });
      firsts.push(sent[0]);
    }
    expect(new Set(firsts.slice(0, 3)).size).toBe(3);
    expect(firsts[3]).toBe(firsts[0]);
  });

  test('The bundle curates into real queues and remembers in a real table', async () => {
    const bundle = await bundled('feed-curator', freshFolder());
    const [clips, episodes] = [await fauxqs.queue('curated-clips'), await fauxqs.queue('curated-episodes')];
    const environment = {
      ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
      ...{
        AWS_ENDPOINT_URL_SQS: fauxqs.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: await dynamo.client.config.endpoint!().then(
          ({ protocol, hostname, port }) => `${protocol}//${hostname}:${port}`,
        ),
      },
      ...{ COLLECTION_TABLE: await table(), CURATED_CLIPS_QUEUE_URL: clips, CURATED_EPISODES_QUEUE_URL: episodes },
      FEEDS: JSON.stringify({ episodes: [urls()[0]], clips: [urls()[1]] }),
    };
    expect((await invoked(bundle, {}, environment)).result).toMatchObject({ feeds: 2, sent: 2, failures: [] });
    for (const [queue, title] of [
      [clips, 'b 1'],
      [episodes, 'a 1'],
    ] as const) {
      const { Messages = [] } = await fauxqs.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue }));
      expect(JSON.parse(Messages[0]!.Body!)).toMatchObject({ title });
    }
    expect((await invoked(bundle, {}, environment)).result).toMatchObject({ feeds: 2, sent: 0, failures: [] });
  });
});

test('What the queue does not take is told by its place', async () => {
  const queue = new SqsCuratedQueue(fauxqs.sqs, await fauxqs.queue('curated'));
  expect(await queue.sendBatch(['{"a":1}', '{"b":2}'])).toEqual({ failed: [] });
  const refusing = {
    send: async () => ({ Failed: [{ Id: '1', Code: 'InternalError', Message: 'later', SenderFault: false }] }),
  };
  const failed = [{ index: 1, reason: 'later', permanent: false }];
  expect(await new SqsCuratedQueue(refusing as unknown as SQSClient, '').sendBatch(['a', 'b'])).toEqual({ failed });
});

test('FEEDS are read as JSON by kind', () => {
  expect(feedsFrom('{"clips":["https://a.example/c.xml"],"episodes":["http://b.example/e.xml"]}')).toEqual([
    { kind: 'episodes', url: 'http://b.example/e.xml' },
    { kind: 'clips', url: 'https://a.example/c.xml' },
  ]);
  expect(feedsFrom('{}')).toEqual([]);
});

test.each([
  ['no JSON', 'what came is no JSON'],
  ['[]', 'the whole'],
  ['{"episode":[]}', 'episode'],
  ['{"episodes":"https://a.example/"}', 'episodes'],
  ['{"episodes":["file:///etc/passwd"]}', 'episodes.0'],
  ['{"clips":["https://a.example/", 7]}', 'clips.1'],
])('FEEDS that cannot be are refused: %s', (json, reason) => {
  expect(() => feedsFrom(json)).toThrow(reason);
});
