import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * Tables of a shelf, for the schema of the database that it is in. `held`: what is there. `asked`: what is not and was
 * asked for: `at` last, and `before` that. `tally`: one row, kept by triggers, so that nothing is ever counted.
 */
export const SHELF_SCHEMA = `
  CREATE TABLE held (key TEXT PRIMARY KEY, bytes INTEGER NOT NULL, used INTEGER NOT NULL, settled INTEGER NOT NULL)
    WITHOUT ROWID;
  CREATE INDEX held_by_use ON held (settled, used);
  CREATE TABLE asked (key TEXT PRIMARY KEY, at INTEGER NOT NULL, before INTEGER) WITHOUT ROWID;
  CREATE INDEX asked_by_time ON asked (at);
  CREATE TABLE tally (now INTEGER NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL, settledBytes INTEGER NOT NULL);
  INSERT INTO tally VALUES (0, 0, 0, 0);
  CREATE TRIGGER held_came AFTER INSERT ON held BEGIN
    UPDATE tally SET count = count + 1, bytes = bytes + new.bytes, settledBytes = settledBytes + new.settled * new.bytes;
  END;
  CREATE TRIGGER held_changed AFTER UPDATE OF bytes, settled ON held BEGIN
    UPDATE tally SET bytes = bytes + new.bytes - old.bytes,
      settledBytes = settledBytes + new.settled * new.bytes - old.settled * old.bytes;
  END;
  CREATE TRIGGER held_went AFTER DELETE ON held BEGIN
    UPDATE tally SET count = count - 1, bytes = bytes - old.bytes, settledBytes = settledBytes - old.settled * old.bytes;
  END;
`;

export interface ShelfOptions {
  readonly limitBytes: number;
  /**
   * 0..1: the share of the room for what came lately. The rest is for what has proven to be asked for again; with 1 what
   * was not used for longest goes, whatever it was.
   */
  readonly newcomers: number;
}

interface Tally {
  readonly now: number;
  readonly count: number;
  readonly bytes: number;
  readonly settledBytes: number;
}

interface Held {
  readonly used: number;
  readonly settled: number;
}

/** What was asked for and is not held is remembered for so many times as many asks as things are held. */
const REMEMBERED = 8;
/** Asks of one thing that are nearer to each other than this share of what is held are one: of two who work side by side. */
const SAME_ASK = 0.5;

/**
 * What is held in a limited room, and what goes when there is none left: the one that is asked for again after the longest
 * time, as far as that is known (LIRS, after S. Jiang, X. Zhang, SIGMETRICS 2002). Things that were asked for again are
 * settled; a newcomer takes the place of a settled one only if that was not used since the newcomer was asked for before.
 * So a round of more things than fit still finds most of the room's worth, where "the least recently used goes" finds none;
 * and what nobody asks for any more goes all the same. Time is the number of asks. Each call costs the same however much is
 * held. All calls belong into transactions of the caller, who keeps the things themselves.
 */
export class Shelf {
  readonly #limitBytes: number;
  readonly #settledBytes: number;
  readonly #sql: Readonly<Record<keyof typeof SQL, StatementSync>>;

  constructor(database: DatabaseSync, { limitBytes, newcomers }: ShelfOptions) {
    this.#limitBytes = limitBytes;
    this.#settledBytes = limitBytes * (1 - newcomers);
    this.#sql = Object.fromEntries(Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)])) as Record<
      keyof typeof SQL,
      StatementSync
    >;
  }

  /** To be called whenever a thing is wanted. @returns whether it is held */
  use(key: string): boolean {
    const { now, count } = this.#sql.tick.get() as { now: number; count: number };
    const held = this.#sql.held.get(key) as Held | undefined;
    if (held) {
      const proven = held.settled === 0 && this.#outlasts(held.used, now, count);
      this.#sql.use.run(now, held.settled === 1 || proven ? 1 : 0, key);
      if (proven) this.#unsettle();
      return true;
    }
    this.#sql.ask.run(key, now, Math.floor(now - SAME_ASK * count));
    this.#sql.forgetAsks.run(now - REMEMBERED * Math.max(count, 1));
    return false;
  }

  /** A thing is held from now on, in the place of an earlier one of the same key. Makes no room. */
  put(key: string, bytes: number): void {
    this.#sql.remove.run(key);
    const { now, count, settledBytes } = this.#tally();
    const asked = this.#sql.asked.get(key) as { before: number | null } | undefined;
    const fits = settledBytes + bytes <= this.#settledBytes;
    const proven = asked?.before != null && this.#outlasts(asked.before, now, count);
    this.#sql.put.run(key, bytes, now, fits || proven ? 1 : 0);
    this.#sql.forgetAsk.run(key);
    if (proven) this.#unsettle();
  }

  /** It is there no more. */
  remove(key: string): void {
    this.#sql.remove.run(key);
  }

  has(key: string): boolean {
    return this.#sql.held.get(key) !== undefined;
  }

  /**
   * Lets go until `bytes` more fit.
   * @param mayGo false for what has to stay, because it is in use
   * @returns what went, in this order
   */
  makeRoom(bytes = 0, mayGo: (key: string) => boolean = () => true): string[] {
    let over = this.#tally().bytes + bytes - this.#limitBytes;
    if (over <= 0) return [];
    const gone: string[] = [];
    for (const { key, bytes: size } of this.#sql.oldest.iterate() as Iterable<{ key: string; bytes: number }>) {
      if (!mayGo(key)) continue;
      gone.push(key);
      over -= size;
      if (over <= 0) break;
    }
    // Not while they are read.
    for (const key of gone) {
      this.#sql.remember.run(key);
      this.#sql.remove.run(key);
    }
    return gone;
  }

  get bytes(): number {
    return this.#tally().bytes;
  }

  #tally(): Tally {
    return this.#sql.tally.get() as unknown as Tally;
  }

  /** Whether something asked for at `earlier` and now has its place before the settled one that was not used for longest. */
  #outlasts(earlier: number, now: number, count: number): boolean {
    if (now - earlier <= SAME_ASK * count) return false;
    const oldest = this.#sql.oldestSettled.get() as { used: number } | undefined;
    return oldest !== undefined && oldest.used < earlier;
  }

  /** The settled ones have their share and no more: who was not used for longest goes next. */
  #unsettle(): void {
    while (this.#tally().settledBytes > this.#settledBytes) {
      const oldest = this.#sql.oldestSettled.get() as { key: string } | undefined;
      if (!oldest) return;
      this.#sql.unsettle.run(oldest.key);
    }
  }
}

const SQL = {
  tick: 'UPDATE tally SET now = now + 1 RETURNING now, count',
  tally: 'SELECT now, count, bytes, settledBytes FROM tally',
  held: 'SELECT used, settled FROM held WHERE key = ?',
  use: 'UPDATE held SET used = ?, settled = ? WHERE key = ?',
  put: 'INSERT INTO held (key, bytes, used, settled) VALUES (?, ?, ?, ?)',
  remove: 'DELETE FROM held WHERE key = ?',
  // Asks that are one leave the times as they were.
  ask: `INSERT INTO asked (key, at) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET before = at, at = excluded.at WHERE at < ?`,
  remember: 'INSERT OR REPLACE INTO asked (key, at) SELECT key, used FROM held WHERE key = ?',
  asked: 'SELECT before FROM asked WHERE key = ?',
  forgetAsk: 'DELETE FROM asked WHERE key = ?',
  forgetAsks: 'DELETE FROM asked WHERE at < ?',
  oldest: 'SELECT key, bytes FROM held ORDER BY settled, used',
  oldestSettled: 'SELECT key, used FROM held WHERE settled = 1 ORDER BY used LIMIT 1',
  unsettle: 'UPDATE held SET settled = 0 WHERE key = ?',
};
