import { gzipSync } from 'node:zlib';
import { MockAgent } from 'undici';
import { bodyOf, parseClipInfo } from '../../domain/messages.ts';
import { understand } from '../../functions/completed-research-archivist/understand.ts';
import { curateAllFeeds } from '../../functions/feed-curator/curate-all-feeds.ts';
import { allOf } from '../../operating/reading/parts.ts';
import { nameOfEntry } from '../../operating/select.ts';
import { reportFiles } from '../../report/report-files.ts';
import { InMemoryCurationStore } from '../curators/support/in-memory-curation-store.ts';
import { anEpisode, someFacts } from '../report/support/archives.ts';
import { perfectClip, perfectResult } from '../support/perfect-messages.ts';
import { cleanUp, failureOf, fetcher } from './support.ts';

afterEach(cleanUp);

const SECRET = 's3cret';
const ADDRESSES = [
  `https://me:${SECRET}@feeds.example/private.xml`,
  `https://feeds.example/private.xml?token=${SECRET}`,
  `https://feeds.example/u/${SECRET}/rss`,
  `https://feeds.example/${SECRET}`,
];

/** The path of an address, which no credentials are part of. */
const pathOf = (address: string) => new URL(address).pathname + new URL(address).search;

interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

const EMPTY_ITEM = '<item><title>x</title></item>';
const rss = (content: string) => `<rss version="2.0"><channel><title>t</title>${content}</channel></rss>`;
const elsewhere = `http://127.0.0.1/u/${SECRET}/next?token=${SECRET}`;

const ANSWERS: Readonly<Record<string, (address: string) => Answer>> = {
  'an entry without an enclosure': () => ({ status: 200, body: rss(EMPTY_ITEM) }),
  'an enclosure of another type': () => ({
    status: 200,
    body: rss(`<item><title>x</title><enclosure url="/u/${SECRET}/a.pdf?${SECRET}" type="application/pdf"/></item>`),
  }),
  'an enclosure that is no address': () => ({
    status: 200,
    body: rss(`<item><title>x</title><enclosure url="http://me:${SECRET}@/" type="audio/mpeg"/></item>`),
  }),
  'a next page that is refused': () => ({
    status: 200,
    body: rss(`<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="${elsewhere}"/>${EMPTY_ITEM}`),
  }),
  'pages in a circle': (address) => ({
    status: 200,
    body: rss(
      `<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="${pathOf(address)}"/>${EMPTY_ITEM}`,
    ),
  }),
  'an error of the server': () => ({ status: 500 }),
  'a refusal': () => ({ status: 401 }),
  'a page': () => ({
    status: 200,
    body: `<html><link rel="alternate" type="application/rss+xml" href="/u/${SECRET}/rss"></html>`,
  }),
  'no feed': () => ({ status: 200, body: 'no feed' }),
  'a broken gzip': () => ({ status: 200, body: gzipSync('x'.repeat(1000)).subarray(0, 20) }),
  'an unknown encoding': () => ({ status: 200, body: 'x', headers: { 'content-type': 'text/xml; charset=klingon' } }),
  'a redirect to elsewhere': () => ({ status: 302, headers: { location: elsewhere } }),
  'a redirect to a file': () => ({ status: 302, headers: { location: `ftp://me:${SECRET}@x/${SECRET}` } }),
  'redirects without end': (address) => ({ status: 302, headers: { location: pathOf(address) } }),
};

const cases = ADDRESSES.flatMap((address) => Object.keys(ANSWERS).map((answer) => [address, answer] as const));

test.each(cases)('no secret of %s is told of %s', async (address, answer) => {
  const { status, body = '', headers = {} } = ANSWERS[answer]!(address);
  const dispatcher = new MockAgent();
  dispatcher.disableNetConnect();
  const intercepted = dispatcher.get('https://feeds.example').intercept({ path: () => true, method: 'GET' });
  intercepted.reply(status, body, { headers }).persist();
  dispatcher
    .get('http://127.0.0.1')
    .intercept({ path: () => true, method: 'GET' })
    .reply(403)
    .persist();
  const told: string[] = [];
  const queue = { sendBatch: async () => ({ failed: [] }) };
  const summary = await curateAllFeeds([{ kind: 'episodes', url: address }], {
    queues: { clips: queue, episodes: queue },
    store: new InMemoryCurationStore(),
    clock: Date.now,
    timeLeft: () => 100_000,
    web: { dispatcher },
    onProblem: (...words) => told.push(words.join(' ')),
  });
  expect(told.length + summary.failures.length).toBeGreaterThan(0);
  expect(JSON.stringify([told, summary])).not.toContain(SECRET);
});

test.each(ADDRESSES)('a medium that cannot be fetched from %s does not tell it', async (address) => {
  const unknown = (_: string, __: unknown, done: (error: Error, none: []) => void) =>
    done(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), []);
  const messages = [
    (await failureOf(fetcher({ resolve: unknown }).fetch(address))).message,
    (await failureOf(fetcher().fetch(address.replace('https', 'ftp')))).message,
    (await failureOf(fetcher().fetch(address.replace('feeds.example', '10.0.0.1')))).message,
  ];
  expect(messages.join()).not.toContain(SECRET);
  expect(messages[0]).toContain('https://feeds.example/… cannot be fetched: there is no such host');
});

test.each(ADDRESSES)('dead letters do not tell %s in their reason', async (mediaUri) => {
  const clip = { ...perfectClip(), mediaUri };
  const broken = [
    JSON.stringify(clip).slice(0, -1),
    JSON.stringify({ ...clip, priority: 'x', title: mediaUri.repeat(20) }),
    JSON.stringify({ ...clip, mediaUri: mediaUri.repeat(100) }),
    `"${mediaUri}"`,
    mediaUri,
  ];
  for (const body of broken) {
    expect(() => parseClipInfo(body)).toThrow(expect.objectContaining({ name: 'InvalidMessage' }));
    expect(() => parseClipInfo(body)).not.toThrow(SECRET);
  }
  const result = perfectResult();
  const body = bodyOf({ ...result, clipInfo: clip });
  const resolver = { episode: async () => 1, clip: async () => undefined };
  const message = { id: '1', receipt: '1', body, sentAt: 0, receives: 1 };
  const outcome = await understand(message as never, resolver as never, () => 1e12, { unknownRetry: 1 });
  expect(outcome).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('mediaUri "https://feeds.example/…"'),
  });
  expect(JSON.stringify(outcome)).not.toContain(SECRET);
});

test.each(ADDRESSES)('summaries and reports do not tell %s, unless a report is asked to', async (mediaUri) => {
  const episode = anEpisode(1, { title: '', mediaUri });
  expect(nameOfEntry(episode)).toBe('https://feeds.example/… [1]');
  const facts = someFacts({ episodes: [episode] });
  const content = async (withAddresses: boolean) =>
    (await allOf(reportFiles('x', facts, [], withAddresses))).map((file) => file.content.toString()).join('\n');
  expect(await content(false)).not.toContain(SECRET);
  expect(await content(false)).toContain('https://feeds.example/…');
  expect(await content(true)).toContain(SECRET);
});

test.each(ADDRESSES)('nobody is told %s where it is what a source or an entry of it is called', async (address) => {
  const called = { source: address, sourceId: address };
  for (const broken of [
    { ...called, source: address.repeat(20) },
    { ...called, sourceId: address.repeat(200) },
    { ...called, revision: address.repeat(20) },
    { ...called, priority: 'x' },
  ]) {
    expect(() => parseClipInfo(JSON.stringify({ ...perfectClip(), ...broken }))).toThrow(
      expect.objectContaining({ name: 'InvalidMessage' }),
    );
    expect(() => parseClipInfo(JSON.stringify({ ...perfectClip(), ...broken }))).not.toThrow(SECRET);
  }
  const episode = anEpisode(1, { title: '', mediaUri: 'https://feeds.example/1.mp3', ...called });
  expect(nameOfEntry(episode)).not.toContain(SECRET);
  const facts = someFacts({ episodes: [episode] });
  for (const withAddresses of [false, true]) {
    const files = await allOf(reportFiles('x', facts, [], withAddresses));
    expect(files.map((file) => file.content.toString()).join('\n')).not.toContain(SECRET);
  }
});
