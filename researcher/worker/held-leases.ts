import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeUsableFolder } from '../../disk/usable-folder.ts';
import { type ClipAtWork, WorkingOn } from './working-on.ts';

export interface HeldLease {
  readonly leaseId: string;
  /** The report that gives it back, as it has to be sent. */
  readonly lastWord: string;
  /** The clip that was being worked on, where that is certain. */
  readonly at?: ClipAtWork;
}

const SUFFIX = '.leases';

/**
 * The leases that this process holds, on disk, so that a later one can give them back if this one is killed.
 * One SQLite file a process, locked as long as it lives: the kernel gives the lock back at any kind of end, so what
 * can be locked was left behind. Several researchers may share a folder.
 */
export class HeldLeases {
  readonly #folder: string;
  readonly #file: string;
  readonly #queue: string;
  readonly #database: DatabaseSync;
  readonly #working: WorkingOn;

  /** @param queue where the last words go; what was held for another archive is not touched. */
  constructor(folder: string, queue: string) {
    makeUsableFolder(folder);
    this.#folder = folder;
    this.#queue = queue;
    this.#file = join(folder, `${randomUUID()}${SUFFIX}`);
    this.#database = openLocked(this.#file);
    this.#working = new WorkingOn(folder);
    this.#database.exec('CREATE TABLE held (leaseId TEXT PRIMARY KEY, queue TEXT, lastWord TEXT)');
  }

  hold({ leaseId, lastWord }: HeldLease): void {
    this.#database.prepare('INSERT OR REPLACE INTO held VALUES (?, ?, ?)').run(leaseId, this.#queue, lastWord);
  }

  /** @param clip that is being worked on; undefined while there is none, or it is not certain which */
  working(leaseId: string, clip: ClipAtWork | undefined): void {
    this.#working.set(leaseId, clip);
  }

  release(leaseId: string): void {
    this.#working.forget(leaseId);
    this.#database.prepare('DELETE FROM held WHERE leaseId = ?').run(leaseId);
  }

  /** Moves the leases that processes now dead held for the same queue to this one, and returns them. */
  adopt(): HeldLease[] {
    const adopted: HeldLease[] = [];
    for (const name of readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      if (!name.endsWith(SUFFIX) || file === this.#file) continue;
      for (const lease of this.#adoptFrom(file)) {
        this.hold(lease);
        const at = this.#working.read(lease.leaseId);
        adopted.push({ ...lease, ...(at !== undefined && { at }) });
      }
    }
    return adopted;
  }

  #adoptFrom(file: string): HeldLease[] {
    let other: DatabaseSync;
    try {
      other = openLocked(file);
    } catch {
      // Its process lives.
      return [];
    }
    try {
      const rows = other.prepare('SELECT leaseId, lastWord FROM held WHERE queue = ?').all(this.#queue);
      const leases = rows.map((row) => ({ leaseId: String(row.leaseId), lastWord: String(row.lastWord) }));
      // Held here before they are forgotten there: killed in between, both have them, and a last word twice is one.
      for (const lease of leases) this.hold(lease);
      other.prepare('DELETE FROM held WHERE queue = ?').run(this.#queue);
      const left = other.prepare('SELECT COUNT(*) AS count FROM held').get();
      if (left?.count === 0) rmSync(file, { force: true });
      return leases;
    } catch {
      // Killed while it was made: nothing was held yet.
      rmSync(file, { force: true });
      return [];
    } finally {
      other.close();
    }
  }

  /** Lets go of the file; it stays when leases are still held. */
  close(): void {
    const left = this.#database.prepare('SELECT COUNT(*) AS count FROM held').get();
    if (left?.count === 0) rmSync(this.#file, { force: true });
    this.#database.close();
    this.#working.close();
  }
}

/** @throws when another process, or another database of this one, has it. */
function openLocked(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
