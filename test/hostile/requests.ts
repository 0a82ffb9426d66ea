export type Service = 'sqs' | 'dynamodb' | 'lambda';

/** Bytes as they go over a connection: what no client library would send can be sent so. */
export interface HostileRequest {
  readonly name: string;
  readonly bytes: string;
}

/** What a program of this machine sends, and is answered: each hostile request differs from it in one thing. */
export interface GoodRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ORIGINS = [
  'https://evil.example',
  'http://evil.example:8080',
  'null',
  'http://localhost',
  'http://127.0.0.1',
  'file://',
  'chrome-extension://abcdefghijklmnop',
  'https://127.0.0.1.nip.io',
  'HTTPS://EVIL.EXAMPLE',
  'https://sqs.us-east-1.amazonaws.com',
  'x',
  '',
];

const SITES = ['cross-site', 'same-site', 'same-origin', 'none', 'CROSS-SITE', 'x'];

/** Each may point to loopback, or stand for it, or look like it. */
const HOSTS = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'localhost.localdomain',
  'evil.example',
  'localtest.me',
  '127.0.0.1.nip.io',
  '127.0.0.1.evil.example',
  'evil.example#127.0.0.1',
  'me@127.0.0.1',
  '127.0.0.1@evil.example',
  '127.1',
  '127.0.0.2',
  '127.0.0.01',
  '0.0.0.0',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  'sqs.us-east-1.amazonaws.com',
  'sqs.localhost',
  'bucket.localhost',
  '',
  ' ',
  '127.0.0.1, evil.example',
  '127.0.0.1:99999999',
  '127.0.0.1:x',
  '１２７.0.0.1',
];

const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'post', 'BREW'];

const PREFLIGHTS = ['POST', 'PUT', 'GET', 'DELETE'];

const PATHS = ['/../../etc/passwd', '/%2e%2e/', '//evil.example/', '/\\evil', '/%', '/%00', `/${'a'.repeat(8_000)}`];

/** More than a hundred requests to a port that must not get what they ask for, and must be answered at once. */
export function hostileRequests(service: Service, port: number, good: GoodRequest): HostileRequest[] {
  const host = `127.0.0.1:${port}`;
  const written = (method: string, path: string, headers: Readonly<Record<string, string>>, body = good.body) => {
    const all = { host, ...headers, 'content-length': String(Buffer.byteLength(body)) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
  };
  const changed = (headers: Readonly<Record<string, string>>) =>
    written('POST', good.path, { ...good.headers, ...headers });
  const atOtherPort = (name: string) => (/[:#,\s]|^$/.test(name) ? name : `${name}:${port}`);
  return [
    ...ORIGINS.map((origin) => ({ name: `Origin "${origin}"`, bytes: changed({ origin }) })),
    ...SITES.map((site) => ({ name: `Sec-Fetch-Site "${site}"`, bytes: changed({ 'sec-fetch-site': site }) })),
    ...HOSTS.map((name) => ({ name: `Host "${name}"`, bytes: changed({ host: atOtherPort(name) }) })),
    ...METHODS.map((method) => ({ name: `method ${method}`, bytes: written(method, good.path, good.headers) })),
    ...PREFLIGHTS.map((method) => ({
      name: `preflight for ${method}`,
      bytes: written(
        'OPTIONS',
        good.path,
        { 'access-control-request-method': method, 'access-control-request-headers': 'x-amz-target,content-type' },
        '',
      ),
    })),
    ...PATHS.map((path) => ({
      name: `path ${path.slice(0, 30)}`,
      // Emulators of AWS look at the target alone, so a wrong path needs one more thing that is wrong.
      bytes: written('POST', path, service === 'lambda' ? good.headers : { ...good.headers, 'x-amz-target': 'x' }),
    })),
    ...ofService(service).map(({ name, method = 'POST', path = good.path, headers, body }) => ({
      name,
      bytes: written(method, path, headers, body),
    })),
    ...malformed(host, good),
  ];
}

interface OtherRequest {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const AWS_JSON = 'application/x-amz-json-1.0';
const FORM = 'application/x-www-form-urlencoded';

/** What the emulator would answer besides, or the API refuses by itself. */
function ofService(service: Service): OtherRequest[] {
  if (service === 'lambda') {
    const path = '/2015-03-31/functions/nothing/invocations';
    return [
      { name: 'a function that is not there', path, headers: {} },
      { name: 'a name that is none', path: '/2015-03-31/functions/..%2f..%2fx/invocations', headers: {} },
      { name: 'another operation', path: '/2015-03-31/functions/', headers: {} },
      { name: 'an update of code', method: 'PUT', path: '/2015-03-31/functions/x/code', headers: {} },
      { name: 'an event that is no JSON', headers: {}, body: '{' },
      { name: 'an event of seven megabytes', headers: {}, body: `"${'x'.repeat(7 * 1024 * 1024)}"` },
      { name: 'another type of invocation', headers: { 'x-amz-invocation-type': 'Forever' } },
      { name: 'a client context that is none', headers: { 'x-amz-client-context': '%%%' } },
      { name: 'another version', path: `${path}?Qualifier=7`, headers: {} },
      ...['text/plain', FORM, 'multipart/form-data; boundary=x'].map((type) => ({
        name: `a form of ${type}`,
        headers: { 'content-type': type, origin: 'https://evil.example' },
      })),
    ];
  }
  const targets = [
    ...[
      'AmazonSNS.Publish',
      'AmazonSNS.CreateTopic',
      'AWSSecurityTokenService.GetCallerIdentity',
      'AmazonS3.PutObject',
    ],
    ...['DynamoDBStreams_20120810.ListStreams', 'Kinesis_20131202.ListStreams', 'x', '', '__proto__.constructor'],
    service === 'sqs' ? 'DynamoDB_20120810.ListTables' : 'AmazonSQS.ListQueues',
    service === 'sqs' ? 'AmazonSQS.' : 'DynamoDB_20120810.',
    service === 'sqs' ? 'xAmazonSQS.ListQueues' : 'DynamoDB_20111205.ListTables',
  ];
  return [
    ...targets.map((target) => ({
      name: `target "${target}"`,
      headers: { 'x-amz-target': target, 'content-type': AWS_JSON },
      body: '{}',
    })),
    ...['Publish', 'CreateTopic', 'GetCallerIdentity', 'ListTopics'].map((action) => ({
      name: `a form that asks for ${action}`,
      headers: { 'content-type': FORM },
      body: `Action=${action}&Version=2010-03-31&Name=x`,
    })),
    { name: 'a bucket', method: 'PUT', path: '/bucket', headers: {}, body: '' },
    { name: 'an object', method: 'PUT', path: '/bucket/key', headers: {}, body: 'x' },
    { name: 'all buckets', method: 'GET', path: '/', headers: {}, body: '' },
    { name: 'the queues of the emulator', method: 'GET', path: '/_fauxqs/queues', headers: {}, body: '' },
    { name: 'its health', method: 'GET', path: '/health', headers: {}, body: '' },
  ];
}

/** What is no request at all, or two. */
function malformed(host: string, { path, headers, body }: GoodRequest): HostileRequest[] {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = `POST ${path} HTTP/1.1\r\n`;
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  const all = (...lines: string[]) => `${start}${lines.join('')}\r\n${body}`;
  const own = [`host: ${host}\r\n`, ...head];
  return Object.entries({
    'nothing but a line end': '\r\n\r\n',
    'another protocol': 'SSH-2.0-client\r\n',
    TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a version that is none': all(...own, length).replace('HTTP/1.1', 'HTTP/9.9'),
    'no version': `POST ${path}\r\n\r\n`,
    'no Host': all(...head, length),
    'no Host, in the old version': all(...head, length).replace('HTTP/1.1', 'HTTP/1.0'),
    'two lengths': all(...own, length, 'content-length: 3\r\n'),
    'a length below zero': all(...own, 'content-length: -1\r\n'),
    'a length that is none': all(...own, 'content-length: many\r\n'),
    'a length and chunks': all(...own, length, 'transfer-encoding: chunked\r\n'),
    'chunks of no size': all(...own, 'transfer-encoding: chunked\r\n'),
    'an encoding that nobody knows': all(...own, 'transfer-encoding: secret\r\n'),
    'a header that is too big': all(...own, length, `x: ${'x'.repeat(100_000)}\r\n`),
    'too many headers': all(...own, length, 'x: y\r\n'.repeat(20_000)),
    'a header without a name': all(...own, length, ': x\r\n'),
    'a line end in a header': all(...own, length, 'x: a\rb\r\n'),
    'a zero in a header': all(...own, length, 'x: a\0b\r\n'),
    'a broken line in a header': all(...own, length, 'x: a\r\n b\r\n').replace(`host: ${host}`, 'host: x'),
    'two Hosts': all('host: evil.example\r\n', ...own, length),
    'an address that is whole': all('host: evil.example\r\n', ...head, length).replace(path, `http://${host}${path}`),
    'a connection to elsewhere': `CONNECT evil.example:443 HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
    'a web socket': `GET / HTTP/1.1\r\nhost: ${host}\r\norigin: https://evil.example\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\n\r\n`,
  }).map(([name, bytes]) => ({ name, bytes }));
}
