import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the two scheduled functions told of all their runs; runs that were killed told nothing. */
export interface Told {
  readonly runs: number;
  readonly failedRuns: number;
  readonly duplicates: number;
  readonly late: number;
  readonly lapsed: number;
  readonly revoked: number;
  readonly finished: number;
  readonly unclaimed: number;
  readonly struck: number;
}

interface Line {
  readonly end?: string;
  readonly failures?: readonly string[];
  readonly duplicates?: number;
  readonly late?: number;
  readonly clipsStruck?: number;
  readonly struck?: number;
  readonly ended?: Partial<Record<'lapsed' | 'revoked' | 'finished' | 'unclaimed', number>>;
}

/** Adds up the logs of the functions in the data folder. */
export function toldIn(dataDir: string): Told {
  const told = {
    runs: 0,
    failedRuns: 0,
    duplicates: 0,
    late: 0,
    lapsed: 0,
    revoked: 0,
    finished: 0,
    unclaimed: 0,
    struck: 0,
  };
  for (const line of linesOf(dataDir)) {
    told.runs++;
    if ((line.failures?.length ?? 0) > 0) told.failedRuns++;
    told.duplicates += line.duplicates ?? 0;
    told.late += line.late ?? 0;
    told.struck += (line.clipsStruck ?? 0) + (line.struck ?? 0);
    for (const how of ['lapsed', 'revoked', 'finished', 'unclaimed'] as const) told[how] += line.ended?.[how] ?? 0;
  }
  return told;
}

/** The different failures that runs told, ids left out, with how often. */
export function failuresIn(dataDir: string): [reason: string, times: number][] {
  const times = new Map<string, number>();
  for (const { failures = [] } of linesOf(dataDir)) {
    for (const failure of failures) {
      const reason = failure.replaceAll(/[0-9a-f-]{36}|\d+/g, '#');
      times.set(reason, (times.get(reason) ?? 0) + 1);
    }
  }
  return [...times].sort((a, b) => b[1] - a[1]);
}

function* linesOf(dataDir: string): Generator<Line> {
  for (const name of ['PendingResearchArchivist', 'CompletedResearchArchivist']) {
    for (const path of [`${name}.log.1`, `${name}.log`].map((file) => join(dataDir, 'logs', file))) {
      if (!existsSync(path)) continue;
      for (const text of readFileSync(path, 'utf8').split('\n')) {
        if (!text.startsWith('{')) continue;
        try {
          const line = JSON.parse(text) as Line;
          if (line.end !== undefined) yield line;
        } catch {
          // Cut off by a kill.
        }
      }
    }
  }
}
