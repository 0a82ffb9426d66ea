import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FetchError } from './fetch-error.ts';
import { shownAddress } from './shown-address.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: a part of its path is no folder',
  EACCES: 'it may not be read by this user',
  ELOOP: 'it is a symbolic link that leads in a circle',
};

export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  /** Another one whenever the file was written to, or another one is in its place. */
  readonly version: string;
}

/** A regular file named by a file: URI. Devices and pipes, which may never end, are refused. */
export async function localFile(url: URL, maximumBytes: number): Promise<LocalFile> {
  const where = shownAddress(url.href);
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch (error) {
    throw new FetchError('answer', `${where} names no file of this machine: ${(error as Error).message}`);
  }
  const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    throw new FetchError('answer', `${where} cannot be read: ${WORDS[error.code ?? ''] ?? error.message}`);
  });
  if (!found.isFile()) throw new FetchError('answer', `${where} is no regular file`);
  if (found.size > maximumBytes) {
    throw new FetchError('too-big', `${where} has ${found.size} bytes; at most ${maximumBytes} are read`);
  }
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return { path, bytes: Number(size), version: [dev, ino, size, mtimeNs, ctimeNs].join('-') };
}
