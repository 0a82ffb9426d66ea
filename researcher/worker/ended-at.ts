import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SharedDatabase } from '../../disk/shared-database.ts';

/** Once may be a power cut; a clip that ended so many runs within the time below is left to others. */
const ENDS_BELIEVED = 2;
const REMEMBERED_MS = 24 * 3_600_000;

/** The media of clips at which researchers of this folder ended, for all that share it. */
export class EndedAt {
  readonly #file: SharedDatabase<DatabaseSync>;

  constructor(folder: string) {
    this.#file = new SharedDatabase({
      ...{ file: join(folder, 'ended-at.sqlite'), version: 1 },
      schema: 'CREATE TABLE ended (leaseId TEXT PRIMARY KEY, medium TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID',
      tables: (database) => database,
    });
  }

  /** A lease ended so, however often that is noted. @param now ms since the epoch */
  note(leaseId: string, medium: string, now: number): void {
    this.#file.transaction((database) => {
      database.prepare('INSERT OR IGNORE INTO ended VALUES (?, ?, ?)').run(leaseId, medium, now);
      database.prepare('DELETE FROM ended WHERE at <= ?').run(now - REMEMBERED_MS);
    });
  }

  /** Media that are not to be tried now. @throws what SQLite says */
  feared(now: number): ReadonlySet<string> {
    const rows = this.#file.use((database) =>
      database
        .prepare('SELECT medium FROM ended WHERE at > ? GROUP BY medium HAVING COUNT(*) >= ?')
        .all(now - REMEMBERED_MS, ENDS_BELIEVED),
    );
    return new Set(rows.map(({ medium }) => String(medium)));
  }

  close(): void {
    this.#file.close();
  }
}
