import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Beyond this the log is put aside as `<name>.1`, replacing the one before. */
const LARGEST_BYTES = 10 * 2 ** 20;

/** The log of one function; all its processes write to it. */
export class FunctionLog {
  readonly #path: string;
  readonly #largestBytes: number;
  #file: number;
  #bytes: number;
  #closed = false;

  constructor(path: string, largestBytes = LARGEST_BYTES) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    this.#largestBytes = largestBytes;
    this.#file = openSync(path, 'a');
    this.#bytes = fstatSync(this.#file).size;
  }

  /** What comes after `close` is lost, and what comes while the disk is full: no function ends for its log's sake. */
  append(text: string): void {
    if (this.#closed) return;
    try {
      if (this.#bytes > this.#largestBytes) this.#rotate();
      this.#bytes += writeSync(this.#file, text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  close(): void {
    this.#closed = true;
    closeSync(this.#file);
  }

  #rotate(): void {
    closeSync(this.#file);
    renameSync(this.#path, `${this.#path}.1`);
    this.#file = openSync(this.#path, 'a');
    this.#bytes = 0;
  }
}
