import { chmodSync, existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FetchedMedia } from '../../web/fetch-media.ts';
import { webServer } from '../curators/support/web-server.ts';
import { cleanUp, contentOf, failureOf, fetcher, freshFolder, mediaFilesIn } from './support.ts';

const server = webServer();
afterEach(cleanUp);

const MINUTE = 60_000;

/** A file with an ETag, answered as HTTP wants it. */
function versioned(path: string, version: () => string): void {
  server().on(path, (request, response) => {
    const etag = `"${version()}"`;
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(`content ${version()}`);
  });
}

function withClock(cacheDir = freshFolder()) {
  const time = { now: 1_700_000_000_000 };
  return { time, cacheDir, media: fetcher({ cacheDir, clock: () => time.now }) };
}

test.each([
  ['59 minutes', 59, 1],
  ['60 minutes', 60, 2],
])('A file is asked for again after an hour: after %s there were so many requests', async (_, minutes, requests) => {
  versioned('/a.mp3', () => '1');
  const { time, media } = withClock();
  for (let i = 0; i < 2; i++) {
    expect(contentOf(await media.fetch(server().url('/a.mp3')))).toBe('content 1');
    time.now += minutes * MINUTE;
  }
  expect(server().requests).toHaveLength(requests);
});

test('A file that has not changed is not sent again, and counts as fresh from then on', async () => {
  versioned('/a.mp3', () => '1');
  const { time, media } = withClock();
  await media.fetch(server().url('/a.mp3'));
  time.now += 61 * MINUTE;
  expect(contentOf(await media.fetch(server().url('/a.mp3')))).toBe('content 1');
  expect(server().headers[1]?.['if-none-match']).toBe('"1"');
  time.now += 59 * MINUTE;
  await media.fetch(server().url('/a.mp3'));
  expect(server().requests).toHaveLength(2);
});

test('A file that has changed replaces the old one, which whoever uses it keeps', async () => {
  let version = '1';
  versioned('/a.mp3', () => version);
  const { time, media, cacheDir } = withClock();
  const old = await media.fetch(server().url('/a.mp3'));
  version = '2';
  time.now += 61 * MINUTE;
  const current = await media.fetch(server().url('/a.mp3'));
  expect([contentOf(old), contentOf(current)]).toEqual(['content 1', 'content 2']);
  expect(mediaFilesIn(cacheDir)).toHaveLength(1);
  await old.release();
  await current.release();
  expect(readdirSync(join(cacheDir, 'in-use'))).toEqual([]);
});

test('Where nothing tells versions apart, a file is asked for again after a day', async () => {
  server().serve('/a.mp3', 'audio');
  const { time, media } = withClock();
  await media.fetch(server().url('/a.mp3'));
  time.now += 24 * 60 * MINUTE - 1;
  await media.fetch(server().url('/a.mp3'));
  expect(server().requests).toHaveLength(1);
  time.now += 1;
  await media.fetch(server().url('/a.mp3'));
  expect(server().requests).toHaveLength(2);
});

test('While its host is down, a file is used for a week; then it is a failure', async () => {
  let up = true;
  server().on('/a.mp3', (_, response) => void response.writeHead(up ? 200 : 503, { etag: '"1"' }).end('audio'));
  const { time, media } = withClock();
  await media.fetch(server().url('/a.mp3'));
  up = false;
  time.now += 7 * 24 * 60 * MINUTE - 1;
  expect(contentOf(await media.fetch(server().url('/a.mp3')))).toBe('audio');
  time.now += 1;
  expect(await failureOf(media.fetch(server().url('/a.mp3')))).toMatchObject({ kind: 'unreachable' });
});

test('A file that its host no longer has is a failure, however fresh the copy', async () => {
  let there = true;
  server().on('/a.mp3', (_, response) => void response.writeHead(there ? 200 : 410, { etag: '"1"' }).end('audio'));
  const { time, media } = withClock();
  await media.fetch(server().url('/a.mp3'));
  there = false;
  time.now += 61 * MINUTE;
  expect(await failureOf(media.fetch(server().url('/a.mp3')))).toMatchObject({ kind: 'answer' });
});

test('Many who want the same file at once cause one download', async () => {
  server().on('/a.mp3', (_, response) => setTimeout(() => response.end('audio'), 50));
  const media = fetcher();
  const all = await Promise.all(Array.from({ length: 8 }, () => media.fetch(server().url('/a.mp3#t=5'))));
  expect(all.map(contentOf)).toEqual(Array(8).fill('audio'));
  expect(server().requests).toHaveLength(1);
});

test('Whoever waits for a download of somebody else hears of its progress', async () => {
  server().on('/a.mp3', (_, response) => {
    response.write('au');
    setTimeout(() => response.end('dio'), 30);
  });
  const media = fetcher();
  const heard: number[][] = [[], []];
  await Promise.all(
    heard.map((all) => media.fetch(server().url('/a.mp3'), { onProgress: (bytes) => all.push(bytes) })),
  );
  expect(heard[0]?.at(-1)).toBe(5);
  expect(heard[1]).toEqual(heard[0]);
});

test('Another process with the same folder uses what is there', async () => {
  server().serve('/a.mp3', 'audio');
  const cacheDir = freshFolder();
  await fetcher({ cacheDir }).fetch(server().url('/a.mp3'));
  expect(contentOf(await fetcher({ cacheDir }).fetch(server().url('/a.mp3')))).toBe('audio');
  expect(server().requests).toHaveLength(1);
});

describe('A cache for 2,500 bytes and files of 1,000', () => {
  const names = (cacheDir: string) => mediaFilesIn(cacheDir).length;

  function cache() {
    for (const name of ['a', 'b', 'c']) server().serve(`/${name}.mp3`, name.repeat(1_000), { etag: `"${name}"` });
    const cacheDir = freshFolder();
    const media = fetcher({ cacheDir, cacheBytes: 2_500 });
    const get = (name: string) => media.fetch(server().url(`/${name}.mp3`));
    return { cacheDir, get };
  }

  test('lets go of what was not used for longest', async () => {
    const { cacheDir, get } = cache();
    for (const name of ['a', 'b', 'a']) {
      await (await get(name)).release();
      await new Promise((later) => setTimeout(later, 15));
    }
    await (await get('c')).release();
    expect(names(cacheDir)).toBe(2);
    await get('a');
    expect(server().requests).toEqual(['/a.mp3', '/b.mp3', '/c.mp3']);
    await get('b');
    expect(server().requests.at(-1)).toBe('/b.mp3');
  });

  test('keeps what is in use, even over its limit', async () => {
    const { cacheDir, get } = cache();
    const all = [await get('a'), await get('b'), await get('c')];
    expect(all.map((file) => contentOf(file)[0])).toEqual(['a', 'b', 'c']);
    expect(names(cacheDir)).toBe(3);
    await Promise.all(all.map((file) => file.release()));
    server().serve('/d.mp3', 'd'.repeat(1_000));
    await (await get('d')).release();
    expect(names(cacheDir)).toBe(2);
  });
});

test.each([
  ['its index', '.sqlite'],
  ['a file', '.media'],
])('What is damaged counts as not there: %s', async (_, damaged) => {
  server().serve('/a.mp3', 'audio', { etag: '"1"' });
  const cacheDir = freshFolder();
  const first = fetcher({ cacheDir });
  await first.fetch(server().url('/a.mp3'));
  first.close();
  const name = readdirSync(cacheDir).find((file) => file.endsWith(damaged))!;
  writeFileSync(join(cacheDir, name), 'x');
  expect(contentOf(await fetcher({ cacheDir }).fetch(server().url('/a.mp3')))).toBe('audio');
  expect(server().requests).toHaveLength(2);
});

describe('Of a file whose content was told', () => {
  const HASH = 'a'.repeat(64);
  const has = (hash: string) => hash === HASH;

  async function told() {
    let version = '1';
    versioned('/a.mp3', () => version);
    const made = withClock();
    const file = await made.media.fetch(server().url('/a.mp3'));
    file.identify(HASH);
    await file.release();
    const get = (hasIt = has) => made.media.fetchUnless(hasIt, server().url('/a.mp3'));
    const change = () => {
      version = '2';
    };
    return { ...made, get, change };
  }

  test('only that is told to whoever has all he needs of it', async () => {
    const { get, cacheDir, time } = await told();
    expect(await get()).toEqual({ hash: HASH });
    expect(await fetcher({ cacheDir, clock: () => time.now }).fetchUnless(has, server().url('/a.mp3'))).toEqual({
      hash: HASH,
    });
    expect(server().requests).toHaveLength(1);
    expect(readdirSync(join(cacheDir, 'in-use'))).toEqual([]);
  });

  test('the file comes for whoever has not', async () => {
    const { get } = await told();
    expect(contentOf((await get(() => false)) as FetchedMedia)).toBe('content 1');
  });

  test('it is known after the file went, and asked for again after an hour', async () => {
    const { get, cacheDir, time } = await told();
    const other = fetcher({ cacheDir, cacheBytes: 0, clock: () => time.now });
    server().serve('/b.mp3', 'audio');
    await (await other.fetch(server().url('/b.mp3'))).release();
    expect(mediaFilesIn(cacheDir)).toEqual([expect.stringMatching(/media$/)]);
    expect(await get()).toEqual({ hash: HASH });
    time.now += 61 * MINUTE;
    expect(await get()).toEqual({ hash: HASH });
    expect(server().headers.at(-1)?.['if-none-match']).toBe('"1"');
    time.now += 59 * MINUTE;
    expect(await get()).toEqual({ hash: HASH });
    expect(server().requests).toEqual(['/a.mp3', '/b.mp3', '/a.mp3']);
    expect(contentOf((await get(() => false)) as FetchedMedia)).toBe('content 1');
  });

  test('a new version is another content', async () => {
    const { get, change, time } = await told();
    change();
    time.now += 61 * MINUTE;
    expect(contentOf((await get()) as FetchedMedia)).toBe('content 2');
    expect(contentOf((await get()) as FetchedMedia)).toBe('content 2');
  });

  test('it is forgotten after some days of silence', async () => {
    const { cacheDir, time } = await told();
    const index = new DatabaseSync(join(cacheDir, 'index.sqlite'));
    index.prepare('UPDATE media SET file = NULL').run();
    const known = async (days: number) => {
      server().serve(`/${days}.mp3`, 'audio');
      const media = fetcher({ cacheDir, clock: () => time.now + days * 24 * 60 * MINUTE });
      await (await media.fetch(server().url(`/${days}.mp3`))).release();
      return index.prepare('SELECT COUNT(*) AS count FROM media WHERE hash IS NOT NULL').get()?.count;
    };
    expect([await known(7), await known(9)]).toEqual([1, 0]);
    index.close();
  });

  test('a file of this machine has it until it is written to', async () => {
    const path = join(freshFolder(), 'a.mp3');
    writeFileSync(path, 'one');
    const uri = `file://${path}`;
    const media = fetcher({ allowFiles: true });
    (await media.fetch(uri)).identify(HASH);
    expect(await media.fetchUnless(has, uri)).toEqual({ hash: HASH });
    expect(await media.fetchUnless(() => false, uri)).toMatchObject({ path, bytes: 3 });
    writeFileSync(path, 'two');
    expect(await media.fetchUnless(has, uri)).toMatchObject({ path, bytes: 3 });
  });

  test('a file of this machine needs no cache', async () => {
    const path = join(freshFolder(), 'a.mp3');
    writeFileSync(path, 'one');
    const file = await fetcher({ allowFiles: true, cacheDir: join(path, 'cache') }).fetch(`file://${path}`);
    file.identify(HASH);
    expect(contentOf(file)).toBe('one');
  });
});

describe('A download that was stopped', () => {
  const BODY = 'x'.repeat(1_000);

  /** Stops a download after 600 bytes; afterwards the server goes on as HTTP wants it. */
  async function stopped(version = '1') {
    const etag = `"${version}"`;
    let first = true;
    server().on('/a.mp3', (request, response) => {
      if (first) {
        first = false;
        response.writeHead(200, { etag: '"1"', 'content-length': '1000' }).write(BODY.slice(0, 600));
        return;
      }
      const same = request.headers['if-range'] === etag;
      if (same) response.writeHead(206, { etag, 'content-range': 'bytes 600-999/1000' }).end(BODY.slice(600));
      else response.writeHead(200, { etag }).end(version.repeat(10));
    });
    const cacheDir = freshFolder();
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('Ctrl-C'));
    const fetching = fetcher({ cacheDir }).fetch(server().url('/a.mp3'), { signal: stop.signal, onProgress });
    await expect(fetching).rejects.toThrow('Ctrl-C');
    return cacheDir;
  }

  test('is taken up by the next process that wants the file', async () => {
    const cacheDir = await stopped();
    expect(contentOf(await fetcher({ cacheDir }).fetch(server().url('/a.mp3')))).toBe(BODY);
    expect(server().headers[1]).toMatchObject({ range: 'bytes=600-', 'if-range': '"1"' });
    expect(
      readdirSync(cacheDir)
        .filter((name) => !name.startsWith('index.sqlite'))
        .sort(),
    ).toEqual([expect.stringMatching(/media$/), 'in-use']);
  });

  test('begins again when the file has changed in between', async () => {
    const cacheDir = await stopped('2');
    expect(contentOf(await fetcher({ cacheDir }).fetch(server().url('/a.mp3')))).toBe('2'.repeat(10));
  });

  test.each([
    ['9 minutes ago, it is somebody’s', 9, undefined],
    ['11 minutes ago, it is taken up: its process was killed', 11, 'bytes=600-'],
  ])('was last written to %s', async (_, minutes, range) => {
    const cacheDir = await stopped();
    const index = new DatabaseSync(join(cacheDir, 'index.sqlite'));
    expect(index.prepare('UPDATE parts SET waits = 0').run().changes).toBe(1);
    index.close();
    const then = new Date(Date.now() - minutes * MINUTE);
    for (const name of readdirSync(cacheDir).filter((file) => file.endsWith('.part'))) {
      utimesSync(join(cacheDir, name), then, then);
    }
    await fetcher({ cacheDir }).fetch(server().url('/a.mp3'));
    expect(server().headers[1]?.range).toBe(range);
  });
});

test('What a killed process left behind goes after some hours, and not before', async () => {
  server().serve('/a.mp3', 'audio');
  const cacheDir = freshFolder();
  await fetcher({ cacheDir }).fetch(server().url('/a.mp3'));
  const hours = (ago: number) => Date.now() - ago * 60 * MINUTE;
  const made = [5, 7].flatMap((ago) => {
    const part = join(cacheDir, `${'0'.repeat(40)}.${ago}.part`);
    writeFileSync(part, 'half');
    utimesSync(part, new Date(hours(ago)), new Date(hours(ago)));
    const used = join(cacheDir, 'in-use', `${hours(ago)}-${ago}`);
    writeFileSync(used, 'used');
    return [part, used];
  });
  const kept = readdirSync(cacheDir).filter((name) => name.endsWith('.media'));
  for (const name of kept) utimesSync(join(cacheDir, name), new Date(hours(9)), new Date(hours(9)));
  server().serve('/b.mp3', 'audio');
  await fetcher({ cacheDir }).fetch(server().url('/b.mp3'));
  expect(made.map((path) => existsSync(path))).toEqual([true, true, false, false]);
  expect(kept.map((name) => existsSync(join(cacheDir, name)))).toEqual([true]);
});

test('A download that nobody took up for hours goes, with its room', async () => {
  const cacheDir = freshFolder();
  const stop = new AbortController();
  server().on('/a.mp3', (_, response) => void response.writeHead(200, { 'content-length': '9' }).write('half'));
  const onProgress = () => stop.abort(new Error('Ctrl-C'));
  const fetching = fetcher({ cacheDir }).fetch(server().url('/a.mp3'), { signal: stop.signal, onProgress });
  await expect(fetching).rejects.toThrow('Ctrl-C');
  const then = new Date(Date.now() - 7 * 60 * MINUTE);
  const index = new DatabaseSync(join(cacheDir, 'index.sqlite'));
  index.prepare('UPDATE parts SET since = ?').run(then.getTime());
  for (const name of mediaFilesIn(cacheDir)) utimesSync(join(cacheDir, name), then, then);
  server().serve('/b.mp3', 'audio');
  await fetcher({ cacheDir }).fetch(server().url('/b.mp3'));
  expect(index.prepare('SELECT * FROM parts').all()).toEqual([]);
  index.close();
  expect(mediaFilesIn(cacheDir)).toEqual([expect.stringMatching(/media$/)]);
});

test('Only the owner may read the index: addresses may hold secrets', async () => {
  server().serve('/a.mp3', 'audio');
  const cacheDir = freshFolder();
  await fetcher({ cacheDir }).fetch(server().url('/a.mp3'));
  const modes = readdirSync(cacheDir)
    .filter((name) => name.startsWith('index.sqlite'))
    .map((name) => statSync(join(cacheDir, name)).mode & 0o077);
  expect(new Set(modes)).toEqual(new Set([0]));
});

test('A round of more clips than the cache holds finds most of them', async () => {
  const clips = Array.from({ length: 24 }, (_, i) => `/clip-${i}.mp3`);
  for (const clip of clips) server().serve(clip, clip.padEnd(1_000), { etag: '"1"' });
  const media = fetcher({ cacheBytes: 20_000 });
  for (let episode = 1; episode <= 3; episode++) {
    for (const clip of clips) await (await media.fetch(server().url(clip))).release();
  }
  // Room for 20, 15 of them settled: 24 downloads, and 9 twice again.
  expect(server().requests).toHaveLength(24 + 2 * 9);
});

test('A folder that cannot be written is trouble of this machine, not of the medium', async () => {
  server().serve('/a.mp3', 'audio');
  const file = join(freshFolder(), 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  const failure = await failureOf(fetcher({ cacheDir: join(file, 'cache') }).fetch(server().url('/a.mp3')));
  expect(failure).toMatchObject({
    kind: 'local',
    message: expect.stringContaining('this machine cannot keep the file'),
  });
});
