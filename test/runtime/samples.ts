import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../local/project.ts';
import type { Expected } from './judge.ts';

const batch = (summary: Readonly<Record<string, number>>) => ({
  ...{ inserted: 0, updated: 0, touched: 0, unchanged: 0, refused: 0, failed: 0 },
  ...summary,
});

/** What comes of each sample event on a fresh archive, in this order: service, then file. */
export const EXPECTED: Readonly<Record<string, Readonly<Record<string, Expected['answer']>>>> = {
  'clips-archivist': {
    'good-and-bad.json': batch({ received: 4, inserted: 2, refused: 2 }),
    'one-clip.json': batch({ received: 1, inserted: 1 }),
  },
  'episodes-archivist': {
    'good-and-bad.json': batch({ received: 3, inserted: 2, refused: 1 }),
    'one-episode.json': batch({ received: 1, inserted: 1 }),
  },
  'completed-research-archivist': { 'scheduled.json': { end: 'queue empty', received: 0, failures: [] } },
  'pending-research-archivist': { 'scheduled.json': { published: 1, clipsLeased: 3, failures: [] } },
  researcher: { 'item-past-its-deadline.json': { items: 0, dropped: 1, unreadable: 0 } },
  'feed-curator': { 'scheduled.json': { end: 'all feeds curated', feeds: 1, sent: 3, failures: [] } },
};

/** Their events are those of queues, with records: all others are refused. */
export const OF_QUEUES = ['clips-archivist', 'episodes-archivist', 'researcher'];

/** File → JSON text. @throws Error when there is an event of which nobody said what comes of it, or none where one is expected */
export function sampleEvents(service: string): ReadonlyMap<string, string> {
  const folder = join(projectDir, 'functions', service, 'events');
  const files = readdirSync(folder).sort();
  const expected = Object.keys(EXPECTED[service] ?? {}).sort();
  if (files.join() !== expected.join())
    throw new Error(`${service} has the events ${files.join(', ')}, and ${expected.join(', ')} are expected.`);
  return new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}
