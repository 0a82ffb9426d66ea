import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SUFFIX = '.at';
/** The longest id of a clip, an ordinal, has 16 digits; a blank; what names its medium has 40. */
const BYTES = 57;

/** A clip as it is remembered over the end of this process. */
export interface ClipAtWork {
  readonly id: string;
  /** Names its medium, see `mediumOf`. */
  readonly medium: string;
}

/** Another one whenever the address or the recording is another one. */
export const mediumOf = ({
  mediaUri,
  revision = '',
}: {
  readonly mediaUri: string;
  readonly revision?: string;
}): string => createHash('sha256').update(`${mediaUri}\n${revision}`).digest('hex').slice(0, 40);

/**
 * The clip that is being worked on under each lease, in a file a lease: written for every clip, and read by the next process
 * after this one was killed. One short write at the beginning of a file is never half done by whoever is killed.
 */
export class WorkingOn {
  readonly #folder: string;
  readonly #files = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param clip undefined while there is none, or it is not certain which */
  set(leaseId: string, clip: ClipAtWork | undefined): void {
    let file = this.#files.get(leaseId);
    if (file === undefined) {
      if (clip === undefined) return;
      file = openSync(this.#path(leaseId), 'w');
      this.#files.set(leaseId, file);
    }
    writeSync(file, (clip ? `${clip.id} ${clip.medium}` : '').padEnd(BYTES), 0);
  }

  /** What an earlier process said last. */
  read(leaseId: string): ClipAtWork | undefined {
    try {
      const [id = '', medium = ''] = readFileSync(this.#path(leaseId), 'utf8').trim().split(' ');
      return id === '' ? undefined : { id, medium };
    } catch {
      return undefined;
    }
  }

  forget(leaseId: string): void {
    this.#close(leaseId);
    rmSync(this.#path(leaseId), { force: true });
  }

  /** What is said stays. */
  close(): void {
    for (const leaseId of [...this.#files.keys()]) this.#close(leaseId);
  }

  #close(leaseId: string): void {
    const file = this.#files.get(leaseId);
    if (file !== undefined) closeSync(file);
    this.#files.delete(leaseId);
  }

  #path(leaseId: string): string {
    return join(this.#folder, `${leaseId}${SUFFIX}`);
  }
}
