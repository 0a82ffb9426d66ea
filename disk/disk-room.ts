import { statfsSync } from 'node:fs';

/** An archive ends in an orderly way before the disk is full: databases that cannot write lose their next words. */
export const LEAST_FREE_BYTES = 64 * 1024 ** 2;

const LOOK_EVERY_MS = 1_000;

/** What this user can still write on the disk of a folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Whether something could not be written because there is no room, on the disk or for this user. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

/** A sentence about a disk that is too full; undefined where there is room. */
export function whyNoRoom(folder: string, freeIn = freeBytes): string | undefined {
  const free = freeIn(folder);
  if (free >= LEAST_FREE_BYTES) return undefined;
  const megabytes = (bytes: number) => `${Math.floor(bytes / 1024 ** 2)} MiB`;
  return `The disk of ${folder} is nearly full: ${megabytes(free)} are left, and an archive needs at least ${megabytes(LEAST_FREE_BYTES)}. Make room, then start it again; nothing is lost.`;
}

/**
 * Looks every second whether there is room.
 * @param onFull called once, with what to say.
 * @returns what ends it.
 */
export function watchRoom(folder: string, onFull: (message: string) => void, freeIn = freeBytes): () => void {
  const timer = setInterval(() => {
    const message = whyNoRoom(folder, freeIn);
    if (message === undefined) return;
    clearInterval(timer);
    onFull(message);
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
