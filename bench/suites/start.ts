import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atMost, type Figure, rounded } from '../figures.ts';
import { bundlesIn, loaded } from '../start/bundles.ts';

export interface StartResult {
  readonly suite: 'start';
  readonly bundles: readonly {
    readonly name: string;
    readonly bytes: number;
    /** Medians of twenty fresh processes, ms. */
    readonly loadMs: number;
    readonly loadCpuMs: number;
    /** By those of the empty handler with the same clients. */
    readonly beside: string;
    readonly bytesRatio: number;
    readonly loadCpuRatio: number;
  }[];
  readonly figures: readonly Figure[];
  /** Of the four archivists. */
  readonly targets: readonly Figure[];
}

const PROCESSES = 20;
/** The empty handler has no more credential providers than the others. */
const BYTES_TARGET = 1.6;
const TARGET = 1.15;

/** How large the bundles are and how long they take to load, beside a handler that does nothing with the same clients. */
export async function startSuite(root: string): Promise<StartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-bench-start-'));
  try {
    const bundles = await bundlesIn(root, folder);
    const times = bundles.map(() => ({ ms: [] as number[], cpuMs: [] as number[] }));
    // In turns, so that whatever else runs meanwhile slows all of them.
    for (let process = 0; process < PROCESSES; process++) {
      for (const [index, bundle] of bundles.entries()) {
        const { ms, cpuMs } = loaded(root, bundle);
        times[index]?.ms.push(ms);
        times[index]?.cpuMs.push(cpuMs);
      }
    }
    const medians = times.map(({ ms, cpuMs }) => ({ ms: median(ms), cpuMs: median(cpuMs) }));
    const emptyOf = bundles.map(({ beside }) => bundles.findIndex(({ name }) => name === beside));
    const measured = bundles.map(({ name, beside, bytes }, index) => ({
      name,
      beside,
      bytes,
      loadMs: rounded(medians[index]?.ms ?? 0),
      loadCpuMs: rounded(medians[index]?.cpuMs ?? 0),
      bytesRatio: rounded(bytes / (bundles[emptyOf[index] ?? 0]?.bytes ?? 1)),
      loadCpuRatio: rounded((medians[index]?.cpuMs ?? 0) / (medians[emptyOf[index] ?? 0]?.cpuMs ?? 1)),
    }));
    const archivists = measured.filter(({ name }) => name.endsWith('Archivist'));
    const most = (of: (one: (typeof measured)[number]) => number) => Math.max(...archivists.map(of));
    return {
      suite: 'start',
      bundles: measured,
      figures: [],
      targets: [
        atMost(
          'bytes of the largest bundle by those of the empty one',
          BYTES_TARGET,
          most(({ bytesRatio }) => bytesRatio),
        ),
        atMost(
          'time of a processor to load it, likewise',
          TARGET,
          most(({ loadCpuRatio }) => loadCpuRatio),
        ),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
