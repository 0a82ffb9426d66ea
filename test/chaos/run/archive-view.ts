import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../../../domain/ledger.ts';
import type { StackDescription } from '../../../local/stack-description.ts';
import { type ArchiveClient, archiveClient } from '../../../operating/archive-client.ts';
import { locationOf } from '../../../operating/archive-location.ts';
import { type Progress, readProgress } from '../../../operating/reading/progress.ts';
import { isEmpty, queueDepth } from '../../../operating/reading/queue-depths.ts';
import type { Workload } from '../work/workload.ts';

const QUEUES = ['CuratedClips', 'CuratedEpisodes', 'PendingResearch', 'CompletedResearch'] as const;
const LOOK_EVERY_MS = 700;

/** The archive as somebody sees it who asks the emulators themselves, past the proxies. */
export class ArchiveView {
  readonly client: ArchiveClient;
  /** What must never be seen, a line each. */
  readonly violations = new Set<string>();
  progress: Progress | undefined;
  /** The latest that was seen, by episode; looks may overtake each other. */
  readonly #seen = new Map<number, Ledger>();

  constructor(dataDir: string, stack: StackDescription, ports: { readonly sqs: number; readonly dynamodb: number }) {
    const sqs = `http://127.0.0.1:${ports.sqs}`;
    const queues = Object.fromEntries(
      Object.entries(stack.queues).map(([id, url]) => [id, `${sqs}${new URL(url).pathname}`]),
    );
    const dynamodb = { endpoint: `http://127.0.0.1:${ports.dynamodb}` };
    this.client = archiveClient(locationOf(dataDir, { ...stack, queues, sqs: { endpoint: sqs }, dynamodb }));
  }

  /** Looks again and again until the signal; an emulator that is down is looked at later. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
      } catch {
        // Killed, and not yet started again.
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async look(): Promise<Progress> {
    const progress = await readProgress(this.client);
    for (const ledger of progress.ledgers) {
      const before = this.#seen.get(ledger.episode);
      if (before !== undefined && before.version >= ledger.version) continue;
      this.#seen.set(ledger.episode, ledger);
      for (const what of wrongIn(ledger)) this.violations.add(what);
      for (const { ordinal } of progress.catalogue.clips) {
        if (before?.researched.has(ordinal) && !ledger.researched.has(ordinal))
          this.violations.add(`Clip ${ordinal} in episode ${ledger.episode} was researched and is no longer`);
      }
    }
    this.progress = progress;
    return progress;
  }

  /** Everything curated is archived, every pair researched or given up, no lease lives and no message waits. */
  async isFinished({ clips, episodes }: Workload): Promise<boolean> {
    const progress = await this.look();
    if (progress.clips < clips.length || progress.episodes < episodes.length || progress.leases > 0) return false;
    if (progress.researched + progress.givenUp < progress.pairs) return false;
    const { sqs } = this.client;
    const depths = await Promise.all(QUEUES.map((queue) => queueDepth(sqs, this.client.queue(queue))));
    return depths.every(isEmpty);
  }

  /** How far it is, for people. */
  async told(): Promise<string> {
    const { researched = 0, givenUp = 0, pairs = 0, leases = 0 } = this.progress ?? {};
    return `${researched} of ${pairs} pairs researched, ${givenUp} given up, ${leases} leases`;
  }
}

/** A ledger is one item, so what is seen of it was so at one moment. */
function* wrongIn({ episode, leases, researched }: Ledger): Generator<string> {
  const holders = new Map<number, string>();
  for (const { id, left } of leases) {
    for (const clip of left) {
      const other = holders.get(clip);
      if (other !== undefined) yield `Clip ${clip} in episode ${episode} is in two live leases, ${other} and ${id}`;
      if (researched.has(clip)) yield `Clip ${clip} in episode ${episode} is researched and still leased (${id})`;
      holders.set(clip, id);
    }
  }
}
