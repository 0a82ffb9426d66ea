import { createConnection } from 'node:net';

/** How a request ended: with a status, or with the connection. */
export interface Ending {
  /** 0 where the connection was ended without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** So long an answer may take; what takes longer hangs. */
const PATIENCE_MS = 20_000;
/** What waits for more than was sent hears after so long that no more will come. */
const NO_MORE_MS = 2_000;
/** So much of an answer is looked at. */
const ENOUGH = 64 * 1024;

/** Sends bytes. @throws Error when nothing comes of it in time */
export function sendBytes(port: number, bytes: string, host = '127.0.0.1'): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host, allowHalfOpen: true });
    let answer = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`nothing came of it within ${PATIENCE_MS / 1_000} s`));
    }, PATIENCE_MS);
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      const [head = '', ...body] = answer.split('\r\n\r\n');
      resolve({ status: Number(/^HTTP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0), head, body: body.join('\r\n\r\n') });
    };
    socket.on('data', (chunk) => {
      if (answer.length < ENOUGH) answer += chunk.toString('latin1');
      if (isWhole(answer)) done();
    });
    socket.on('end', done);
    // An end in the middle of what is sent is an answer too.
    socket.on('error', done);
    socket.write(bytes, 'latin1');
    const noMore = setTimeout(() => socket.end(), NO_MORE_MS);
    socket.on('close', () => clearTimeout(noMore));
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end + 2))?.[1];
  return end >= 0 && length !== undefined && answer.length >= end + 4 + Number(length);
}

/** What is wrong with how a hostile request ended; undefined when it was refused and tells a web page nothing. */
export function notRefused({ status, head }: Ending): string | undefined {
  if (/^access-control-/im.test(head)) return `it allows web pages something: ${head}`;
  return status === 0 || status >= 400 ? undefined : `it was answered ${head.split('\r\n')[0]}`;
}
