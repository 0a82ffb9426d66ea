import { curated, scratch } from './support/curating.ts';
import { enclosed, item, rss } from './support/feeds.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';

const { write } = scratch();

test('10,000 entries with broken ones among them take seconds and bounded memory, a second run gives nothing', async () => {
  const notes = `<description><![CDATA[${'<p>Some <b>notes</b> with a <a href="http://x.example/">link</a></p>'.repeat(5)}]]></description>`;
  const items = Array.from({ length: 10_000 }, (_, at) =>
    at % 1_000 === 500
      ? '<item><title>Broken</item>'
      : item({ title: `Episode ${at}`, guid: `g${at}`, enclosure: enclosed(`${at}.mp3`), more: notes }),
  );
  const source = write('feed.xml', rss(items.join('')));
  const store = new InMemoryCurationStore();
  const before = process.memoryUsage.rss();
  const start = process.cpuUsage();
  const { infos, problems } = await curated(source, { store });
  expect(infos).toHaveLength(9_990);
  expect(problems).toHaveLength(10);
  // Processor time: other work on the machine must not fail this.
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).toBeLessThan(20);
  expect(process.memoryUsage.rss() - before).toBeLessThan(600 * 1024 * 1024);
  expect((await curated(source, { store })).infos).toEqual([]);
  expect((await store.load(`episodes ${source}`))?.length).toBeLessThan(600_000);
}, 180_000);
