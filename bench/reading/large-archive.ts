import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Bitset } from '../../domain/bitset.ts';
import type { Finding } from '../../domain/collection.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import type { Item } from '../../functions/stores/dynamo.ts';
import { findingItem } from '../../functions/stores/finding-item.ts';
import { controlKey } from '../../functions/stores/keys.ts';
import { ledgerItem } from '../../functions/stores/ledger-item.ts';
import { type LocalArchive, startLocalArchive } from '../../local/archive.ts';
import { writeJson } from '../../local/write-json.ts';
import { archiveClient } from '../../operating/archive-client.ts';
import { locationOf } from '../../operating/archive-location.ts';
import { clipItems, episodeItems, syntheticLedger, upTo, writeAll } from '../synthetic.ts';

export interface Size {
  readonly episodes: number;
  readonly clips: number;
  readonly findings: number;
}

/** Tells that a folder holds a whole archive, and of which size. */
const MARKER = 'made.json';

/**
 * A running local archive of the given size: four fifths of the episodes complete, the next eighth half done, the rest
 * untouched. Clips that came first are played most, as in real archives. One that is there already is taken as it is.
 */
export async function largeArchive(dataDir: string, size: Size, told: (line: string) => void): Promise<LocalArchive> {
  const archive = await startLocalArchive({ dataDir, settings: {}, holdSchedules: true, log: told });
  if (existsSync(join(dataDir, MARKER))) return archive;
  const client = archiveClient(locationOf(dataDir, archive.stack));
  const { Collection = '', Leases = '' } = archive.stack.tables;
  try {
    told(`Writing ${size.episodes} episodes, ${size.clips} clips and ${size.findings} findings …`);
    await writeAll(client.dynamodb, Collection, clipItems(size.clips));
    await writeAll(client.dynamodb, Collection, episodeItems(upTo(size.episodes), size.episodes));
    const found = foundIn(size);
    await writeAll(client.dynamodb, Leases, ledgers(size, found));
    await writeAll(client.dynamodb, Collection, findings(found));
    await writeAll(client.dynamodb, Leases, [
      {
        ...controlKey,
        version: 1,
        drainedUntil: 0,
        drains: {},
        opened: { members: size.clips, at: 0 },
        workItems: 0,
        backlogSince: 0,
      },
    ]);
  } finally {
    client.close();
  }
  writeJson(join(dataDir, MARKER), size);
  return archive;
}

/** The analyzer of all findings. */
export const FOUND_BY = 'archivist-analyzer@2';

export const HALF_DONE = 0.92;
const COMPLETE = 0.8;

/** The clips found in each episode, ascending: the same for the same size. */
export function foundIn({ episodes, clips, findings }: Size): Map<number, number[]> {
  const random = randomNumbers(7);
  const withFindings = Math.floor(episodes * HALF_DONE);
  const found = new Map<number, number[]>();
  for (let episode = 1; episode <= withFindings; episode++) {
    const already = Math.floor((findings * (episode - 1)) / withFindings);
    const wanted = Math.floor((findings * episode) / withFindings) - already;
    const among = episode <= episodes * COMPLETE ? clips : clips >> 1;
    const chosen = new Set<number>();
    while (chosen.size < Math.min(wanted, among)) chosen.add(1 + Math.floor(random() ** 3 * among));
    found.set(
      episode,
      [...chosen].sort((a, b) => a - b),
    );
  }
  return found;
}

function* findings(found: ReadonlyMap<number, readonly number[]>): Generator<Item> {
  const random = randomNumbers(8);
  for (const [episode, clips] of found) {
    for (const clip of clips) {
      const offsetsNs = Array.from({ length: 1 + Math.floor(random() ** 3 * 5) }, () => Math.round(random() * 3_590e9));
      const finding: Finding = {
        episode,
        clip,
        offsetsNs: offsetsNs.sort((a, b) => a - b),
        scores: offsetsNs.map(() => Math.round(60 + 40 * random()) / 100),
        episodeFacts: { hash: `${episode}`.padStart(64, '0'), durationNs: 3_600e9 },
        clipFacts: { hash: `${clip}`.padStart(64, '0'), durationNs: 2_500_000_000 },
        researcher: `volunteer-${1 + (episode % 5)}`,
        analyzer: FOUND_BY,
        researchDate: timestampOf(foundAt(episode)),
      };
      yield findingItem(finding, 0);
    }
  }
}

/** An episode an hour. */
export const foundAt = (episode: number): number => Date.UTC(2026, 0, 1) + episode * 3_600_000;

function* ledgers(size: Size, found: ReadonlyMap<number, readonly number[]>): Generator<Item> {
  const now = Date.UTC(2026, 0, 1);
  const half = Bitset.of(upTo(size.clips >> 1));
  const whole = ledgerItem(syntheticLedger(1, 'COMPLETE', { clips: size.clips, now })).researched;
  for (const episode of upTo(size.episodes)) {
    const complete = episode <= size.episodes * COMPLETE;
    const researched = complete || !found.has(episode) ? Bitset.empty : half;
    const state = complete ? 'COMPLETE' : 'OPEN';
    const ledger = syntheticLedger(episode, state, { clips: size.clips, researched, now });
    const clips = Bitset.of(found.get(episode) ?? []);
    const item = ledgerItem({
      ...ledger,
      found: clips,
      foundAt: foundAt(episode),
      foundBy: new Map([[FOUND_BY, clips]]),
    });
    yield complete ? { ...item, researched: whole, found: clips.packed() } : item;
  }
}

/** The same numbers for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
