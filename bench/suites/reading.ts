import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, removeCheckout } from '../checkout.ts';
import { atMost, type Figure, rounded } from '../figures.ts';
import { FOUND_BY, foundAt, HALF_DONE, largeArchive, type Size } from '../reading/large-archive.ts';
import { type Timed, timed } from '../reading/timed.ts';

export interface ReadingResult {
  readonly suite: 'reading';
  readonly size: Size;
  readonly commands: readonly {
    readonly name: string;
    readonly now: Timed;
    /** Of the commit it was compared with, on the same archive. */
    readonly before?: Timed;
  }[];
  readonly figures: readonly Figure[];
  /** The machine has a say in seconds. */
  readonly targets: readonly Figure[];
}

export interface ReadingOptions {
  readonly size: Size;
  /** Keeps the archive there for the next run; without it it is made anew. */
  readonly folder?: string | undefined;
  /** A commit to compare with. */
  readonly against?: string | undefined;
}

/** What each command may take of an archive of 4,000 × 10,000 with 160,000 findings, and of one ten times as large. */
const LIMITS: Readonly<Record<string, { readonly seconds: number; readonly megabytes: number }>> = {
  '--help': { seconds: 0.3, megabytes: 200 },
  status: { seconds: 2, megabytes: 300 },
  'findings --clip': { seconds: 1.5, megabytes: 200 },
  'findings --clip, of the most played': { seconds: 2, megabytes: 300 },
  'findings --episode': { seconds: 1.5, megabytes: 200 },
  'findings --since': { seconds: 2, megabytes: 300 },
  'findings --from --to': { seconds: 2, megabytes: 300 },
  'findings --format': { seconds: 2, megabytes: 300 },
  explain: { seconds: 1, megabytes: 300 },
  'list clips': { seconds: 2, megabytes: 300 },
  'list episodes': { seconds: 2, megabytes: 300 },
  'remove clip (asked)': { seconds: 2, megabytes: 300 },
  'remove episode (asked)': { seconds: 2, megabytes: 300 },
  'requeue (asked)': { seconds: 2, megabytes: 300 },
  'requeue --analyzer (asked)': { seconds: 2, megabytes: 300 },
  'requeue --analyzer, everywhere (asked)': { seconds: 2, megabytes: 300 },
  'requeue of every clip (asked)': { seconds: 2, megabytes: 300 },
  'remove every clip (asked)': { seconds: 2, megabytes: 300 },
  'remove every episode (asked)': { seconds: 2, megabytes: 300 },
  'pause every episode (asked)': { seconds: 2, megabytes: 300 },
  'prioritise every episode (asked)': { seconds: 2, megabytes: 300 },
  'unpark (asked)': { seconds: 2, megabytes: 300 },
  report: { seconds: 12, megabytes: 300 },
  export: { seconds: 12, megabytes: 300 },
};
const LARGE = { seconds: 5, megabytes: 600 };
const LARGE_FROM = 10_000;

/** Commands that only read, each a process of its own, on a local archive that runs beside. */
export async function readingSuite(
  root: string,
  { size, folder, against }: ReadingOptions,
  told: (line: string) => void,
): Promise<ReadingResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'archivist-bench-reading-'));
  const dataDir = folder ?? join(scratch, 'archive');
  const archive = await largeArchive(dataDir, size, told);
  const before = against === undefined ? undefined : checkout(root, against, join(scratch, 'before'));
  const where = ['--data', dataDir];
  const half = Math.floor(size.episodes * 0.95);
  // The last week of what was found.
  const lately = new Date(foundAt(Math.floor(size.episodes * HALF_DONE)) - 7 * 24 * 3_600_000).toISOString();
  const m3u = ['--format', 'm3u'];
  const nothing = ['--out', join(scratch, 'removed.jsonl')];
  // What earlier versions did not have, or not in any time.
  const only =
    (...args: string[]) =>
    (version: string) =>
      version === 'now' ? [...args, ...where] : [];
  const commands: [name: string, args: (version: string) => string[]][] = [
    ['--help', () => ['--help']],
    ['status', () => ['status', ...where]],
    ['findings --clip', () => ['findings', '--clip', 'Clip 70', ...where]],
    ['findings --clip, of the most played', () => ['findings', '--clip', 'Clip 1', ...where]],
    ['findings --episode', () => ['findings', '--episode', `Episode ${half}`, ...where]],
    ['findings --since', only('findings', '--since', lately)],
    ['findings --from --to', () => ['findings', '--from', '1951-01-01', '--to', '1951-01-31', '--csv', ...where]],
    ['findings --format', only('findings', '--clip', 'Clip 70', ...m3u)],
    ['explain', () => ['explain', '--episode', `Episode ${half}`, '--clip', `Clip ${size.clips - 7}`, ...where]],
    ['list clips', only('list', 'clips')],
    ['list episodes', only('list', 'episodes')],
    ['remove clip (asked)', only('remove', 'clip', 'Clip 70', ...nothing)],
    ['remove episode (asked)', only('remove', 'episode', `Episode ${half}`, ...nothing)],
    ['requeue (asked)', () => ['requeue', '--clip', 'Clip 70', ...where]],
    ['requeue --analyzer (asked)', () => ['requeue', '--clip', 'Clip 70', '--analyzer', FOUND_BY, ...where]],
    ['requeue --analyzer, everywhere (asked)', only('requeue', '--analyzer', FOUND_BY)],
    ['requeue of every clip (asked)', only('requeue', '--clip', '*')],
    ['remove every clip (asked)', only('remove', 'clip', '*', ...nothing)],
    ['remove every episode (asked)', only('remove', 'episode', '*', ...nothing)],
    ['pause every episode (asked)', only('pause', '--episode', '*')],
    ['prioritise every episode (asked)', only('prioritise', '--episode', '*', '--priority', '5')],
    ['unpark (asked)', () => ['unpark', '--all', ...where]],
    ['report', (version) => ['report', '--out', join(scratch, `report-${version}`), ...where]],
    ['export', (version) => ['export', '--out', join(scratch, `export-${version}`), ...where]],
  ];
  try {
    const measured = [];
    for (const [name, args] of commands) {
      told(`${name} …`);
      // Once before it counts: the code is compiled and the disk is warm in both.
      if (name === '--help') await timed(root, args('now'));
      const now = await timed(root, args('now'));
      measured.push({
        name,
        now,
        ...(before !== undefined && args('before').length > 0 && { before: await timed(before, args('before')) }),
      });
    }
    const large = size.episodes >= LARGE_FROM;
    const targets = measured.flatMap(({ name, now }) => {
      const { seconds, megabytes } = large ? LARGE : LIMITS[name]!;
      const isWhole = name === 'report' || name === 'export';
      return [
        ...(large && isWhole ? [] : [atMost(`${name}: seconds`, seconds, now.seconds)]),
        atMost(`${name}: MB of memory`, megabytes, now.megabytes),
      ];
    });
    for (const { name, now, before: then } of measured) {
      told(`${name}: ${spoken(now)}${then === undefined ? '' : `; before: ${spoken(then)}`}`);
    }
    return { suite: 'reading', size, commands: measured, figures: [], targets };
  } finally {
    await archive.stop();
    if (before !== undefined) removeCheckout(root, before);
    rmSync(scratch, { recursive: true, force: true });
  }
}

const spoken = ({ seconds, processorSeconds, megabytes }: Timed): string =>
  `${rounded(seconds)} s (${rounded(processorSeconds)} s of a processor), ${Math.round(megabytes)} MB`;

/** `4000x10000x160000`: episodes, clips, findings. */
export function sizeOf(text: string): Size {
  const [, episodes = '', clips = '', findings = ''] = /^(\d+)x(\d+)x(\d+)$/.exec(text) ?? [];
  if (findings === '') throw new Error(`A size is episodes x clips x findings, like 4000x10000x160000, not "${text}".`);
  return { episodes: Number(episodes), clips: Number(clips), findings: Number(findings) };
}
