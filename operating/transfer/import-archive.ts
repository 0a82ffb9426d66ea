import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Control, NO_CONTROL } from '../../domain/control.ts';
import { counterOf } from '../../functions/stores/entry-item.ts';
import type { ArchiveClient } from '../archive-client.ts';
import type { Change } from '../change.ts';
import { Failure } from '../failure.ts';
import { slowReading } from '../slow-reading.ts';
import { DynamoTransfer } from '../tables/dynamo-transfer.ts';
import { counted, shown } from '../terminal.ts';
import { type Part, READERS } from './lines.ts';
import { FILES, type FileName, MANIFEST, type Manifest, parseManifest } from './manifest.ts';

/** So many things are written at a time. */
const THINGS_A_WRITE = 500;

/**
 * Puts an exported archive into an empty one. Every line is checked before anything is written; while it is written
 * the archive is paused, so that nothing is given out of half of it. One that was broken off is done again from the
 * same export.
 * @throws Failure naming the file and line that are wrong, or what the archive has already
 */
export async function importing(client: ArchiveClient, folder: string): Promise<Change> {
  const manifest = manifestOf(folder);
  const { dynamodb, location, ledgers } = client;
  const { Collection = '', Leases = '' } = location.tables;
  const transfer = new DynamoTransfer(dynamodb, Collection, Leases);
  await expectEmpty(client, transfer, manifest);
  await checkLines(folder, manifest);
  const { counts, leasesLeftOut, control } = manifest;
  const total = FILES.reduce((sum, name) => sum + counts[name], 0);
  return {
    what: `import ${counted(counts.clips, 'clip')}, ${counted(counts.episodes, 'episode')} with their ledgers and ${counted(counts.findings, 'finding')} into ${shown(location.name)}`,
    count: total,
    details: [`  Exported ${manifest.exportedAt} from ${shown(manifest.from)}.`],
    hints: [
      ...(leasesLeftOut > 0
        ? [
            `${counted(leasesLeftOut, 'lease')} that lived in it were left out: their pairs are free, and nobody is charged.`,
          ]
        : []),
      ...(control.paused ? ['The archive is paused, as the exported one was: `resume --all` when all is well.'] : []),
    ],
    apply: async () => {
      await ledgers.changeControl((before) => ({ ...before, paused: true }));
      if ((await transfer.importUnderWay()) === undefined)
        await transfer.beginImport(manifest.id, {
          clip: counterOf(manifest.counters.clip),
          episode: counterOf(manifest.counters.episode),
        });
      const told = slowReading('line', 'written');
      let done = 0;
      for (const name of FILES) await putFile(transfer, folder, name, () => told(++done, total));
      await ledgers.changeControl((before) => imported(before, manifest));
      await transfer.endImport();
      return total;
    },
  };
}

/** What concerns the whole archive, as it was; but of the queue of results of this one nothing is known yet. */
export function imported({ version }: Pick<Control, 'version'>, { control }: Pick<Manifest, 'control'>): Control {
  const { paused, opened, ...rest } = control;
  const reopening = { assignableVersion: opened.members, at: opened.at };
  return { ...NO_CONTROL, ...rest, reopening, version, ...(paused ? { paused: true } : {}) };
}

function manifestOf(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Failure(`${folder} is no exported archive: it has no ${MANIFEST}, which \`export\` writes last.`);
  }
  try {
    return parseManifest(text);
  } catch (error) {
    throw new Failure(`${path} is not as \`export\` writes it: ${shown((error as Error).message)}`);
  }
}

async function expectEmpty(
  { collection, location }: ArchiveClient,
  transfer: DynamoTransfer,
  { id }: Manifest,
): Promise<void> {
  const underWay = await transfer.importUnderWay();
  if (underWay === id) return;
  if (underWay !== undefined) {
    throw new Failure(`Another import into ${location.name} was begun and has not ended: do that one again first.`);
  }
  const [clips, episodes] = await Promise.all([collection.counter('clip'), collection.counter('episode')]);
  if (clips.lastOrdinal === 0 && episodes.lastOrdinal === 0) return;
  throw new Failure(
    `${location.name} is not empty: it has had ${counted(clips.lastOrdinal, 'clip')} and ${counted(episodes.lastOrdinal, 'episode')}. An archive is imported into an empty one; archives are not merged.`,
  );
}

/** @throws Failure for the first line that cannot be imported, or when lines are missing */
async function checkLines(folder: string, { counts }: Manifest): Promise<void> {
  const total = FILES.reduce((sum, name) => sum + counts[name], 0);
  const told = slowReading('line', 'checked');
  let done = 0;
  for (const name of FILES) {
    let lines = 0;
    for await (const _ of partsOf(folder, name)) {
      lines++;
      told(++done, total);
    }
    if (lines === counts[name]) continue;
    throw new Failure(`${join(folder, `${name}.jsonl`)} has ${lines} lines, but ${counts[name]} were exported.`);
  }
}

async function putFile(transfer: DynamoTransfer, folder: string, name: FileName, told: () => void): Promise<void> {
  // One write must not have the same item twice; names come with their entries and by themselves.
  let parts = new Map<string, Part>();
  const write = async () => {
    await transfer.put([...parts.values()]);
    parts = new Map();
  };
  for await (const line of partsOf(folder, name)) {
    for (const part of line) parts.set(keyOf(part), part);
    told();
    if (parts.size >= THINGS_A_WRITE) await write();
  }
  await write();
}

function keyOf(part: Part): string {
  switch (part.kind) {
    case 'clip':
    case 'episode':
      return `${part.kind} ${part.entry.ordinal}`;
    case 'name':
      return `name ${part.name}`;
    case 'ledger':
      return `ledger ${part.ledger.episode}`;
    case 'reason':
      return `reason ${part.episode} ${part.clip}`;
    case 'audit':
      return `audit ${part.entry.at} ${part.entry.id}`;
    case 'finding': {
      const { episode, clip, variant } = part.finding;
      return `finding ${episode} ${clip} ${variant} ${part.supersededAt ?? ''}`;
    }
  }
}

/** What each line of a file stands for. */
async function* partsOf(folder: string, name: FileName): AsyncGenerator<Part[]> {
  const path = join(folder, `${name}.jsonl`);
  const input = createReadStream(path, 'utf8');
  const failed = new Promise<never>((_, reject) =>
    input.once('error', (error) => reject(new Failure(`${path} cannot be read: ${error.message}`))),
  );
  // Whoever reads lines hears of it; nobody else need.
  failed.catch(() => undefined);
  await Promise.race([failed, new Promise((resolve) => input.once('open', resolve))]);
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    let parts: Part[];
    try {
      parts = READERS[name](JSON.parse(text));
    } catch (error) {
      throw new Failure(`${path}, line ${number}: ${shown((error as Error).message)}`);
    }
    yield parts;
  }
}
