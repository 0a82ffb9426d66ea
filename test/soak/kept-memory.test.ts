import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { keptMemory } from './kept-memory.ts';

const PROGRAM = `
  const { Worker } = require('node:worker_threads');
  const idle = 'setInterval(() => undefined, 1000);';
  const worker = new Worker('globalThis.kept = Buffer.alloc(30 * 1024 ** 2, 1); ' + idle, { eval: true });
  globalThis.garbage = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
  globalThis.garbage = undefined;
  setInterval(() => undefined, 1000);
  worker.once('online', () => setTimeout(() => console.log('ready'), 200));`;

test('what a process and its threads hold is measured without what they hold no more, one process after the other', async () => {
  const children = [0, 1].map(() => spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'ignore'] }));
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
  for (const { pid = 0 } of children) {
    const kept = await keptMemory(pid);
    // A million objects would be more than 30 MB.
    expect(kept?.heap).toBeLessThan(25);
    expect(kept?.outside).toBeGreaterThan(30);
    expect(kept?.resident).toBeGreaterThan(kept?.outside ?? 0);
  }
  for (const child of children) child.kill('SIGKILL');
  expect(await keptMemory(2 ** 30)).toBeUndefined();
}, 90_000);
