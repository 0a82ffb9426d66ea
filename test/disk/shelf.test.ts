import { DatabaseSync } from 'node:sqlite';
import { SHELF_SCHEMA, Shelf } from '../../disk/shelf.ts';

/** A shelf for so many things of one byte; `ask` puts what is not there. */
function shelfFor(limitBytes: number, newcomers = 0.1) {
  const database = new DatabaseSync(':memory:');
  database.exec(SHELF_SCHEMA);
  const shelf = new Shelf(database, { limitBytes, newcomers });
  const ask = (key: string) => {
    if (shelf.use(key)) return true;
    shelf.put(key, 1);
    shelf.makeRoom();
    return false;
  };
  const hitsOf = (keys: readonly string[]) => keys.filter(ask).length;
  return { shelf, database, ask, hitsOf };
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

test.each([
  ['fits', 50, 50],
  ['is a little larger than the room', 60, 45],
  ['is four times as large', 200, 45],
])('A round that %s finds what the settled ones are', (_, things, hits) => {
  const { hitsOf } = shelfFor(50);
  const round = named('clip', things);
  expect([1, 2, 3, 4].map(() => hitsOf(round))).toEqual([0, hits, hits, hits]);
});

test('Two who go the same round side by side find no less', () => {
  const { hitsOf } = shelfFor(50);
  const round = named('clip', 60);
  const sideBySide = round.flatMap((_, i) => [round[i]!, round[(i + 50) % 60]!]);
  hitsOf(sideBySide);
  expect(hitsOf(sideBySide)).toBeGreaterThanOrEqual(90);
});

test('What is asked for no more makes place for what is, at its second time', () => {
  const { hitsOf } = shelfFor(50);
  for (let round = 0; round < 5; round++) hitsOf(named('old', 50));
  const others = named('new', 40);
  expect([hitsOf(others), hitsOf(others), hitsOf(others)]).toEqual([0, 5, 40]);
});

test('What comes only once takes nobody’s place', () => {
  const { hitsOf } = shelfFor(50);
  const clips = named('clip', 40);
  hitsOf(clips);
  hitsOf(named('episode', 500));
  expect(hitsOf(clips)).toBe(40);
});

test('With all the room for newcomers, what was not used for longest goes', () => {
  const { ask } = shelfFor(2, 1);
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map(ask)).toEqual([false, false, true, false, true, false]);
});

test('What is in use stays, and the next one goes', () => {
  const { shelf } = shelfFor(3, 1);
  for (const key of ['a', 'b', 'c', 'd']) shelf.put(key, 1);
  expect(shelf.makeRoom(1, (key) => key !== 'a')).toEqual(['b', 'c']);
  expect([shelf.has('a'), shelf.bytes]).toEqual([true, 2]);
});

test('The tally is what is there, whatever comes and goes', () => {
  const { shelf, database } = shelfFor(1_000, 0.3);
  for (let i = 0; i < 2_000; i++) {
    const key = `k${(i * 7_919) % 61}`;
    if (i % 13 === 0) shelf.remove(key);
    else if (!shelf.use(key)) shelf.put(key, 1 + ((i * 31) % 97));
    shelf.makeRoom();
  }
  const sums = database.prepare(
    'SELECT COUNT(*) AS count, SUM(bytes) AS bytes, SUM(bytes * settled) AS settledBytes FROM held',
  );
  expect(database.prepare('SELECT count, bytes, settledBytes FROM tally').get()).toEqual(sums.get());
  expect(shelf.bytes).toBeLessThanOrEqual(1_000);
});

test('No call looks at more the more is held', () => {
  const { shelf, database } = shelfFor(1e9);
  for (const key of named('clip', 50)) shelf.put(key, 1);
  const plans = (sql: string) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail));
  expect(plans('SELECT key, bytes FROM held ORDER BY settled, used')).toEqual([
    expect.stringMatching(/^SCAN held USING .*INDEX held_by_use/),
  ]);
  expect(plans('SELECT key, used FROM held WHERE settled = 1 ORDER BY used LIMIT 1')).toEqual([
    expect.stringMatching(/^SEARCH held USING .*INDEX held_by_use/),
  ]);
  expect(plans('DELETE FROM asked WHERE at < 5')).toEqual([
    expect.stringMatching(/^SEARCH asked USING .*asked_by_time/),
  ]);
});
