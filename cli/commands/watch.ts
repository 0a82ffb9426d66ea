import { existsSync, type FSWatcher, watch as watchFiles } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { CuratedKind } from '../../curators/curated.ts';
import { PACE, paceOf } from '../../curators/pace.ts';
import { startLocalArchive } from '../../local/archive.ts';
import { askedToEnd } from '../../local/processes/asked-to-end.ts';
import { type ArchiveClient, archiveClient } from '../../operating/archive-client.ts';
import { archiveLocation, type LocationOptions, locationOf } from '../../operating/archive-location.ts';
import { BadUsage, Failure } from '../../operating/failure.ts';
import { spoken } from '../../operating/spoken.ts';
import { counted, detail, shown, tell } from '../../operating/terminal.ts';
import { shownSource } from '../../web/shown-address.ts';
import { workersOption } from '../options.ts';
import { researchUntil } from '../research-session.ts';
import { curateInto } from './curate.ts';

interface WatchOptions extends LocationOptions {
  readonly episodes?: readonly string[];
  readonly clips?: readonly string[];
  readonly workers?: number;
  readonly allowPrivate?: boolean;
  readonly research: boolean;
}

/** Who copies an album into a folder writes for a while: so long nothing may happen before it is read. */
const QUIET_MS = 5_000;
/** Changes that no system tells of, as on network drives. */
const FOLDER_EVERY_MS = 15 * 60_000;

export function watchCommand(command: Command): void {
  workersOption(command)
    .option('--episodes <source...>', 'feeds, folders or files of messages with episodes')
    .option('--clips <source...>', 'the same with clips')
    .option('--no-research', 'only curate, also where the archive is started for it')
    .option('--allow-private', 'fetch media from private addresses too (a NAS, a server of your own)')
    .addHelpText(
      'after',
      `
One process, until Ctrl-C. Feeds are asked at their own pace: the longest of ttl, sy:updatePeriod and Cache-Control,
between five minutes and a day, and an hour where they say nothing. Folders are read when something in them changed.
A local archive that is not running is started in this process, and researched by it. Examples of a systemd unit and a
launchd property list are in docs/watching.md.

Examples:
  $ npm run -s archivist -- watch --data ./archive --episodes https://example.org/feed.xml --clips ./drops
  $ npm run -s archivist -- watch --stack Archivist --episodes https://a.example/feed https://b.example/feed`,
    )
    .action(async (options: WatchOptions) => {
      const sources = [
        ...(options.episodes ?? []).map((source) => ({ kind: 'episodes' as const, source })),
        ...(options.clips ?? []).map((source) => ({ kind: 'clips' as const, source })),
      ];
      if (sources.length === 0) throw new BadUsage('Say what to watch: --episodes, --clips, or both.');
      const abort = new AbortController();
      void askedToEnd().then(() => abort.abort());
      const { client, trouble, stop } = await opened(options);
      try {
        tell(`Watching ${counted(sources.length, 'source')} until Ctrl-C.`);
        const watching = sources.map(({ kind, source }) => watched(client, kind, source, abort.signal));
        await Promise.race([Promise.all(watching), trouble]);
        tell('Ending.');
      } finally {
        abort.abort();
        await stop();
      }
    });
}

interface Opened {
  readonly client: ArchiveClient;
  /** Rejects when the archive, or its researcher, cannot go on; never resolves. */
  readonly trouble: Promise<never>;
  stop(): Promise<void>;
}

/** The archive, started and researched in this process where it does not run. */
async function opened(options: WatchOptions): Promise<Opened> {
  const { data, workers, allowPrivate, research } = options;
  if (data === undefined || options.stack !== undefined || existsSync(join(data, 'stack.json'))) {
    const client = archiveClient(await archiveLocation(options));
    return { client, trouble: new Promise(() => undefined), stop: async () => client.close() };
  }
  const dataDir = resolve(data);
  const archive = await startLocalArchive({
    dataDir,
    settings: {},
    log: tell,
    ...(allowPrivate && { allowPrivateAddresses: true }),
  });
  const client = archiveClient(locationOf(dataDir, archive.stack));
  const view = { researched: () => undefined, doing: (what: string) => detail(shown(what)), stop: () => undefined };
  const session = research ? researchUntil(client, { workers, allowPrivate, failures: new Map(), view }) : undefined;
  const full = archive.trouble.then((why): never => {
    throw new Failure(why);
  });
  const trouble = Promise.race([full, ...(session ? [session.ended.then(() => full)] : [])]);
  // It may come while the sources are being stopped.
  trouble.catch(() => undefined);
  return {
    client,
    trouble,
    stop: async () => {
      try {
        await session?.stop();
      } finally {
        client.close();
        await archive.stop();
      }
    },
  };
}

/** Curates a source again and again until the signal. What fails is told, and tried at the next time. */
async function watched(client: ArchiveClient, kind: CuratedKind, source: string, signal: AbortSignal): Promise<void> {
  const isFeed = /^https?:/i.test(source);
  let pace: number = PACE.usual;
  while (!signal.aborted) {
    const said: { cacheControl?: string; text?: string } = {};
    const changes = isFeed ? undefined : new Changes(source);
    try {
      const { sent } = await curateInto(client, kind, source, {
        signal,
        onPage: ({ cacheControl, text }) => {
          said.cacheControl ??= cacheControl;
          if (text !== undefined) said.text ??= text;
        },
      });
      if (sent > 0) tell(`${shown(shownSource(source))}: ${counted(sent, 'message')} sent.`);
    } catch (error) {
      if (signal.aborted) return;
      tell(`${shown(shownSource(source))}: ${shown((error as Error).message)}`);
    }
    if (changes !== undefined) {
      await changes.settled(signal);
      changes.close();
    } else if (!signal.aborted) {
      pace = paceOf(
        { cacheControl: said.cacheControl ?? '', ...(said.text !== undefined && { text: said.text }) },
        pace,
      );
      detail(`${shown(shownSource(source))} again in ${spoken(pace * 1000)}.`);
      await sleep(pace * 1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Changes of a folder, or a file, from now on: also those that come while it is being read. */
class Changes {
  readonly #settled = new AbortController();
  #watcher: FSWatcher | undefined;
  #quiet: NodeJS.Timeout | undefined;

  constructor(path: string) {
    try {
      this.#watcher = watchFiles(path, { recursive: true, persistent: false }, () => {
        clearTimeout(this.#quiet);
        this.#quiet = setTimeout(() => this.#settled.abort(), QUIET_MS);
      });
      // A folder that goes away is told by the next reading of it.
      this.#watcher.on('error', () => undefined);
    } catch {
      // Not there, or not to be watched: it is looked at from time to time.
    }
  }

  /** Resolves when something has changed and nothing more does, or after a while. */
  async settled(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#settled.signal]);
    await sleep(FOLDER_EVERY_MS, undefined, { signal: either }).catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.#quiet);
    this.#watcher?.close();
  }
}
