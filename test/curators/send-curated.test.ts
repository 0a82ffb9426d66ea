import { curate } from '../../curators/curate.ts';
import type { Curated } from '../../curators/curated.ts';
import { type FailedBody, sendCurated } from '../../curators/send-curated.ts';
import { parseEpisodeInfo } from '../../domain/messages.ts';
import { NOW, scratch } from './support/curating.ts';
import { enclosed, item, rss } from './support/feeds.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';

const { write } = scratch();

const ok = (title: string, description = ''): Curated => ({
  ok: true,
  info: {
    initialDateCurated: '2024-01-01T00:00:00Z',
    lastDateCurated: '2024-01-01T00:00:00Z',
    curatorInformation: '',
    title,
    description,
    mediaUri: `http://x.example/${title}`,
    mediaType: 'audio/mpeg',
    priority: 0,
  },
});

async function* stream(...results: Curated[]): AsyncGenerator<Curated> {
  yield* results;
}

const many = (count: number) => Array.from({ length: count }, (_, at) => ok(`${at}`));

/** Takes everything but what `refuse` says, which is asked with the title and the number of the call. */
class Queue {
  readonly batches: string[][] = [];
  readonly pauses: number[] = [];
  readonly taken: string[] = [];
  readonly #refuse: (title: string, call: number) => Partial<FailedBody> | undefined;

  constructor(refuse: (title: string, call: number) => Partial<FailedBody> | undefined = () => undefined) {
    this.#refuse = refuse;
  }

  readonly pause = async (ms: number) => {
    this.pauses.push(ms);
  };

  async sendBatch(bodies: readonly string[]): Promise<{ failed: FailedBody[] }> {
    this.batches.push([...bodies]);
    const failed = bodies.flatMap((body, index) => {
      const { title } = parseEpisodeInfo(body);
      const refusal = this.#refuse(title, this.batches.length);
      if (!refusal) this.taken.push(title);
      return refusal ? [{ index, reason: 'no', ...refusal }] : [];
    });
    return { failed };
  }
}

test.each([
  [0, []],
  [1, [1]],
  [10, [10]],
  [11, [10, 1]],
  [25, [10, 10, 5]],
])('%i messages go in batches of %j', async (count, sizes) => {
  const queue = new Queue();
  expect(await sendCurated(queue, stream(...many(count)), queue)).toEqual({ sent: count, problems: 0 });
  expect(queue.batches.map((batch) => batch.length)).toEqual(sizes);
});

test('a batch has at most 1 MiB', async () => {
  const queue = new Queue();
  const long = '\u{1f600}'.repeat(16_384); // 12 bytes each as they are sent
  await sendCurated(queue, stream(...many(10).map((_, at) => ok(`${at}`, long))), queue);
  const bytes = queue.batches.map((batch) => batch.reduce((sum, body) => sum + Buffer.byteLength(body), 0));
  expect(queue.batches.map((batch) => batch.length)).toEqual([5, 5]);
  for (const size of bytes) expect(size).toBeLessThanOrEqual(1024 * 1024);
});

test('what a batch refuses is sent again, and only that', async () => {
  const queue = new Queue((title, call) => (title === '1' && call < 3 ? {} : undefined));
  expect(await sendCurated(queue, stream(...many(3)), queue)).toEqual({ sent: 3, problems: 0 });
  expect(queue.batches.map((batch) => batch.length)).toEqual([3, 1, 1]);
  expect(queue.taken).toEqual(['0', '2', '1']);
  expect(queue.pauses).toEqual([200, 1_000]);
});

test('what is refused for good is not tried again, what is refused always is given up; the others go on', async () => {
  const queue = new Queue((title) => (title === '0' ? { permanent: true } : title === '1' ? {} : undefined));
  const problems: unknown[] = [];
  const outcome = await sendCurated(queue, stream(...many(12)), {
    ...queue,
    onProblem: (problem) => problems.push(problem),
  });
  expect(outcome).toEqual({ sent: 10, problems: 2 });
  expect(problems).toEqual([
    { ok: false, what: '“0”', reason: 'the queue refuses it: no' },
    { ok: false, what: '“1”', reason: 'the queue refuses it: no' },
  ]);
  expect(queue.batches.filter((batch) => batch.length === 1)).toHaveLength(5);
});

test('problems of the curation are told and counted', async () => {
  const queue = new Queue();
  const told: string[] = [];
  const problem = { ok: false, what: 'entry 1', reason: 'broken' } as const;
  const counts: number[] = [];
  const options = {
    ...queue,
    onProblem: ({ what }: { what: string }) => told.push(what),
    onSent: (sent: number) => counts.push(sent),
  };
  expect(await sendCurated(queue, stream(problem, ...many(11)), options)).toEqual({ sent: 11, problems: 1 });
  expect(told).toEqual(['entry 1']);
  expect(counts).toEqual([10, 11]);
});

test('a queue that was away for a moment gets everything; one that stays away is an error with its reason', async () => {
  const queue = new Queue();
  let calls = 0;
  const away = (times: number) => ({
    sendBatch: (bodies: readonly string[]) => {
      calls += 1;
      return calls <= times ? Promise.reject(new Error('connect ECONNREFUSED')) : queue.sendBatch(bodies);
    },
  });
  expect(await sendCurated(away(5), stream(...many(2)), queue)).toEqual({ sent: 2, problems: 0 });
  calls = 0;
  await expect(sendCurated(away(6), stream(...many(2)), queue)).rejects.toThrow(
    /takes no messages: connect ECONNREFUSED/,
  );
});

test('only what was taken is remembered, even when the queue goes away', async () => {
  const store = new InMemoryCurationStore();
  const items = Array.from({ length: 12 }, (_, at) =>
    item({ title: `${at}`, guid: `${at}`, enclosure: enclosed(`${at}.mp3`) }),
  );
  const source = write('feed.xml', rss(items.join('')));
  const curation = () => curate(source, { kind: 'episodes', now: NOW, store });
  const first = new Queue((title) => (title === '3' ? { permanent: true } : undefined));
  const breaking = {
    sendBatch: (bodies: readonly string[]) =>
      bodies.length < 10 ? Promise.reject(new Error('gone')) : first.sendBatch(bodies),
  };
  await expect(sendCurated(breaking, curation(), first)).rejects.toThrow(/gone/);
  const second = new Queue();
  expect(await sendCurated(second, curation(), second)).toEqual({ sent: 3, problems: 0 });
  expect(second.taken).toEqual(['3', '10', '11']);
  expect(await sendCurated(second, curation(), second)).toEqual({ sent: 0, problems: 0 });
});
