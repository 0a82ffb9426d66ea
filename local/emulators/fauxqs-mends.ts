import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import { refusalOf, whyForeign, whyNoTarget } from '../guard/foreign-request.ts';
import { ACCOUNT } from '../project.ts';
import { bringDeadlinesAlong, type TimedQueue } from './fauxqs-clock.ts';

/** The parts of fauxqs 2.4.1 that are mended here; it does not export them. */
interface Persistence {
  db: DatabaseSync;
  prepareStatements(): unknown;
  updateMessageReady(messageId: string): void;
}
interface SqsStore {
  createQueue(name: string, url: string, ...rest: unknown[]): unknown;
}
interface Queue extends TimedQueue {
  persistence?: Persistence;
  dequeue(...parameters: unknown[]): unknown;
  getAttribute(name: string): string | undefined;
  processTimers(): void;
}

/** What SQS refuses in a body: all but tab, line ends, and the characters from U+0020, beyond the basic plane too. */
const REFUSED_CHARACTER = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/**
 * Mends what makes fauxqs differ from SQS in ways that matter here. To be called before it is started.
 *
 * - A message whose visibility was set to 0 was lost until the next start: the statement set a column to NULL that
 *   must not be NULL.
 * - A message on its way to the dead letters is deleted and written again; in one transaction, a kill in between
 *   loses nothing.
 * - A long poll whose client had died still took the next message, and so hid it for its visibility time.
 * - Counts held messages whose visibility time was over until somebody received.
 * - Characters beyond the basic plane (emoji) were refused in bodies.
 * - A commit waited for the disk; that only helps against loss of power, and costs most of the time of a send.
 * - A clock that was set back hid messages for as much longer.
 * - Addresses of queues named hosts that not every machine knows, and that the guard refuses (`sqs.us-east-1.localhost`).
 * - It listened on every address of the machine.
 * - It answered web pages, and SNS, S3 and STS besides.
 */
export async function mendFauxqs(port: number): Promise<void> {
  const { PersistenceManager } = await part<{ PersistenceManager: { prototype: Persistence } }>('persistence.js');
  const persistence = PersistenceManager.prototype;
  const prepareStatements = persistence.prepareStatements;
  persistence.prepareStatements = function () {
    this.db.exec('PRAGMA synchronous = NORMAL');
    return prepareStatements.call(this);
  };
  persistence.updateMessageReady = function (messageId) {
    this.db
      .prepare('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?')
      .run(messageId);
  };

  const { INVALID_MESSAGE_BODY_CHAR } = await part<{ INVALID_MESSAGE_BODY_CHAR: RegExp }>('sqs/sqsTypes.js');
  INVALID_MESSAGE_BODY_CHAR.test = (body) => REFUSED_CHARACTER.test(body);

  const answers = answersInProgress();
  const { SqsQueue, SqsStore } = await part<{
    SqsQueue: { prototype: Queue };
    SqsStore: { prototype: SqsStore };
  }>('sqs/sqsStore.js');
  const store = SqsStore.prototype;
  const createQueue = store.createQueue;
  // Those that are read from the disk are made so, too, whatever port they were made at.
  store.createQueue = function (name, _, ...rest) {
    return createQueue.call(this, name, `http://127.0.0.1:${port}/${ACCOUNT}/${name}`, ...rest);
  };
  const queue = SqsQueue.prototype;
  const { dequeue, getAttribute, processTimers } = queue;
  queue.processTimers = function () {
    bringDeadlinesAlong(this);
    processTimers.call(this);
  };
  queue.dequeue = function (...parameters) {
    if (answers.getStore()?.destroyed) return [];
    const database = this.persistence?.db;
    if (!database) return dequeue.apply(this, parameters);
    database.exec('BEGIN');
    try {
      return dequeue.apply(this, parameters);
    } finally {
      database.exec('COMMIT');
    }
  };
  queue.getAttribute = function (name) {
    if (name.startsWith('Approximate')) this.processTimers();
    return getAttribute.call(this, name);
  };
}

/**
 * Guards each new server, of which Fastify tells; and knows, inside of the handling of a request, the response that it
 * will have.
 */
function answersInProgress(): AsyncLocalStorage<ServerResponse> {
  const answers = new AsyncLocalStorage<ServerResponse>();
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyLike };
    fastify.addHook('onRequest', refuseForeign);
    fastify.addHook('preHandler', (_, reply, done) => answers.run(reply.raw, done));
    const { listen } = fastify;
    fastify.listen = (options) => listen.call(fastify, { ...options, host: '127.0.0.1' });
  });
  return answers;
}

type Hook = (
  request: { raw: IncomingMessage },
  reply: { raw: ServerResponse; hijack(): void },
  done: () => void,
) => void;

interface FastifyLike {
  listen(options: object): unknown;
  addHook(name: 'onRequest' | 'preHandler', hook: Hook): void;
}

const refuseForeign: Hook = ({ raw }, reply, done) => {
  const reason = whyForeign(raw) ?? whyNoTarget('sqs', raw);
  if (reason === undefined) return done();
  const { status, headers, body } = refusalOf(reason, raw.headers);
  reply.hijack();
  reply.raw.writeHead(status, headers).end(body);
};

function part<T>(path: string): Promise<T> {
  return import(new URL(path, import.meta.resolve('fauxqs')).href) as Promise<T>;
}
