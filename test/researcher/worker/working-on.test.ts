import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EndedAt } from '../../../researcher/worker/ended-at.ts';
import { HeldLeases } from '../../../researcher/worker/held-leases.ts';
import { mediumOf } from '../../../researcher/worker/working-on.ts';

const MEDIUM = { mediaUri: 'https://media.example.org/a.mp3' };

let folder: string;
const opened: HeldLeases[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archivist-leases-'));
});
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  rmSync(folder, { recursive: true, force: true });
});

function leases(): HeldLeases {
  const made = new HeldLeases(folder, 'queue');
  opened.push(made);
  return made;
}

/** What the next process finds of one that held a lease, and was at these clips one after the other. */
function foundAfter(...clips: (string | undefined)[]) {
  const atWork = (id: string) => ({ id, medium: mediumOf(MEDIUM) });
  const dead = leases();
  dead.hold({ leaseId: 'l1', lastWord: 'bye' });
  for (const clip of clips) dead.working('l1', clip === undefined ? undefined : atWork(clip));
  dead.close();
  opened.pop();
  return leases().adopt();
}

test.each([
  ['at none', [], {}],
  ['at one', ['17'], { at: { id: '17', medium: mediumOf(MEDIUM) } }],
  ['at one after others', ['9007199254740991', '4'], { at: { id: '4', medium: mediumOf(MEDIUM) } }],
  ['at several, which is in doubt', ['17', undefined], {}],
])('A lease left behind by a process that was %s', (_, clips, at) => {
  expect(foundAfter(...clips)).toEqual([{ leaseId: 'l1', lastWord: 'bye', ...at }]);
});

test('It is known until the lease is released, by whoever adopts it', () => {
  foundAfter('17');
  opened.pop()?.close();
  const next = leases();
  expect(next.adopt()).toEqual([{ leaseId: 'l1', lastWord: 'bye', at: { id: '17', medium: mediumOf(MEDIUM) } }]);
  next.release('l1');
  expect(readdirSync(folder).filter((name) => name.endsWith('.at'))).toEqual([]);
});

test('A medium is another one with another address or recording', () => {
  const all = [MEDIUM, { ...MEDIUM, revision: '2' }, { mediaUri: `${MEDIUM.mediaUri}?2` }].map(mediumOf);
  expect(new Set(all).size).toBe(3);
});

test.each([
  ['a millisecond before a day is over', -1, ['a']],
  ['a day later', 0, []],
])('What a researcher ended at twice is left alone by all that share the folder: %s', (_, later, feared) => {
  const noted = new EndedAt(folder);
  for (const lease of ['l1', 'l2']) noted.note(lease, 'a', 1_000);
  noted.close();
  const other = new EndedAt(folder);
  expect([...other.feared(1_000 + 24 * 3_600_000 + later)]).toEqual(feared);
  other.close();
});

test('Once may be a power cut, however often it is told', () => {
  const endedAt = new EndedAt(folder);
  for (const now of [1_000, 2_000]) endedAt.note('l1', 'a', now);
  endedAt.note('l2', 'b', 2_000);
  expect([...endedAt.feared(3_000)]).toEqual([]);
  endedAt.close();
});
