import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { neverAskedRange, privateRange } from '../../web/address-ranges.ts';
import { webServer } from '../curators/support/web-server.ts';
import { cleanUp, contentOf, failureOf, fetcher, fetchMedia, freshFolder } from './support.ts';

const server = webServer();
afterEach(cleanUp);

const PRIVATE = [
  'http://127.0.0.1/a.mp3',
  'http://127.1/a.mp3',
  'http://2130706433/a.mp3',
  'http://0x7f000001/a.mp3',
  'http://0.0.0.0/a.mp3',
  'http://10.0.0.1/a.mp3',
  'http://172.16.0.1/a.mp3',
  'http://192.168.1.1/a.mp3',
  'http://169.254.169.254/latest/meta-data/',
  'http://100.64.0.1/a.mp3',
  'http://[::1]/a.mp3',
  'http://[::127.0.0.1]/a.mp3',
  'http://[4000::1]/a.mp3',
  'http://[::ffff:127.0.0.1]/a.mp3',
  'http://[fe80::1]/a.mp3',
  'http://[fd00::1]/a.mp3',
  'https://[::]/a.mp3',
];

/** Where clouds keep secrets, in every spelling. */
const METADATA = [
  'http://169.254.169.254/latest/meta-data/',
  'http://0xa9fea9fe/',
  'http://2852039166/',
  'http://169.254.170.2/v2/credentials',
  'http://168.63.129.16/machine?comp=goalstate',
  'http://100.100.100.200/latest/meta-data/',
  'http://192.0.0.192/latest/',
  'http://[fe80::a9fe:a9fe]/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://[fd20:ce::254]/',
  'http://[fd00:c1::a9fe:a9fe]/',
  'http://[fd00:42::42]/conf',
  'http://[::ffff:169.254.169.254]/',
  'http://[::169.254.169.254]/',
  'http://[::ffff:0:169.254.169.254]/',
  'http://[64:ff9b::169.254.169.254]/',
  'http://[64:ff9b::a9fe:1]/', // link-local, behind NAT64
  'http://[64:ff9b::100.100.100.200]/',
  'http://[64:ff9b:1::169.254.169.254]/',
  'http://[64:ff9b:1:a9fe:a9:fe00::]/',
  'http://[2001:67c:2e8:1::a9fe:a9fe]/', // NAT64 with a prefix of a network's own
  'http://[2001:db8:122:344:a9:fea9:fe00:0]/',
  'http://[2002:a9fe:a9fe::1]/', // 6to4
  'http://[2002:a83f:8110::1]/',
  'http://[2001:0:4136:e378:8000:63bf:5601:5601]/', // Teredo: the client's address is inverted
  'http://[fd12::5efe:169.254.169.254]/', // ISATAP
];

test.each(METADATA)('SSRF: %s is not asked, even where private addresses are', async (address) => {
  for (const allowPrivateAddresses of [true, false]) {
    const failure = await failureOf(fetchMedia(address, { cacheDir: freshFolder(), allowPrivateAddresses }));
    expect(failure.kind).toBe('refused');
    expect(failure.message).toMatch(/\((linkLocal|cloudMetadata)\); nothing is ever fetched from there/);
  }
});

test.each(['8.8.8.8', '169.253.255.255', '168.63.129.17', '2001:4860:4860::8888', '2606:4700::1111'])(
  'The public address %s may be asked',
  (address) => expect(privateRange(address)).toBeUndefined(),
);

test.each(['10.0.0.1', '127.0.0.1', '100.100.100.201', '64:ff9b::10.0.0.1', 'fd00:1::1', '2002:0a00:1::1'])(
  'The private address %s may be asked where that is allowed, and only there',
  (address) => expect([neverAskedRange(address), privateRange(address)]).toEqual([undefined, expect.any(String)]),
);

test.each(PRIVATE)('SSRF: %s is not asked', async (address) => {
  const failure = await failureOf(fetchMedia(address, { cacheDir: freshFolder() }));
  expect(failure.kind).toBe('refused');
  expect(failure.message).toContain('is no public address');
});

test.each(PRIVATE.slice(4))('SSRF: a redirect to %s is not followed', async (address) => {
  server().redirect('/a.mp3', address);
  const failure = await failureOf(fetcher().fetch(server().url('/a.mp3')));
  expect(failure.kind).toBe('refused');
  expect(server().requests).toEqual(['/a.mp3']);
});

test.each(['file:///etc/passwd', 'ftp://example.org/a.mp3', 'data:audio/mpeg,x', 'gopher://example.org/'])(
  'SSRF: a redirect to %s is not followed, even where files are read',
  async (address) => {
    server().redirect('/a.mp3', address);
    const failure = await failureOf(fetcher({ allowFiles: true }).fetch(server().url('/a.mp3')));
    expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('is no http or https address') });
  },
);

/** Gives one list of addresses after the other, the last one for ever. */
function resolving(...answers: string[][]) {
  let asked = 0;
  return (
    _host: string,
    _options: unknown,
    done: (error: null, addresses: { address: string; family: number }[]) => void,
  ) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)]!;
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

test('SSRF: a name of a private address is not asked, whatever it is called', async () => {
  const { port } = new URL(server().url('/'));
  server().serve('/a.mp3', 'secret');
  const address = `http://media.example:${port}/a.mp3`;
  const failure = await failureOf(
    fetchMedia(address, { cacheDir: freshFolder(), resolve: resolving(['127.0.0.1'], ['::1']) }),
  );
  expect(failure.message).toContain('media.example is 127.0.0.1, which is no public address (loopback)');
  expect(server().requests).toEqual([]);
});

test('SSRF: a name that resolves to something else at the next connection is judged again', async () => {
  const { port } = new URL(server().url('/'));
  let asked = 0;
  server().on('/a.mp3', (_, response) => {
    asked++;
    response.writeHead(503, { connection: 'close' }).end();
  });
  const resolve = resolving(['127.0.0.1'], ['10.0.0.7']);
  const failure = await failureOf(fetcher({ resolve }).fetch(`http://media.example:${port}/a.mp3`));
  expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('media.example is 10.0.0.7') });
  expect(asked).toBe(1);
});

test('SSRF: of a name with public and private addresses only the public ones are asked', async () => {
  const { port } = new URL(server().url('/'));
  server().serve('/a.mp3', 'audio');
  const resolve = resolving(['10.0.0.7', '::1', '127.0.0.1']);
  expect(contentOf(await fetcher({ resolve }).fetch(`http://media.example:${port}/a.mp3`))).toBe('audio');
});

test('Private addresses are asked where that is allowed', async () => {
  server().serve('/a.mp3', 'audio');
  const media = await fetchMedia(server().url('/a.mp3'), { cacheDir: freshFolder(), allowPrivateAddresses: true });
  expect(contentOf(media)).toBe('audio');
});

test.each([
  [5, true],
  [6, false],
])('%i redirects in a row: followed %s', async (count, followed) => {
  for (let i = 0; i < count; i++) server().redirect(`/${i}`, `/${i + 1}`);
  server().serve(`/${count}`, 'audio');
  const fetching = fetcher().fetch(server().url('/0'));
  if (followed) expect(contentOf(await fetching)).toBe('audio');
  else expect((await failureOf(fetching)).message).toContain('redirects more than 5 times');
});

test('A file: address is read only where files are allowed', async () => {
  const file = join(freshFolder(), 'a b.mp3');
  writeFileSync(file, 'audio');
  const address = pathToFileURL(file).href;
  const failure = await failureOf(fetcher().fetch(address));
  expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('local archive only') });
  const media = await fetcher({ allowFiles: true }).fetch(address);
  expect(media).toMatchObject({ path: file, bytes: 5 });
  await media.release();
  expect(contentOf(media)).toBe('audio');
});

test('What is no regular file, or none at all, or one that is too big, is a clear failure', async () => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'folder.mp3'));
  execFileSync('mkfifo', [join(folder, 'pipe.mp3')]);
  writeFileSync(join(folder, 'big.mp3'), '12345');
  const files = fetcher({ allowFiles: true, limits: { maximumBytes: 4 } });
  const failure = async (name: string) =>
    (await failureOf(files.fetch(pathToFileURL(join(folder, name)).href))).message;
  expect(await failure('folder.mp3')).toContain('is no regular file');
  expect(await failure('pipe.mp3')).toContain('is no regular file');
  expect(await failure('none.mp3')).toContain('there is no such file');
  expect(await failure('big.mp3')).toContain('has 5 bytes; at most 4 are read');
  expect((await failureOf(files.fetch('file:///dev/zero'))).message).toContain('is no regular file');
  expect((await failureOf(files.fetch('file://other-host/a.mp3'))).message).toContain('names no file of this machine');
});

test.each([
  '',
  'no address',
  '/etc/passwd',
  'javascript:alert(1)',
  'mailto:a@example.org',
  's3://bucket/a.mp3',
  'http://',
])('What is no address of a medium is refused: "%s"', async (address) => {
  expect(await failureOf(fetcher({ allowFiles: true }).fetch(address))).toMatchObject({ kind: 'refused' });
});

test('A redirect to an address in bare UTF-8 is followed', async () => {
  // Node sends text as Latin-1: each character is one byte of the header.
  server().redirect('/old.mp3', Buffer.from('/é 😀.mp3').toString('latin1'));
  server().serve('/%C3%A9%20%F0%9F%98%80.mp3', 'audio');
  expect(contentOf(await fetcher().fetch(server().url('/old.mp3')))).toBe('audio');
});
