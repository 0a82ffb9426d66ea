import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { makeUsableFolder } from '../../disk/usable-folder.ts';

const THREADS = 2;
const FOLDERS = 100;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'archivist-disk-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a folder that somebody else makes at the same moment is as good as made', async () => {
  const arrived = new Int32Array(new SharedArrayBuffer(FOLDERS * Int32Array.BYTES_PER_ELEMENT));
  const script = new URL('./support/making-thread.ts', import.meta.url);
  const workerData = { root, folders: FOLDERS, threads: THREADS, arrived };
  const threads = Array.from({ length: THREADS }, () => new Worker(script, { workerData }));
  try {
    await Promise.all(threads.map((thread) => once(thread, 'exit')));
  } finally {
    // One that failed lets the other wait.
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  expect(readdirSync(root)).toHaveLength(FOLDERS);
});

test('a link to nowhere is no folder', () => {
  symlinkSync(join(root, 'nowhere'), join(root, 'link'));
  expect(() => makeUsableFolder(join(root, 'link'))).toThrow('it is a file. Name a folder');
});
