import { DatabaseSync, StatementSync } from 'node:sqlite';
import { queryObjects } from 'node:v8';
import { BroadcastChannel } from 'node:worker_threads';
import { ClipFinder } from '../../../../researcher/analyzer/find-clips.ts';
import '../../../../researcher/analyzer/worker.ts';

/* The analysing thread as it is, which besides tells how many objects live in it. */

const channel = new BroadcastChannel('live objects');
channel.onmessage = () => channel.postMessage(counts());

function counts(): Record<string, number> {
  const { Instance, Memory } = WebAssembly;
  const classes = { ClipFinder, Instance, Memory, SharedArrayBuffer, StatementSync, DatabaseSync };
  return Object.fromEntries(
    Object.entries(classes).map(([name, one]) => [name, queryObjects(one, { format: 'count' })]),
  );
}
