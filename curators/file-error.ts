import { reasonOf, SourceUnusable } from './curated.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is no folder',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a symbolic link that leads in a circle',
  EISDIR: 'is a folder, but a file was expected',
};

/** What the file system says, in words. */
export function fileReason(error: unknown): string {
  return WORDS[(error as NodeJS.ErrnoException).code ?? ''] ?? `cannot be read: ${reasonOf(error)}`;
}

export function explained(path: string, error: unknown): SourceUnusable {
  return new SourceUnusable(`${path} ${fileReason(error)}`, { cause: error });
}
