import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeldLeases } from '../../../researcher/worker/held-leases.ts';

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
  const dead = leases();
  dead.hold({ leaseId: 'l1', lastWord: 'bye' });
  for (const clip of clips) dead.working('l1', clip);
  dead.close();
  opened.pop();
  return leases().adopt();
}

test.each([
  ['at none', [], {}],
  ['at one', ['17'], { at: '17' }],
  ['at one after others', ['9007199254740991', '4'], { at: '4' }],
  ['at several, which is in doubt', ['17', undefined], {}],
])('A lease left behind by a process that was %s', (_, clips, at) => {
  expect(foundAfter(...clips)).toEqual([{ leaseId: 'l1', lastWord: 'bye', ...at }]);
});

test('It is known until the lease is released, by whoever adopts it', () => {
  foundAfter('17');
  opened.pop()?.close();
  const next = leases();
  expect(next.adopt()).toEqual([{ leaseId: 'l1', lastWord: 'bye', at: '17' }]);
  next.release('l1');
  expect(readdirSync(folder).filter((name) => name.endsWith('.at'))).toEqual([]);
});
