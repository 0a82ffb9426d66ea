import * as z from 'zod/mini';

/** The files of an exported archive, in the order in which they are imported. */
export const FILES = ['clips', 'episodes', 'names', 'findings', 'ledgers', 'audit'] as const;
export type FileName = (typeof FILES)[number];

export const MANIFEST = 'archive.json';
export const FORMAT = 'archivist-export-1';

const count = z.int().check(z.nonnegative());
/** In the words of the format: `members` is the assignable version, `content` that of the catalogue. */
const counter = z.object({ lastOrdinal: count, members: count, content: count });

const manifest = z.object({
  format: z.literal(FORMAT),
  /** Of this export. */
  id: z.string(),
  exportedAt: z.string(),
  /** The archive it was exported from, as people named it. */
  from: z.string(),
  counts: z.object({ clips: count, episodes: count, names: count, findings: count, ledgers: count, audit: count }),
  /** Leases that lived then; they are not in the export. */
  leasesLeftOut: count,
  counters: z.object({ clip: counter, episode: counter }),
  control: z.object({
    opened: z.object({ members: count, at: count }),
    workItems: count,
    backlogSince: count,
    paused: z.boolean(),
  }),
});

/** What an export is, written when all of its files are. */
export type Manifest = z.output<typeof manifest>;

/** @throws Error naming the field that is wrong */
export function parseManifest(text: string): Manifest {
  const result = manifest.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is wrong'}`);
}
