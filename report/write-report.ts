import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeUsableFolder } from '../disk/usable-folder.ts';
import { Failure } from '../operating/failure.ts';
import { GENERATOR } from './html-document.ts';
import type { ReportFile } from './report-files.ts';

export interface Written {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes a report so that its folder holds the earlier one or this one, never half of one.
 * @throws Failure when the folder holds anything else than an earlier report
 */
export async function writeReport(
  folder: string,
  files: AsyncIterable<ReportFile> | Iterable<ReportFile>,
): Promise<Written> {
  const target = resolve(folder);
  checkReportFolder(folder);
  const unfinished = `${target}.${process.pid}.tmp`;
  makeUsableFolder(unfinished);
  const before = `${target}.${process.pid}.old`;
  try {
    const written = await writeAll(unfinished, files);
    if (existsSync(target)) renameSync(target, before);
    renameSync(unfinished, target);
    return written;
  } catch (error) {
    if (existsSync(before) && !existsSync(target)) renameSync(before, target);
    throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
    rmSync(before, { recursive: true, force: true });
  }
}

async function writeAll(folder: string, files: AsyncIterable<ReportFile> | Iterable<ReportFile>): Promise<Written> {
  const made = new Set<string>();
  let count = 0;
  let bytes = 0;
  for await (const { path, content } of files) {
    const file = join(folder, path);
    if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
    made.add(dirname(file));
    writeFileSync(file, content);
    count++;
    bytes += Buffer.byteLength(content);
  }
  return { files: count, bytes };
}

/** @throws Failure unless the folder does not exist, is empty, or holds a report */
export function checkReportFolder(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new Failure(
      `${folder} cannot hold a report: ${code === 'ENOTDIR' ? 'it is a file' : (error as Error).message}.`,
    );
  }
  if (names.length === 0 || isReport(folder)) return;
  throw new Failure(`${folder} holds something else than a report; nothing was written. Name a new folder with --out.`);
}

function isReport(folder: string): boolean {
  try {
    return readFileSync(join(folder, 'index.html'), 'utf8').includes(`<meta name="generator" content="${GENERATOR}">`);
  } catch {
    return false;
  }
}
