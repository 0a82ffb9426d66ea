import { readdirSync } from 'node:fs';
import { webServer } from '../curators/support/web-server.ts';
import { BreakingOff, cleanUp, contentOf, failureOf, fetcher, freshFolder } from './support.ts';

const server = webServer();
afterEach(cleanUp);

const BODY = Array.from({ length: 2_000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');

/** Breaks off once after 700 bytes, then answers as `resume` says. */
function breaksOffOnce(
  headers: Record<string, string>,
  resume: (range: string | undefined) => [number, string, Record<string, string>],
) {
  const breaking = new BreakingOff();
  let asked = 0;
  server().on('/a.mp3', (request, response) => {
    if (++asked === 1) {
      response.writeHead(200, { ...headers, 'content-length': String(BODY.length) });
      breaking.send(response, BODY.slice(0, 700));
      return;
    }
    const [status, body, more] = resume(request.headers.range);
    response.writeHead(status, { ...headers, ...more }).end(body);
  });
  return breaking;
}

const rest = (range: string | undefined): [number, string, Record<string, string>] => {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]);
  return [206, BODY.slice(from), { 'content-range': `bytes ${from}-${BODY.length - 1}/${BODY.length}` }];
};

test.each([
  ['a strong ETag', { etag: '"v1"' }, '"v1"'],
  ['Last-Modified', { 'last-modified': 'Tue, 03 Mar 2026 20:00:00 GMT' }, 'Tue, 03 Mar 2026 20:00:00 GMT'],
  [
    'Last-Modified, where the ETag is a weak one',
    { etag: 'W/"v1"', 'last-modified': 'Tue, 03 Mar 2026 20:00:00 GMT' },
    'Tue, 03 Mar 2026 20:00:00 GMT',
  ],
])(
  'A download that breaks off is taken up where it ended, if %s says that it is the same file',
  async (_, headers, validator) => {
    const breaking = breaksOffOnce(headers as Record<string, string>, rest);
    const media = await fetcher().fetch(server().url('/a.mp3'), breaking);
    expect(contentOf(media)).toBe(BODY);
    expect(server().requests).toHaveLength(2);
    expect(server().headers[1]).toMatchObject({ range: 'bytes=700-', 'if-range': validator });
  },
);

test.each([
  ['the server has another version now', { etag: '"v1"' }],
  ['nothing tells versions apart', {}],
])('A download that breaks off begins again when %s', async (_, headers) => {
  const newer = BODY.toUpperCase();
  const breaking = breaksOffOnce(headers as Record<string, string>, () => [200, newer, {}]);
  expect(contentOf(await fetcher().fetch(server().url('/a.mp3'), breaking))).toBe(newer);
  expect(server().headers[1]?.range).toBe('etag' in headers ? 'bytes=700-' : undefined);
});

const part = (headers: Record<string, string>, body = BODY.slice(700)): [number, string, Record<string, string>] => [
  206,
  body,
  { 'content-range': `bytes 700-${BODY.length - 1}/${BODY.length}`, ...headers },
];

test.each([
  [
    'another place than asked for',
    () => [206, BODY, { 'content-range': `bytes 0-${BODY.length - 1}/${BODY.length}` }] as const,
  ],
  ['416', () => [416, '', {}] as const],
  ['a part of another version', () => part({ etag: '"v2"' })],
  [
    'a part of a file of another length',
    () => part({ 'content-range': `bytes 700-${BODY.length}/${BODY.length + 1}` }),
  ],
  ['a compressed part', () => part({ 'content-encoding': 'gzip' })],
  ['more than it said', () => part({}, `${BODY.slice(700)}more`)],
])('A server that answers a resumption with %s is asked for the whole file', async (_, wrong) => {
  const breaking = breaksOffOnce({ etag: '"v1"' }, (range) => (range === undefined ? [200, BODY, {}] : [...wrong()]));
  expect(contentOf(await fetcher().fetch(server().url('/a.mp3'), breaking))).toBe(BODY);
  expect(server().headers.map(({ range }) => range)).toEqual([undefined, 'bytes=700-', undefined]);
});

test.each([
  ['seconds', () => '1'],
  ['a date', () => new Date(Date.now() + 2_000).toUTCString()],
])('A busy server that asks for a pause gets it: %s', async (_, retryAfter) => {
  const asked: number[] = [];
  server().on('/a.mp3', (_request, response) => {
    asked.push(performance.now());
    if (asked.length > 1) response.writeHead(200).end('audio');
    else response.writeHead(429, { 'retry-after': retryAfter() }).end();
  });
  expect(contentOf(await fetcher().fetch(server().url('/a.mp3')))).toBe('audio');
  // A date has whole seconds, so it asks for more than one of them.
  expect(asked[1]! - asked[0]!).toBeGreaterThan(900);
});

test('A server that asks for too long a pause is not waited for', async () => {
  server().on('/a.mp3', (_, response) => response.writeHead(503, { 'retry-after': '3600' }).end());
  const failure = await failureOf(fetcher().fetch(server().url('/a.mp3')));
  expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('503') });
  expect(server().requests).toHaveLength(1);
});

test.each([408, 429, 500, 503])('A server that answers %i is asked again', async (status) => {
  let asked = 0;
  server().on('/a.mp3', (_, response) => {
    asked++;
    response.writeHead(asked < 3 ? status : 200).end(asked < 3 ? '' : BODY);
  });
  expect(contentOf(await fetcher().fetch(server().url('/a.mp3')))).toBe(BODY);
});

test.each([400, 401, 403, 404, 410])(
  'A server that answers %i is not asked again, and the failure says so',
  async (status) => {
    server().on('/a.mp3', (_, response) => void response.writeHead(status).end());
    const failure = await failureOf(fetcher().fetch(server().url('/a.mp3')));
    expect(failure.kind).toBe('answer');
    expect(failure.message).toContain(`${server().url('/')}… cannot be fetched: the server answered ${status}`);
    expect(server().requests).toHaveLength(1);
  },
);

test('A server that keeps breaking off is given up after some tries', async () => {
  const breaking = new BreakingOff();
  server().on('/a.mp3', (_, response) => {
    response.writeHead(200, { 'content-length': '2000' });
    breaking.send(response, BODY.slice(0, 10));
  });
  const cacheDir = freshFolder();
  const failure = await failureOf(fetcher({ cacheDir }).fetch(server().url('/a.mp3'), breaking));
  expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('broke off') });
  expect(server().requests).toHaveLength(5);
  // What came waits for whoever wants it next.
  expect(readdirSync(cacheDir).filter((name) => name.endsWith('.part'))).toHaveLength(1);
});

test('A port where nobody listens is unreachable', async () => {
  const failure = await failureOf(fetcher().fetch('http://127.0.0.1:1/a.mp3'));
  expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('refuses the connection') });
});

test('A host that does not exist is unreachable, and asked for once', async () => {
  let asked = 0;
  const resolve = (host: string, _options: unknown, done: (error: Error, addresses: []) => void) => {
    asked++;
    done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), []);
  };
  const failure = await failureOf(fetcher({ resolve }).fetch('http://nowhere.example/a.mp3'));
  expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('there is no such host') });
  expect(asked).toBe(1);
});

test.each([
  ['at', 2_000, true],
  ['one byte over', 1_999, false],
])('A length that is announced %s the limit is judged before the body', async (_, maximumBytes, fits) => {
  server().serve('/a.mp3', BODY, { 'content-length': String(BODY.length) });
  const fetching = fetcher({ limits: { maximumBytes } }).fetch(server().url('/a.mp3'));
  if (fits) expect((await fetching).bytes).toBe(2_000);
  else {
    const failure = await failureOf(fetching);
    expect(failure.kind).toBe('too-big');
    expect(failure.message).toContain('it has 2000 bytes; at most 1999 are fetched');
  }
});

test('An endless body of no announced length ends at the limit of size', async () => {
  server().on('/endless.mp3', (_, response) => {
    response.writeHead(200);
    const more = () => {
      while (response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
      response.once('drain', more);
    };
    more();
  });
  const failure = await failureOf(fetcher({ limits: { maximumBytes: 3_000_000 } }).fetch(server().url('/endless.mp3')));
  expect(failure).toMatchObject({ kind: 'too-big', message: expect.stringContaining('more than 3000000 bytes') });
});

/** A byte every few milliseconds, for ever. */
function trickle(): void {
  server().on('/slow.mp3', (_, response) => {
    response.writeHead(200, { 'content-length': '1000000' });
    const timer = setInterval(() => response.write('x'), 5);
    response.on('close', () => clearInterval(timer));
  });
}

test('A body that comes too slowly is given up', async () => {
  trickle();
  const limits = { slowWindowMs: 50, minimumSpeed: 100_000 };
  const failure = await failureOf(fetcher({ limits }).fetch(server().url('/slow.mp3')));
  expect(failure).toMatchObject({ kind: 'too-slow', message: expect.stringContaining('at least 100000 are expected') });
});

test('A body that is not complete in time is given up', async () => {
  trickle();
  const failure = await failureOf(fetcher({ limits: { maximumMs: 100 } }).fetch(server().url('/slow.mp3')));
  expect(failure).toMatchObject({ kind: 'too-slow', message: expect.stringContaining('not complete after 0.1 s') });
});

test.each([
  ['before the answer', false],
  ['in the middle of the body', true],
])('A server that falls silent %s is tried again, then given up', async (_, answers) => {
  server().on('/a.mp3', (_request, response) => {
    if (answers) response.writeHead(200, { 'content-length': '2000' }).write(BODY.slice(0, 10));
  });
  const failure = await failureOf(fetcher({ limits: { idleMs: 60, fruitlessTries: 2 } }).fetch(server().url('/a.mp3')));
  expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('no data came for 0.06 s') });
});

test('A stop ends a download at once, with the reason of the stop', async () => {
  trickle();
  const stop = new AbortController();
  const fetching = fetcher().fetch(server().url('/slow.mp3'), {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('Ctrl-C')),
  });
  await expect(fetching).rejects.toThrow('Ctrl-C');
});

test('A compressed answer is refused: it was asked for as it is', async () => {
  server().serve('/a.mp3', BODY, { 'content-encoding': 'gzip' });
  const failure = await failureOf(fetcher().fetch(server().url('/a.mp3')));
  expect(failure).toMatchObject({ kind: 'answer', message: expect.stringContaining('compresses it (gzip)') });
  expect(server().headers[0]?.['accept-encoding']).toBe('identity');
});

test('Progress tells the bytes that came and, where it is known, how many there are', async () => {
  server().serve('/a.mp3', BODY, { 'content-length': '2000' });
  const told: unknown[] = [];
  await fetcher().fetch(server().url('/a.mp3'), { onProgress: (received, total) => told.push([received, total]) });
  expect(told.at(-1)).toEqual([2_000, 2_000]);
});

test('Credentials in an address are used and never shown', async () => {
  server().serve('/a.mp3', BODY);
  const address = server().url('/a.mp3').replace('//', '//ann:secret@');
  await fetcher().fetch(address);
  expect(server().headers[0]?.authorization).toBe(`Basic ${Buffer.from('ann:secret').toString('base64')}`);
  const failure = await failureOf(fetcher().fetch(address.replace('a.mp3', 'gone.mp3')));
  expect(failure.message).not.toContain('secret');
});
