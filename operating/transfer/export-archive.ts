import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, createWriteStream, existsSync, readdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { makeUsableFolder } from '../../disk/usable-folder.ts';
import type { ClipEntry, EpisodeEntry, Kind } from '../../domain/collection.ts';
import { type Ledger, newLedger, opened } from '../../domain/ledger.ts';
import { rankOf } from '../../domain/order.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import { counterAttributes } from '../../functions/stores/entry-item.ts';
import { writeJson } from '../../local/write-json.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { Failure } from '../failure.ts';
import { slowReading } from '../slow-reading.ts';
import { DynamoTransfer, type Stored } from '../tables/dynamo-transfer.ts';
import { auditLine, entryLine, findingLine, ledgerLine, nameLine } from './lines.ts';
import { FILES, type FileName, FORMAT, MANIFEST, type Manifest } from './manifest.ts';

/** For who exports, and nobody else. */
const OWN_FOLDER = 0o700;
const OWN_FILE = 0o600;

export interface Exported {
  readonly manifest: Manifest;
  /** What was damaged and is not in it. */
  readonly damaged: readonly string[];
}

/**
 * Writes an archive to a folder: a file of JSON Lines for each sort of thing, and last of all what it is. Addresses of media and
 * names of sources are whole in it, with the keys that some have: nobody else may read the files.
 *
 * The archive may go on meanwhile. Ledgers are read before findings, so that no pair is researched in the export
 * without its finding; and the counters last, so that they are behind nothing that ledgers were judged by.
 * @throws Failure when the folder has something in it
 */
export async function exportArchive(client: ArchiveClient, folder: string): Promise<Exported> {
  const { collection, ledgers, dynamodb, location } = client;
  const { Collection = '', Leases = '' } = location.tables;
  const transfer = new DynamoTransfer(dynamodb, Collection, Leases);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Failure(`${folder} is not empty. Name a folder that does not exist yet.`);
  }
  const isNew = !existsSync(folder);
  makeUsableFolder(folder);
  if (isNew) chmodSync(folder, OWN_FOLDER);
  const files = Object.fromEntries(FILES.map((name) => [name, new LinesFile(join(folder, `${name}.jsonl`))])) as Record<
    FileName,
    LinesFile
  >;
  const damaged: string[] = [];

  const control = await ledgers.control();
  const known = new Map<number, Ledger>();
  const reasons = new Map<number, Map<number, string>>();
  for await (const some of transfer.everyLedger()) {
    for (const stored of some) {
      if (stored.kind === 'ledger') known.set(stored.ledger.episode, stored.ledger);
      if (stored.kind === 'audit') await files.audit.write(auditLine(stored.entry));
      if (stored.kind === 'unreadable') damaged.push(stored.reason);
      if (stored.kind === 'reason') {
        const ofEpisode = reasons.get(stored.episode) ?? new Map<number, string>();
        reasons.set(stored.episode, ofEpisode.set(stored.clip, stored.reason));
      }
    }
  }

  let leasesLeftOut = 0;
  const write = async (kind: Kind, entry: ClipEntry | EpisodeEntry): Promise<void> => {
    await files[kind === 'clip' ? 'clips' : 'episodes'].write(entryLine(entry));
    if (kind === 'clip') return;
    const { ordinal } = entry;
    // One whose ledger is damaged, or came since, begins anew: what was found in it will be found to be known.
    const ledger = known.get(ordinal) ?? newLedger(ordinal, rankOf(entry), entry.revisedAt);
    known.delete(ordinal);
    leasesLeftOut += ledger.leases.filter(({ left }) => left.length > 0).length;
    const free = ledger.leases.length === 0 ? ledger : opened({ ...ledger, leases: [] });
    await files.ledgers.write(ledgerLine(free, reasons.get(ordinal) ?? new Map()));
  };

  const before = await countersOf(collection);
  const take = async (stored: Stored): Promise<void> => {
    if (stored.kind === 'clip' || stored.kind === 'episode') {
      // What came since is read once more, below.
      if (stored.entry.ordinal <= before[stored.kind].lastOrdinal) await write(stored.kind, stored.entry);
    }
    if (stored.kind === 'name') await files.names.write(nameLine(stored.name, stored.claim));
    if (stored.kind === 'unreadable') damaged.push(stored.reason);
  };
  for await (const some of transfer.everyEntry(slowReading('thing'))) {
    const findings: object[] = [];
    for (const stored of some) {
      if (stored.kind === 'finding') findings.push(findingLine(stored.finding, stored.supersededAt));
      else await take(stored);
    }
    await files.findings.write(...findings);
  }
  const counters = await countersOf(collection);
  // Their names may be among those that were read: a name that leads nowhere would refuse its entry for ever.
  for (const kind of ['clip', 'episode'] as const) {
    const came = between(before[kind].lastOrdinal, counters[kind].lastOrdinal);
    for (const entry of (await collection.entries(kind, came)).values()) await write(kind, entry);
  }

  const counts = {} as Record<FileName, number>;
  for (const name of FILES) counts[name] = await files[name].end();

  const { reopening, workItems, backlogSince, paused = false } = control;
  const manifest: Manifest = {
    format: FORMAT,
    id: randomUUID(),
    exportedAt: timestampOf(Date.now()),
    from: location.name,
    counts,
    leasesLeftOut,
    counters,
    control: { opened: { members: reopening.assignableVersion, at: reopening.at }, workItems, backlogSince, paused },
  };
  writeJson(join(folder, MANIFEST), manifest, OWN_FILE);
  return { manifest, damaged };
}

async function countersOf(collection: ArchiveClient['collection']): Promise<Manifest['counters']> {
  const [clip, episode] = await Promise.all([collection.counter('clip'), collection.counter('episode')]);
  return { clip: counterAttributes(clip), episode: counterAttributes(episode) };
}

/** The ordinals after `last` up to `latest`. */
const between = (last: number, latest: number): number[] =>
  Array.from({ length: latest - last }, (_, index) => last + 1 + index);

/** A file that is written a line at a time, as fast as the disk takes them. */
class LinesFile {
  private readonly stream: WriteStream;
  private lines = 0;

  constructor(path: string) {
    this.stream = createWriteStream(path, { flags: 'wx', mode: OWN_FILE });
  }

  async write(...lines: readonly object[]): Promise<void> {
    if (lines.length === 0) return;
    this.lines += lines.length;
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }

  /** @returns how many lines it has */
  async end(): Promise<number> {
    this.stream.end();
    await finished(this.stream);
    return this.lines;
  }
}
