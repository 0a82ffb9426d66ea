import { gzipSync } from 'node:zlib';
import { MockAgent } from 'undici';
import type { Resolve } from '../../web/guarded-connect.ts';
import { curated, NOW, onlyOne, scratch, titles } from './support/curating.ts';
import { atom, enclosed, item, next, rss } from './support/feeds.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';
import { WebServer, webServer } from './support/web-server.ts';

const { path, write } = scratch();
const server = webServer();

const named = (title: string) => item({ title, guid: title, enclosure: enclosed(`${title}.mp3`) });
const read = (at: string, options = {}) => curated(server().url(at), options);
const failure = (at: string, options = {}) =>
  read(at, options).then(
    () => 'it did not fail',
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('relative enclosures refer to where the feed came from after redirects', async () => {
  server().redirect('/old', '/new/feed.xml');
  server().serve('/new/feed.xml', rss(item()));
  expect(await onlyOne(server().url('/old'))).toMatchObject({
    mediaUri: server().url('/new/one.mp3'),
    curatorInformation: expect.stringMatching(/^feed “A show” at 127\.0\.0\.1:\d+$/),
  });
});

test('a compressed answer and a compressed file are read', async () => {
  server().serve('/a', gzipSync(rss(item())), { 'content-encoding': 'gzip' });
  server().serve('/b.gz', gzipSync(rss(item())), { 'content-type': 'application/gzip' });
  expect((await onlyOne(server().url('/a'))).title).toBe('One');
  expect((await onlyOne(server().url('/b.gz'))).title).toBe('One');
});

test('the charset of the content type counts', async () => {
  const text = rss(item({ title: 'Grüße' })).replace(' encoding="UTF-8"', '');
  server().serve('/feed', Buffer.from(text, 'latin1'), { 'content-type': 'text/xml; charset=iso-8859-1' });
  expect((await onlyOne(server().url('/feed'))).title).toBe('Grüße');
});

test('a feed from the web may not name files of this machine', async () => {
  server().serve('/feed', rss(item({ enclosure: enclosed('file:///etc/passwd', 'audio/mpeg') }) + named('Good')));
  const { infos, problems } = await read('/feed');
  expect(titles(infos)).toEqual(['Good']);
  expect(problems[0]?.reason).toMatch(/scheme file: but http or https was expected/);
});

test('pages are followed in order, and an entry that moved to the next page counts once', async () => {
  server().serve('/feed', rss(named('1') + named('2'), next('/feed?page=2')));
  server().serve('/feed?page=2', rss(named('2') + named('3'), next('?page=3')));
  server().serve('/feed?page=3', rss(named('4')));
  const { infos, problems } = await read('/feed');
  expect(titles(infos)).toEqual(['1', '2', '3', '4']);
  expect(problems).toEqual([]);
});

test('archives of RFC 5005 and the pages of an Atom feed are followed', async () => {
  server().serve('/feed', rss(named('1'), next('/archive', 'prev-archive')));
  server().serve('/archive', rss(named('2')));
  expect(titles((await read('/feed')).infos)).toEqual(['1', '2']);
  const entry = (id: string) =>
    `<entry><id>${id}</id><title>${id}</title><link rel="enclosure" href="${id}.mp3"/></entry>`;
  server().serve('/atom', atom(entry('a'), '<link rel="next" href="/atom2"/>'));
  server().serve('/atom2', atom(entry('b')));
  expect(titles((await read('/atom')).infos)).toEqual(['a', 'b']);
});

test('pages that lead in a circle are read once each, with a problem', async () => {
  server().serve('/a', rss(named('1'), next('/b')));
  server().serve('/b', rss(named('2'), next('/a')));
  const { infos, problems } = await read('/a');
  expect(titles(infos)).toEqual(['1', '2']);
  expect(problems).toMatchObject([{ reason: expect.stringMatching(/lead in a circle/) }]);
  expect(server().requests).toEqual(['/a', '/b']);
});

test('endless pages end where one has nothing new', async () => {
  server().on('*', (_, response) => {
    response.end(rss(named('Always'), next(`/page/${server().requests.length + 1}`)));
  });
  expect(titles((await read('/page/1')).infos)).toEqual(['Always']);
  expect(server().requests).toHaveLength(2);
});

test('endless pages that always have something new end at the limit of pages, with a problem', async () => {
  server().on('*', (_, response) => {
    const number = server().requests.length;
    response.end(rss(named(`${number}`), next(`/page/${number + 1}`)));
  });
  const { infos, problems } = await read('/page/1', { limits: { maxPages: 3 } });
  expect(titles(infos)).toEqual(['1', '2', '3']);
  expect(problems).toMatchObject([{ reason: expect.stringContaining('more than 3 pages') }]);
});

test('pages that are too many bytes together end there, with a problem', async () => {
  server().serve('/feed', rss(named('1'), next('/b')));
  server().serve('/b', rss(named('2').repeat(100)));
  const { infos, problems } = await read('/feed', { limits: { maxTotalBytes: 2_000 } });
  expect(titles(infos)).toEqual(['1']);
  expect(problems).toMatchObject([
    { what: 'page 2 of the feed', reason: expect.stringMatching(/more than \d+ bytes/) },
  ]);
});

test.each([
  ['that does not exist', '/nothing', /404 Not Found.*older entries are missing/],
  ['that is a page', '/html', /HTML page/],
  ['in a file of this machine', 'file:///etc/passwd', /not where a page of this feed may be/],
])('a next page %s is a problem, and what was read before counts', async (_, address, reason) => {
  server().serve('/html', '<html></html>');
  server().serve('/feed', rss(named('1'), next(address)));
  const { infos, problems } = await read('/feed');
  expect(titles(infos)).toEqual(['1']);
  expect(problems).toMatchObject([{ reason: expect.stringMatching(reason) }]);
});

test('a next page or a redirect to a private address is not asked for, unless the check allows it', async () => {
  const elsewhere = server().url('/secret').replace('127.0.0.1', 'localhost');
  server().serve('/feed', rss(named('1'), next(elsewhere)));
  server().serve('/secret', rss(named('2')));
  server().redirect('/moved', elsewhere);
  const { problems } = await read('/feed');
  expect(problems[0]?.reason).toMatch(/localhost is .*no public address \(loopback\)/);
  expect(await failure('/moved')).toMatch(/no public address/);
  expect(server().requests).not.toContain('/secret');
  expect(titles((await read('/feed', { web: { refusedRange: () => undefined } })).infos)).toEqual(['1', '2']);
});

const resolvingTo =
  (...addresses: string[]): Resolve =>
  (_host, _options, done) => {
    const address = addresses.length > 1 ? addresses.shift()! : addresses[0]!;
    done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
  };

test('a name is judged by the address that is connected to, at every connection', async () => {
  const { port } = new URL(server().url('/'));
  server().serve('/feed', rss(named('1'), next(`http://pages.example:${port}/two`)));
  server().on('/two', (_, response) =>
    response.writeHead(200, { connection: 'close' }).end(rss(named('2'), next(`http://pages.example:${port}/three`))),
  );
  const refusedRange = (address: string) => (address === '127.0.0.1' ? undefined : 'private');
  const { infos, problems } = await read('/feed', {
    web: { refusedRange, resolve: resolvingTo('127.0.0.1', '10.0.0.7') },
  });
  expect(titles(infos)).toEqual(['1', '2']);
  expect(problems).toMatchObject([
    { reason: expect.stringContaining('pages.example is 10.0.0.7, which is no public') },
  ]);
});

test.each(['169.254.169.254', '168.63.129.16', 'fd00:ec2::254'])(
  'even a host that the user named is not asked at %s',
  async (address) => {
    const reading = curated('http://home.example/feed', { web: { resolve: resolvingTo(address) } });
    await expect(reading).rejects.toThrow(/nothing is ever fetched from there/);
  },
);

test.each([
  ['UTF-8', 'utf8', '/%C3%BC/f%C3%A9%20%F0%9F%98%80.xml?q=%C3%A9'],
  ['Latin-1', 'latin1', '/%FC/f%E9.xml'],
] as const)('a redirect to an address in bare %s is followed', async (_, encoding, asked) => {
  const location = encoding === 'utf8' ? '/ü/fé 😀.xml?q=é' : '/ü/fé.xml';
  // Node sends text as Latin-1: each character is one byte of the header.
  server().redirect('/old', Buffer.from(location, encoding).toString('latin1'));
  server().serve(asked, rss(item()));
  expect((await onlyOne(server().url('/old'))).title).toBe('One');
  expect(server().requests).toEqual(['/old', asked]);
});

test('redirects that lead in a circle end at their limit', async () => {
  server().redirect('/a', '/b');
  server().redirect('/b', '/a');
  expect(await failure('/a', { limits: { maxRedirects: 5 } })).toMatch(
    /^SourceUnusable: .*redirects more than 5 times/,
  );
  expect(server().requests).toHaveLength(6);
});

test('a redirect to a file is refused', async () => {
  server().redirect('/a', 'file:///etc/passwd');
  expect(await failure('/a')).toMatch(/redirects to file:\/\/\/etc\/passwd, which is no http or https address/);
});

test('an endless body ends at the limit of bytes', async () => {
  server().on('/endless', (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('<item>'.repeat(1_000)));
    };
    response.on('drain', more);
    more();
  });
  expect(await failure('/endless', { limits: { maxDocumentBytes: 500_000 } })).toMatch(/more than 500000 bytes/);
});

test('a compressed bomb ends at the limit of bytes', async () => {
  server().serve('/bomb', gzipSync(Buffer.alloc(5_000_000)), { 'content-encoding': 'gzip' });
  expect(await failure('/bomb', { limits: { maxDocumentBytes: 500_000 } })).toMatch(/more than 500000 bytes/);
});

test('a body that trickles and an answer that never comes end at the limit of time', async () => {
  server().on('/slow', (_, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  });
  server().on('/silent', () => {});
  const limits = { documentTimeMs: 200 };
  expect(await failure('/slow', { limits })).toMatch(/no complete answer within 0.2 s/);
  expect(await failure('/silent', { limits })).toMatch(/no complete answer within 0.2 s/);
});

test('an error of the server, a refused connection and a page are told apart', async () => {
  server().on('/down', (_, response) => response.writeHead(503).end());
  server().serve('/html', '<!doctype html><html></html>', { 'content-type': 'text/html' });
  expect(await failure('/down')).toMatch(/cannot be read: the server answered 503 Service Unavailable/);
  expect(await failure('/html')).toMatch(/is no feed: it is an HTML page/);
  const gone = new WebServer();
  await gone.start();
  const address = gone.url('/feed');
  await gone.stop();
  const error = await curated(address).catch((thrown: Error) => thrown.message);
  expect(error).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/… cannot be read: the host refuses the connection$/);
});

test('"not modified" to a question that was not asked is an error', async () => {
  server().on('/feed', (_, response) => response.writeHead(304).end());
  expect(await failure('/feed')).toMatch(/answered 304/);
});

test('credentials in the address are sent to its host only, and never shown', async () => {
  server().redirect('/a', server().url('/b').replace('127.0.0.1', 'localhost'));
  server().on('/b', (_, response) => response.writeHead(401).end());
  const address = server().url('/a').replace('http://', 'http://me:secret@');
  const error = await curated(address, { web: { refusedRange: () => undefined } }).catch(
    (thrown: Error) => thrown.message,
  );
  expect(server().headers.map(({ authorization }) => authorization)).toEqual([
    `Basic ${Buffer.from('me:secret').toString('base64')}`,
    undefined,
  ]);
  expect(error).toMatch(/401/);
  expect(error).not.toContain('secret');
});

describe('credentials in the address', () => {
  const BASIC = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  const withCredentials = (address: string) => address.replace('//', '//me:secret@');
  const sentTo = ({ requests, headers }: WebServer) =>
    requests.map((at, index) => [at, headers[index]?.authorization ?? 'none']);

  test('are sent for pages of its origin, however they are linked', async () => {
    server().redirect('/feed', server().url('/one'));
    server().serve('/one', rss(named('1'), next(server().url('/two'))));
    server().serve('/two', rss(named('2'), next('three')));
    server().serve('/three', rss(named('3'), next(server().url('/four').replace('//', '//other:person@'))));
    server().redirect('/four', '/five');
    server().serve('/five', rss(named('4')));
    const { infos, problems } = await curated(withCredentials(server().url('/feed')));
    expect(problems).toEqual([]);
    expect(titles(infos)).toEqual(['1', '2', '3', '4']);
    expect(sentTo(server())).toEqual(['/feed', '/one', '/two', '/three', '/four', '/five'].map((at) => [at, BASIC]));
  });

  test.each(['another host', 'another port'])('are not sent to %s, and are sent to its own again', async (which) => {
    const other = new WebServer();
    await other.start();
    const elsewhere = which === 'another port' ? other : server();
    const address = (at: string) =>
      which === 'another port' ? other.url(at) : server().url(at).replace('127.0.0.1', 'localhost');
    server().serve('/feed', rss(named('1'), next(address('/moved'))));
    elsewhere.redirect('/moved', address('/two'));
    elsewhere.serve('/two', rss(named('2'), next(withCredentials(address('/three')))));
    elsewhere.serve('/three', rss(named('3'), next(server().url('/four'))));
    server().serve('/four', rss(named('4')));
    const { infos } = await curated(withCredentials(server().url('/feed')), { web: { refusedRange: () => undefined } });
    await other.stop();
    expect(titles(infos)).toEqual(['1', '2', '3', '4']);
    const asked = [...sentTo(server()), ...(which === 'another port' ? sentTo(other) : [])];
    expect(Object.fromEntries(asked)).toEqual({
      '/feed': BASIC,
      ...{ '/moved': 'none', '/two': 'none', '/three': 'none' },
      '/four': BASIC,
    });
  });

  test.each([
    ['https', 'http'],
    ['http', 'https'],
  ])('are not sent from %s to %s, and a refusal says so', async (from, to) => {
    const authorizations: unknown[] = [];
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    const answering = (origin: string, statusCode: number, headers: Record<string, string> = {}) =>
      dispatcher
        .get(origin)
        .intercept({ path: '/feed', method: 'GET' })
        .reply((request) => {
          authorizations.push((request.headers as Record<string, string>).authorization ?? null);
          return { statusCode, data: '', responseOptions: { headers } };
        });
    answering(`${from}://x.example`, 301, { location: `${to}://x.example/feed` });
    answering(`${to}://x.example`, 401);
    await expect(curated(`${from}://me:secret@x.example/feed`, { web: { dispatcher } })).rejects.toThrow(
      `answered 401 Unauthorized; the credentials for ${from}://x.example were not sent to ${to}://x.example`,
    );
    expect(authorizations).toEqual([BASIC, null]);
  });

  test('stand for the page itself where one leads back to the first', async () => {
    server().redirect('/feed', '/one');
    server().serve('/one', rss(named('1'), next(server().url('/feed'))));
    const { problems } = await curated(withCredentials(server().url('/feed')));
    expect(problems).toMatchObject([{ reason: expect.stringMatching(/lead in a circle/) }]);
  });

  test('may have a % that encodes nothing, and no name', async () => {
    server().serve('/feed', rss(named('1')));
    await curated(server().url('/feed').replace('//', '//:50%@'));
    expect(sentTo(server())).toEqual([['/feed', `Basic ${Buffer.from(':50%').toString('base64')}`]]);
  });

  test('are no part of what a relative enclosure refers to; those of the enclosure itself are', async () => {
    const own = 'http://listener:token@media.example/two.mp3';
    const based = item({ title: 'Three', enclosure: enclosed('three.mp3') }).replace('<item>', '<item xml:base="/b/">');
    server().serve('/feed', rss(named('one') + item({ title: 'Two', enclosure: enclosed(own) }) + based));
    const { infos } = await curated(withCredentials(server().url('/feed')));
    expect(infos.map(({ mediaUri }) => mediaUri)).toEqual([
      server().url('/one.mp3'),
      own,
      server().url('/b/three.mp3'),
    ]);
  });
});

test('a second run asks whether the feed has changed, and ends there if not', async () => {
  const store = new InMemoryCurationStore();
  const lastModified = 'Sat, 01 Jun 2024 00:00:00 GMT';
  server().on('/feed', (request, response) => {
    const unchanged =
      request.headers['if-none-match'] === '"v1"' && request.headers['if-modified-since'] === lastModified;
    if (unchanged) response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"', 'last-modified': lastModified }).end(rss(named('1')));
  });
  expect((await onlyOne(server().url('/feed'), { store })).lastDateCurated).toBe('2024-06-01T00:00:00Z');
  const later = { store, now: new Date(NOW.getTime() + 3_600_000) };
  expect(await read('/feed', later)).toEqual({ infos: [], problems: [], notices: [] });
  expect(await read('/feed', later)).toEqual({ infos: [], problems: [], notices: [] });
  expect(server().headers.map((headers) => headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"']);
});

test('under other rules for priorities an unchanged feed is read again', async () => {
  const store = new InMemoryCurationStore();
  server().on('/feed', (request, response) => {
    if (request.headers['if-none-match']) response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"' }).end(rss(named('1')));
  });
  await read('/feed', { store });
  const { infos } = await read('/feed', { store, priorityRules: [{ match: /1/, priority: 9 }] });
  expect(infos).toMatchObject([{ priority: 9, lastDateCurated: '2025-06-01T12:00:00Z' }]);
});

test('a feed whose pages were not all read is asked for again as a whole', async () => {
  const store = new InMemoryCurationStore();
  server().serve('/feed', rss(named('1'), next('/second')), { etag: '"v1"' });
  await read('/feed', { store });
  server().serve('/second', rss(named('2')));
  expect(titles((await read('/feed', { store })).infos)).toEqual(['2']);
  expect(server().headers.at(-2)).not.toHaveProperty('if-none-match');
});

test('a feed in a file has its pages beside it, and nowhere else', async () => {
  write('feed.xml', rss(named('1'), next('older.xml')));
  write('older.xml', rss(named('2'), next('../elsewhere.xml')));
  const { infos, problems } = await curated(path('feed.xml'));
  expect(titles(infos)).toEqual(['1', '2']);
  expect(problems).toMatchObject([{ reason: expect.stringMatching(/elsewhere\.xml is not where a page/) }]);
});

describe('a feed that has moved', () => {
  const entries = (n: number) =>
    item({ title: `${n}`, guid: `${n}`, enclosure: enclosed(`https://media.example.org/${n}.mp3`) });
  const movedNotice = expect.stringMatching(/has moved from http.* to http/);

  test('says so itself (itunes:new-feed-url): its keeper is told, and it is looked for there from now on', async () => {
    const store = new InMemoryCurationStore();
    const to = `<itunes:new-feed-url>${server().url('/new')}</itunes:new-feed-url>`;
    server().serve('/old', rss(entries(1), to));
    server().serve('/new', rss(entries(1) + entries(2), to));
    const first = await read('/old', { store });
    expect(first.notices).toEqual([movedNotice]);
    const second = await read('/old', { store });
    expect(server().requests).toEqual(['/old', '/new']);
    // Of the same source, wherever it is.
    expect(second.infos.map(({ sourceId, source }) => [sourceId, source])).toEqual([['2', first.infos[0]!.source]]);
    expect(second.notices).toEqual([movedNotice]);
  });

  test.each([301, 308])('is redirected for good (%i)', async (status) => {
    const store = new InMemoryCurationStore();
    server().on('/old', (_, response) => response.writeHead(status, { location: '/new' }).end());
    server().serve('/new', rss(entries(1)));
    expect((await read('/old', { store })).notices).toEqual([movedNotice]);
    expect((await read('/old', { store })).infos).toEqual([]);
    expect(server().requests).toEqual(['/old', '/new', '/new']);
  });

  test('for a while only is looked for where it was (302)', async () => {
    const store = new InMemoryCurationStore();
    server().redirect('/old', '/new');
    server().serve('/new', rss(entries(1)));
    expect((await read('/old', { store })).notices).toEqual([]);
    await read('/old', { store });
    expect(server().requests).toEqual(['/old', '/new', '/old', '/new']);
  });

  test('by mistake is read where it was', async () => {
    const store = new InMemoryCurationStore();
    server().serve('/old', rss(entries(1), `<itunes:new-feed-url>${server().url('/new')}</itunes:new-feed-url>`));
    await read('/old', { store });
    server().serve('/new', '<html>parked</html>');
    server().serve('/old', rss(entries(1) + entries(2)));
    const { infos, notices } = await read('/old', { store });
    expect(infos.map(({ title }) => title)).toEqual(['2']);
    expect(notices).toEqual([]);
  });

  test('keeps its identity under its own guid (podcast:guid)', async () => {
    const guid = '917393e3-1b1e-5cef-ace4-edaa54e1f810';
    for (const place of ['/a', '/b']) {
      server().serve(place, rss(entries(1), `<podcast:guid>${guid}</podcast:guid>`));
      expect((await read(place)).infos[0]!.source).toBe(`podcast:${guid}`);
    }
  });
});

test('entries that ask directories to leave them out are left out where that is wanted, and counted', async () => {
  const block = '<itunes:block>Yes</itunes:block>';
  server().serve(
    '/feed',
    rss(item({ title: 'Hidden', more: block }) + item({ title: 'Open', enclosure: enclosed('2.mp3') })),
  );
  expect(titles((await read('/feed')).infos)).toEqual(['Hidden', 'Open']);
  const { infos, notices } = await read('/feed', { respectBlock: true });
  expect(titles(infos)).toEqual(['Open']);
  expect(notices).toEqual([expect.stringMatching(/^1 of its entries ask to be left out/)]);
  server().serve('/whole', rss(item(), block));
  await expect(read('/whole', { respectBlock: true })).rejects.toThrow(/itunes:block/);
});

test('with all tokens changed a second fetch gives nothing, and a real change still does', async () => {
  const store = new InMemoryCurationStore();
  const feed = (token: string, title: string) =>
    rss(
      [1, 2, 3]
        .map((n) =>
          item({
            title: `${title} ${n}`,
            guid: `${n}`,
            enclosure: enclosed(
              `https://media.example.org/${n}.mp3?token=${token}&amp;Expires=17${token.length}0000000`,
            ),
          }),
        )
        .join(''),
    );
  server().serve('/feed', feed('aaaa', 'One'));
  expect((await read('/feed', { store })).infos).toHaveLength(3);
  server().serve('/feed', feed('bbbbb', 'One'));
  expect((await read('/feed', { store })).infos).toEqual([]);
  server().serve('/feed', feed('cccccc', 'Corrected'));
  expect((await read('/feed', { store })).infos).toHaveLength(3);
});
