import type { DatabaseSync } from 'node:sqlite';

/** The parts of fauxqs 2.4.1 that are mended here; it does not export them. */
interface Persistence {
  db: DatabaseSync;
  prepareStatements(): unknown;
  updateMessageReady(messageId: string): void;
}
interface Queue {
  persistence?: Persistence;
  dequeue(...parameters: unknown[]): unknown;
  getAttribute(name: string): string | undefined;
  processTimers(): void;
}

/**
 * Mends what makes fauxqs differ from SQS in ways that matter here. To be called before it is started.
 *
 * - A message whose visibility was set to 0 was lost until the next start: the statement set a column to NULL that
 *   must not be NULL.
 * - A message on its way to the dead letters is deleted and written again; in one transaction, a kill in between
 *   loses nothing.
 * - Counts held messages whose visibility time was over until somebody received.
 * - A commit waited for the disk; that only helps against loss of power, and costs most of the time of a send.
 */
export async function mendFauxqs(): Promise<void> {
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

  const { SqsQueue } = await part<{ SqsQueue: { prototype: Queue } }>('sqs/sqsStore.js');
  const queue = SqsQueue.prototype;
  const { dequeue, getAttribute } = queue;
  queue.dequeue = function (...parameters) {
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

function part<T>(path: string): Promise<T> {
  return import(new URL(path, import.meta.resolve('fauxqs')).href) as Promise<T>;
}
