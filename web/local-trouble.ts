import { FetchError } from './fetch-error.ts';

/** Disk trouble is this machine's own. */
export function localTrouble(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOSPC' ? 'the disk is full' : message;
  throw new FetchError('local', `this machine cannot keep the file: ${reason}`, { cause: error });
}
