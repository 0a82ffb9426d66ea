import { type FileHandle, open, rm } from 'node:fs/promises';
import type { ClipEntry, EpisodeEntry, Kind } from '../domain/collection.ts';
import { toJson } from '../domain/messages.ts';
import { inParallel } from '../functions/runtime/in-parallel.ts';
import type { ArchiveClient } from './archive-client.ts';
import { findingCount, findingsInEpisode, findingsInEpisodes, findingsOfClip } from './reading/findings.ts';
import { foundLedgers } from './reading/found-ledgers.ts';
import { slowReading } from './slow-reading.ts';
import type { StoredFinding } from './tables/dynamo-operations.ts';

type AnyEntry = ClipEntry | EpisodeEntry;

const AT_A_TIME = 16;

/**
 * How many findings go with each entry, by ordinal: as ledgers tell it, and of entries that are removed already what is left
 * of them, which no ledger knows of.
 */
export async function findingsToGo(
  client: ArchiveClient,
  kind: Kind,
  entries: readonly AnyEntry[],
): Promise<ReadonlyMap<number, number>> {
  const there = new Set(entries.flatMap(({ ordinal, removed }) => (removed === true ? [] : [ordinal])));
  const counts = new Map<number, number>();
  const add = (ordinal: number, count: number) => counts.set(ordinal, (counts.get(ordinal) ?? 0) + count);
  if (there.size > 0) {
    for (const { episode, found } of await foundLedgers(client, kind === 'episode' ? { among: there } : {})) {
      const clips = found ?? (await clipsFoundIn(client, episode));
      if (kind === 'episode') add(episode, found?.size ?? [...clips].length);
      else for (const clip of clips) if (there.has(clip)) add(clip, 1);
    }
  }
  const before = entries.filter(({ removed }) => removed === true);
  await inParallel(before, AT_A_TIME, async ({ ordinal }) => {
    add(ordinal, await findingCount(client, kind, ordinal));
  });
  return counts;
}

/** Of an episode whose ledger does not keep it. */
async function clipsFoundIn(client: ArchiveClient, episode: number): Promise<Set<number>> {
  const clips = new Set<number>();
  for await (const { clip } of findingsInEpisode(client, episode)) clips.add(clip);
  return clips;
}

/** So many entries are read whole at a time. */
const ENTRIES_A_READ = 100;
/** So many findings are held at a time. */
const FINDINGS_A_PIECE = 500;

/** Only for who removes: addresses are whole in it. */
const OWN_FILE = 0o600;

/**
 * Writes entries with what was found of them to a new file, a JSON line each, as it is read: a clip may have tens of thousands of
 * findings, and an archive millions. Where it fails, there is no file.
 */
export async function writeRemoved(
  client: ArchiveClient,
  kind: Kind,
  ordinals: readonly number[],
  out: string,
): Promise<void> {
  const file = await open(out, 'wx', OWN_FILE);
  try {
    const told = slowReading(kind);
    let done = 0;
    for (let start = 0; start < ordinals.length; start += ENTRIES_A_READ) {
      const some = ordinals.slice(start, start + ENTRIES_A_READ);
      // With their descriptions, which nothing else keeps.
      const entries: ReadonlyMap<number, AnyEntry> = await client.collection.entries(kind, some);
      const pieces = kind === 'clip' ? undefined : findingsInEpisodes(client, some);
      for (const ordinal of some) {
        const info = entries.get(ordinal)?.info;
        const head = JSON.stringify({ kind, id: ordinal, info: info && toJson(info) });
        const found = pieces === undefined ? piecesOfClip(client, ordinal) : [(await pieces.next()).value ?? []];
        await writeLine(file, `${head.slice(0, -1)},"findings":[`, found, ']}\n');
        told(++done, ordinals.length);
      }
    }
    await file.sync();
  } catch (error) {
    await rm(out, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function* piecesOfClip(client: ArchiveClient, clip: number): AsyncGenerator<readonly StoredFinding[]> {
  let piece: StoredFinding[] = [];
  for await (const finding of findingsOfClip(client, clip)) {
    piece.push(finding);
    if (piece.length < FINDINGS_A_PIECE) continue;
    yield piece;
    piece = [];
  }
  yield piece;
}

type Pieces = AsyncIterable<readonly StoredFinding[]> | Iterable<readonly StoredFinding[]>;

async function writeLine(file: FileHandle, head: string, pieces: Pieces, end: string): Promise<void> {
  let text = head;
  let isFirst = true;
  for await (const piece of pieces) {
    const list = piece.map((one) => JSON.stringify(one)).join(',');
    await file.appendFile(text);
    text = `${isFirst || list === '' ? '' : ','}${list}`;
    isFirst &&= list === '';
  }
  await file.appendFile(`${text}${end}`);
}
