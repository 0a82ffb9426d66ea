import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CurateOptions, curate } from '../../../curators/curate.ts';
import type { Curated, CuratedMessage, Problem } from '../../../curators/curated.ts';
import type { EpisodeInfo } from '../../../domain/messages.ts';

export const NOW = new Date('2025-06-01T12:00:00Z');

/** When the files of the tests were last modified, unless a test says otherwise. */
export const MODIFIED = new Date('2024-06-01T00:00:00Z');

/** A folder for each test, removed after it. */
export function scratch(): {
  path: (name: string) => string;
  write: (name: string, content: string | Uint8Array, modified?: Date) => string;
} {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'curators-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = (name: string) => join(folder, name);
  return {
    path,
    write: (name, content, modified = MODIFIED) => {
      writeFileSync(path(name), content);
      utimesSync(path(name), modified, modified);
      return path(name);
    },
  };
}

export interface Everything {
  readonly infos: EpisodeInfo[];
  readonly problems: Problem[];
  readonly notices: readonly string[];
}

export type Options = Partial<CurateOptions>;

/** All that a run gives; confirmed and saved, as `sendCurated` would. */
export async function curated(source: string, options: Options = {}): Promise<Everything> {
  const curation = curate(source, { kind: 'episodes', now: NOW, ...options });
  const results: Curated[] = [];
  for await (const result of curation) results.push(result);
  const infos = results.flatMap((result) => (result.ok ? [result.info] : []));
  curation.confirm(infos);
  await curation.save();
  const problems = results.filter((result) => !result.ok);
  return { infos: infos as EpisodeInfo[], problems, notices: curation.notices };
}

/** The only message of a source without problems. */
export async function onlyOne(source: string, options: Options = {}): Promise<EpisodeInfo> {
  const { infos, problems } = await curated(source, options);
  expect(problems).toEqual([]);
  expect(infos).toHaveLength(1);
  return infos[0]!;
}

/** The only problem of a source without messages. */
export async function onlyProblem(source: string, options: Options = {}): Promise<Problem> {
  const { infos, problems } = await curated(source, options);
  expect(infos).toEqual([]);
  expect(problems).toHaveLength(1);
  return problems[0]!;
}

export function titles(infos: readonly CuratedMessage[]): string[] {
  return infos.map(({ title }) => title);
}
