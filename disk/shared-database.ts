import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface SharedDatabaseOptions<Tables> {
  /** The SQLite file; its folder is made when missing. */
  readonly file: string;
  /** Statements that make the tables; run when the file is new or of another version. */
  readonly schema: string;
  /** Of the schema, from 1. A file of another version is emptied: what is kept here can be had again. */
  readonly version: number;
  /** Bytes of a page, 512–65,536, a power of two: larger ones suit larger values. */
  readonly pageBytes?: number;
  /** What works with the tables of an open file. */
  readonly tables: (database: DatabaseSync) => Tables;
}

/** So long a writer waits for another one; a write takes a millisecond. */
const BUSY_MS = 5_000;
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
const OPEN_TRIES = 20;

interface Open<Tables> {
  readonly database: DatabaseSync;
  readonly tables: Tables;
  /** Tells this file from one that somebody made in its place. */
  readonly inode: number;
}

/**
 * A SQLite file that threads and processes of this machine write at the same time, for what can be had again: it is made
 * anew when it is damaged. A process that is killed leaves whole transactions (write-ahead log). Only its owner may read
 * it: addresses may hold secrets. Opened when it is first needed, and again after it was closed.
 */
export class SharedDatabase<Tables> {
  readonly #options: SharedDatabaseOptions<Tables>;
  #open: Open<Tables> | undefined;

  constructor(options: SharedDatabaseOptions<Tables>) {
    this.#options = options;
  }

  /** @throws what the file system or SQLite says, and whatever `work` throws */
  use<Value>(work: (tables: Tables) => Value): Value {
    return this.#run(({ tables }) => work(tables));
  }

  /** Like `use`, as one transaction: all of it is kept, or nothing. */
  transaction<Value>(work: (tables: Tables) => Value): Value {
    return this.#run(({ database, tables }) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const value = work(tables);
        database.exec('COMMIT');
        return value;
      } catch (error) {
        // A full disk ends a transaction by itself.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  #run<Value>(work: (open: Open<Tables>) => Value): Value {
    try {
      this.#open ??= this.#opened();
      return work(this.#open);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#setAside();
    }
    this.#open = this.#opened();
    return work(this.#open);
  }

  #opened(): Open<Tables> {
    const { file } = this.#options;
    mkdirSync(dirname(file), { recursive: true });
    for (let tries = 1; ; tries++) {
      // SQLite gives its log and its index the permissions of the file.
      closeSync(openSync(file, 'a', 0o600));
      const inode = statSync(file).ino;
      const database = new DatabaseSync(file, { timeout: BUSY_MS });
      try {
        database.exec(`PRAGMA page_size = ${this.#options.pageBytes ?? 4_096}; PRAGMA journal_mode = WAL`);
        database.exec('PRAGMA synchronous = NORMAL');
        this.#prepare(database);
        return { database, tables: this.#options.tables(database), inode };
      } catch (error) {
        database.close();
        // Two that make a new file at once may refuse each other without waiting.
        if (tries === OPEN_TRIES || !(isDamage(error) || codeOf(error) === SQLITE_BUSY)) throw error;
        if (isDamage(error)) this.#setAside();
      }
    }
  }

  #prepare(database: DatabaseSync): void {
    const { schema, version } = this.#options;
    const current = () => Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (current() === version) return;
    database.exec('BEGIN IMMEDIATE');
    if (current() !== version) {
      const tables = database.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
      );
      for (const { name } of tables.all()) database.exec(`DROP TABLE "${name}"`);
      database.exec(`${schema}; PRAGMA user_version = ${version}`);
    }
    database.exec('COMMIT');
  }

  /** Renamed first: whoever has it open still keeps what is his. One that somebody made anew is left alone. */
  #setAside(): void {
    const { file } = this.#options;
    const mine = this.#open?.inode;
    try {
      this.close();
    } catch {
      // A damaged file may refuse even that.
      this.#open = undefined;
    }
    if (mine !== undefined && statSync(file, { throwIfNoEntry: false })?.ino !== mine) return;
    for (const path of [`${file}-wal`, `${file}-shm`, file]) {
      const aside = `${path}.damaged`;
      try {
        renameSync(path, aside);
        rmSync(aside, { force: true });
      } catch {
        // There is none, or somebody else did it.
      }
    }
  }
}

const isDamage = (error: unknown): boolean => [SQLITE_CORRUPT, SQLITE_NOTADB].includes(codeOf(error));

function codeOf(error: unknown): number {
  // The lower byte of an extended code is the code.
  return ((error as { errcode?: number }).errcode ?? 0) & 0xff;
}
