import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes the messages receivable again that a killed runner had taken from these queues. To be called while the SQS
 * emulator is down, and only for queues that nobody but this archive's event sources receives from: whoever took them
 * is dead, and waiting for their visibility time (minutes) would help nobody. They may come twice, as SQS allows.
 */
export function returnInFlight(dataDir: string, queueNames: readonly string[]): void {
  const path = join(dataDir, 'sqs', 'fauxqs.db');
  if (!existsSync(path)) return;
  const database = new DatabaseSync(path);
  try {
    const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sqs_messages'").get();
    if (!known) return;
    const giveBack = database.prepare(
      'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE queue_name = ?',
    );
    for (const name of queueNames) giveBack.run(name);
  } finally {
    database.close();
  }
}
