import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { makeUsableFolder } from '../../../disk/usable-folder.ts';

/* Makes folders one after the other, each at the same moment as the other threads that share `arrived`. */

const { root, folders, threads, arrived } = workerData as {
  readonly root: string;
  readonly folders: number;
  readonly threads: number;
  readonly arrived: Int32Array<SharedArrayBuffer>;
};
for (let at = 0; at < folders; at++) {
  Atomics.add(arrived, at, 1);
  while (Atomics.load(arrived, at) < threads);
  makeUsableFolder(join(root, String(at), 'within'));
}
