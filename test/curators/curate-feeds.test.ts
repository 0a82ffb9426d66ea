import { curateFeeds } from '../../curators/curate-feeds.ts';
import { parseEpisodeInfo } from '../../domain/messages.ts';
import { NOW } from './support/curating.ts';
import { enclosed, item, rss } from './support/feeds.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';
import { webServer } from './support/web-server.ts';

const server = webServer();

const queue = () => {
  const sent: string[] = [];
  return {
    sent,
    sendBatch: async (bodies: readonly string[]) => {
      sent.push(...bodies.map((body) => parseEpisodeInfo(body).title));
      return { failed: [] };
    },
  };
};

const options = () => ({ kind: 'episodes' as const, now: NOW, store: new InMemoryCurationStore(), queue: queue() });

test('each feed has its outcome, and one that fails stops no other', async () => {
  server().serve('/a', rss(item({ title: 'A' }) + item({ title: 'No media', enclosure: '' })));
  server().serve('/html', '<html></html>');
  server().serve('/b', rss(item({ title: 'B', enclosure: enclosed('b.mp3') })));
  const given = options();
  const feeds = [server().url('/a'), server().url('/html'), 'file:///etc/passwd', '/tmp', server().url('/b')];
  const web = `${server().url('/')}…`;
  expect(await curateFeeds(feeds, given)).toEqual([
    { feed: web, sent: 1, problems: [{ ok: false, what: 'entry 2 “No media”', reason: expect.any(String) }] },
    { feed: web, sent: 0, problems: [], failure: expect.stringMatching(/HTML page/) },
    { feed: feeds[2], sent: 0, problems: [], failure: 'an http or https address was expected' },
    { feed: '/…', sent: 0, problems: [], failure: 'an http or https address was expected' },
    { feed: web, sent: 1, problems: [] },
  ]);
  expect(given.queue.sent).toEqual(['A', 'B']);
});

test('a second run sends nothing', async () => {
  server().serve('/a', rss(item()));
  const given = options();
  await curateFeeds([server().url('/a')], given);
  expect(await curateFeeds([server().url('/a')], given)).toMatchObject([{ sent: 0 }]);
  expect(given.queue.sent).toHaveLength(1);
});

test('feeds for which no time is left are not asked, and say so', async () => {
  server().serve('/a', rss(item()));
  let asked = 0;
  const outcomes = await curateFeeds([server().url('/a'), 'http://me:secret@x.example/'], {
    ...options(),
    timeLeft: () => asked++ === 0,
  });
  expect(outcomes).toMatchObject([{ sent: 1 }, { feed: 'http://x.example/…', failure: 'no time was left for it' }]);
});
