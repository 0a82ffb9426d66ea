import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { curate } from '../../curators/curate.ts';
import { HOSTILE_MARKUP } from './markup.ts';
import { type Outcome, within } from './outcome.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface HostileFeed {
  readonly name: string;
  readonly answer: Answer;
}

const LENGTH = 200_000;
const PATIENCE_MS = 30_000;
/** So short that what never ends is seen to end. */
const LIMITS = {
  documentTimeMs: 1_000,
  totalTimeMs: 3_000,
  maxDocumentBytes: 4 * 1024 ** 2,
  maxTotalBytes: 8 * 1024 ** 2,
};

const rss = (items: string, head = '') =>
  `<?xml version="1.0"?>${head}<rss version="2.0"><channel><title>t</title>${items}</channel></rss>`;
const enclosure = (url: string, type = 'audio/mpeg') => `<enclosure url="${url}" type="${type}" length="1"/>`;
const item = (content: string) => `<item><title>x</title>${content}</item>`;

const body =
  (content: string | Buffer, headers: Record<string, string> = {}, status = 200): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(content);
const redirect = (location: string): Answer => body('', { location }, 302);

/** Where no enclosure may be: other schemes, files, what is no address. */
const ENCLOSURES = [
  ...['javascript:alert(1)', 'data:audio/mpeg;base64,SUQz', 'file:///etc/passwd', 'file://host/share/a.mp3'],
  ...['ftp://evil.example/a.mp3', 'mailto:a@evil.example', 'blob:https://evil.example/1', 'gopher://evil.example/'],
  ...['vbscript:x', 'view-source:http://evil.example/', 'http://', 'http://:99999/', 'http://[::1', 'https://a b/', ''],
].map((url): [string, string] => [`an enclosure at ${url || 'nothing'}`, rss(item(enclosure(url)))]);

const TYPES = ['application/pdf', 'text/html', 'video/mp4', 'image/png', 'application/x-msdownload', '__proto__'].map(
  (type): [string, string] => [`an enclosure of ${type}`, rss(item(enclosure('/a.bin', type)))],
);

/** Where nothing may be asked: this machine, private networks, and what clouds tell their machines. */
const PRIVATE = [
  ...['http://10.0.0.1/', 'http://192.168.0.1/', 'http://172.16.0.1/', 'http://169.254.169.254/latest/meta-data/'],
  ...[
    'http://[fd00:ec2::254]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://0.0.0.0:1/',
  ],
  ...[
    'http://168.63.129.16/',
    'http://100.100.100.200/',
    'http://[::1]:1/',
    'http://localhost:1/',
    'http://2130706433:1/',
  ],
  ...['file:///etc/passwd', 'ftp://evil.example/', 'javascript:alert(1)', 'gopher://127.0.0.1/', 'http://[', '//'],
];

const entities = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');

const DOCUMENTS: readonly [string, string | Buffer][] = [
  ['nothing', ''],
  ['zeros', Buffer.alloc(100_000)],
  ['noise', Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 7919) % 251))],
  ['half a gzip', gzipSync('x'.repeat(10_000)).subarray(0, 30)],
  ['a gzip of zeros', gzipSync(Buffer.alloc(20 * 1024 ** 2))],
  ['a gzip in a gzip', gzipSync(gzipSync(rss('')))],
  ['a page', '<!doctype html><html><script>alert(1)</script></html>'],
  ['a picture', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ['JSON', '{"items":[]}'],
  ['another XML', '<?xml version="1.0"?><opml/>'],
  ['an encoding that nobody knows', '<?xml version="1.0" encoding="klingon"?><rss/>'],
  ['UTF-16 without an end', Buffer.from('\ufeff<rss><channel><item>', 'utf16le')],
  ['no entries', rss('')],
  ['empty entries', rss('<item/>'.repeat(100))],
  ['entities of entities', rss(item(`<description>&l9;</description>`), `<!DOCTYPE x [<!ENTITY l0 "ha">${entities}]>`)],
  [
    'a file as an entity',
    rss(item('<description>&f;</description>'), '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
  ],
  ['an entity from outside', rss(item('&f;'), '<!DOCTYPE x SYSTEM "http://10.0.0.1/x.dtd">')],
  ['tags without end in an entry', rss(`<item>${'<a>'.repeat(50_000)}</item>`)],
  ['a prototype', rss('<item><__proto__><polluted>1</polluted></__proto__></item>')],
  ['a constructor', rss('<item><constructor><prototype>1</prototype></constructor></item>')],
  ['a title without end', rss(`<item><title>${'x'.repeat(1_000_000)}</title></item>`)],
  ['many attributes', rss(`<item ${'a="b" '.repeat(50_000)}></item>`)],
  ['many elements in an entry', rss(item('<x>1</x>'.repeat(20_000)))],
  ['HTML in a description', rss(item(`<description>${'&lt;div&gt;'.repeat(20_000)}</description>`))],
];

const SERVERS: Readonly<Record<string, Answer>> = {
  'a redirect in a circle': (request, response) => void response.writeHead(302, { location: request.url ?? '/' }).end(),
  'a redirect to ever other places': (_, response) =>
    void response.writeHead(302, { location: `/again?${Math.random()}` }).end(),
  silence: () => undefined,
  'a body that never ends': (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('<item>'.repeat(5_000)));
    };
    response.on('drain', more);
    more();
  },
  'a body that trickles': (_, response) => {
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  },
  'a body that breaks off': (_, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('<rss>');
    setTimeout(() => response.destroy(), 50);
  },
  'a connection that breaks off': (request) => void request.socket.destroy(),
  'a bomb': body(gzipSync(Buffer.alloc(20 * 1024 ** 2)), { 'content-encoding': 'gzip' }),
  'compressed four times': body(gzipSync(''), { 'content-encoding': 'gzip, gzip, gzip, gzip' }),
  'an encoding nobody asked for': body('x', { 'content-encoding': 'secret' }),
  'a broken encoding': body('no gzip', { 'content-encoding': 'gzip' }),
  'a header that is too big': body('x', { x: 'x'.repeat(15_000), y: 'y'.repeat(15_000) }),
  'not modified, unasked': body('', {}, 304),
  'a part, unasked': body('<rss', { 'content-range': 'bytes 0-3/4' }, 206),
  ...Object.fromEntries(
    [204, 400, 401, 403, 404, 407, 410, 418, 429, 451, 500, 502, 503, 504].map((status) => [
      `${status}`,
      body('', {}, status),
    ]),
  ),
  'a next page at home': body(
    rss('<x/>', '').replace(
      '<x/>',
      '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="http://10.0.0.1/"/>',
    ),
  ),
};

function hostileFeeds(): HostileFeed[] {
  return [
    ...HOSTILE_MARKUP.map(([name, document]) => ({
      name,
      answer: body(document((text) => text.repeat(Math.ceil(LENGTH / text.length)))),
    })),
    ...[...ENCLOSURES, ...TYPES, ...DOCUMENTS].map(([name, document]) => ({ name, answer: body(document) })),
    ...PRIVATE.map((address) => ({ name: `a redirect to ${address}`, answer: redirect(address) })),
    ...Object.entries(SERVERS).map(([name, answer]) => ({ name, answer })),
  ];
}

/** Curates more than a hundred hostile feeds: nothing comes of any, with a reason. */
export async function tryFeeds(): Promise<Outcome> {
  const feeds = hostileFeeds();
  let current: Answer = () => undefined;
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => current(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
  const wrong: string[] = [];
  for (const { name, answer } of feeds) {
    current = answer;
    try {
      const { taken, reasons } = await within(PATIENCE_MS, curatedFrom(address));
      if (taken > 0) wrong.push(`${name}: ${taken} entries were taken`);
      if (reasons === 0) wrong.push(`${name}: no reason was given`);
    } catch (error) {
      if ((error as Error).name !== 'SourceUnusable') wrong.push(`${name}: ${(error as Error).message}`);
    }
    server.closeAllConnections();
  }
  if (({} as Record<string, unknown>).polluted !== undefined) wrong.push('what all objects inherit was changed');
  server.close();
  return { what: 'feeds', tried: feeds.length, wrong };
}

async function curatedFrom(address: string): Promise<{ taken: number; reasons: number }> {
  const [counts, now] = [{ taken: 0, reasons: 0 }, new Date()];
  for await (const result of curate(address, { kind: 'episodes', now, limits: LIMITS })) {
    if (result.ok) counts.taken++;
    else if (result.reason !== '') counts.reasons++;
  }
  return counts;
}
