import type { Kind } from '../../../domain/collection.ts';
import { InvalidMessage, parseClipInfo, parseEpisodeInfo } from '../../../domain/messages.ts';
import { recordResearch } from '../../../functions/completed-research-archivist/drain.ts';
import { understand } from '../../../functions/completed-research-archivist/understand.ts';
import { archiveMessages } from '../../../functions/curation/archive-messages.ts';
import { assignResearch } from '../../../functions/pending-research-archivist/assign-research.ts';
import type { MemoryQueue, Received } from '../../support/memory/memory-queue.ts';
import { Container, collectionFor, completedQueueFor, deadLettersFor, ledgersFor, pendingQueueFor } from './ports.ts';
import type { Process } from './process.ts';
import { EPOCH, type World } from './world.ts';

const MINUTE = 60_000;

/** The four archivists with what triggers them: two schedules of a minute, two event sources. */
export class Archivists {
  private readonly world: World;
  private readonly random;
  private readonly containers = new Map<string, Container[]>();
  private readonly busy = { clip: 0, episode: 0 };

  constructor(world: World) {
    this.world = world;
    this.random = world.forkRandom();
  }

  start(): void {
    this.schedule('assign', () => this.assign());
    this.schedule('record', () => this.record());
  }

  private schedule(role: 'assign' | 'record', run: () => Promise<void>): void {
    const { world, random } = this;
    const tick = () => {
      world.scheduler.after(world.troubled ? world.plan.habits.everyMs : MINUTE, tick);
      const outage = world.plan.drainOutage;
      const at = world.now - EPOCH;
      if (role === 'record' && outage !== undefined && at >= outage.from && at < outage.to) return;
      const overlapping = world.troubled && random.chance(world.plan.overlap);
      world.scheduler.after(random.int(0, 2_000), () => void run());
      if (overlapping) world.scheduler.after(random.int(0, 30_000), () => void run());
    };
    world.scheduler.after(random.int(1_000, 30_000), tick);
  }

  private assign(): Promise<void> {
    const { world } = this;
    return this.scheduledRun(
      'assign',
      (process, container) =>
        assignResearch({
          collection: collectionFor(world, process, container),
          ledgers: ledgersFor(world, process),
          pendingQueue: pendingQueueFor(world, process),
          settings: world.plan.settings,
          clock: process.clock,
          timeLeft: process.timeLeft,
          newLeaseId: world.newLeaseId,
        }),
      (process, summary) => world.witness?.assignEnds(process, summary),
    );
  }

  private record(): Promise<void> {
    const { world } = this;
    return this.scheduledRun(
      'record',
      (process, container) =>
        recordResearch({
          collection: collectionFor(world, process, container),
          ledgers: ledgersFor(world, process),
          completedQueue: completedQueueFor(world, process),
          deadLetters: deadLettersFor(world, process),
          understanding: async () => ({ understand }),
          settings: world.plan.settings,
          clock: process.clock,
          timeLeft: process.timeLeft,
          runId: process.name,
          visibilityMs: world.plan.drainVisibilityMs,
        }),
      (process, summary) => world.witness?.recordEnds(process, summary),
    );
  }

  /** One run of a schedule, in a container that may be warm; it may be killed, at its time limit for sure. */
  private async scheduledRun<Summary extends { readonly failures: readonly string[] }>(
    role: 'assign' | 'record',
    run: (process: Process, container: Container) => Promise<Summary>,
    ends: (process: Process, summary: Summary) => void,
  ): Promise<void> {
    const { world } = this;
    const { plan } = world;
    const process = world.process(role, plan.skewMs[role], plan.timeoutMs);
    const container = this.containerFor(role);
    container.process = process;
    this.killAtTheLimit(process);
    world.witness?.runBegins(process);
    const summary = await run(process, container).catch((error: unknown) => {
      if (process.alive) world.tell(process.name, `fails: ${String(error)}`);
      this.unexpected(error);
      return undefined;
    });
    if (!process.alive) return;
    process.alive = false;
    this.release(role, container);
    if (summary !== undefined) {
      for (const failure of summary.failures) this.unexpected(failure);
      ends(process, summary);
    }
  }

  /** Something was sent to a curated queue, or may be visible again. */
  curated(kind: Kind, afterMs = 1_000): void {
    this.world.scheduler.after(afterMs, () => void this.takeBatch(kind));
  }

  private async takeBatch(kind: Kind): Promise<void> {
    const { world } = this;
    if (this.busy[kind] >= 2) return this.curated(kind);
    const queue = kind === 'clip' ? world.curatedClips : world.curatedEpisodes;
    const batch = queue.receive();
    if (batch.length === 0) return;
    this.busy[kind]++;
    const role = kind === 'clip' ? 'clips' : 'episodes';
    const process = world.process(role, world.plan.skewMs[role], 60_000);
    this.killAtTheLimit(process);
    let free = false;
    const freed = () => {
      if (!free) this.busy[kind]--;
      free = true;
    };
    world.scheduler.at(process.deadline, freed);
    world.scheduler.after(362_000, () => this.curated(kind));
    await this.archive(kind, batch, queue, process);
    process.alive = false;
    freed();
    if (queue.messages.length > 0) this.curated(kind);
    else if (this.busy[kind] === 0) world.witness?.allArchived(kind);
  }

  private async archive<K extends Kind>(
    kind: K,
    batch: readonly Received[],
    queue: MemoryQueue,
    process: ReturnType<World['process']>,
  ): Promise<void> {
    const { world } = this;
    const records = batch.map(({ id, body, receipt }) => ({ messageId: id, body, receiptHandle: receipt }));
    const { batchItemFailures } = await archiveMessages(kind, records, {
      collection: collectionFor(world, process, new Container(world)),
      ledgers: ledgersFor(world, process),
      clock: process.clock,
      deadLetters: deadLettersFor(world, process),
      readers: async () => ({ parseClipInfo, parseEpisodeInfo, InvalidMessage }),
      refused: () => undefined,
      failed: (_id, error) => this.unexpected(error),
    });
    if (!process.alive) return;
    for (const { id, body, receipt } of batch) {
      if (batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === id)) continue;
      world.witness?.archived(process, kind, body);
      queue.delete(receipt);
    }
  }

  private killAtTheLimit(process: ReturnType<World['process']>): void {
    const { world } = this;
    world.scheduler.at(process.deadline, () => world.kill(process, 'is killed at its time limit'));
  }

  /** Errors that no fault explains are bugs: programming errors never hide among throttling. */
  private unexpected(error: unknown): void {
    const text = String(error);
    if (
      /TypeError|RangeError|ReferenceError|SyntaxError|ValidationException|has no ledger|does not exist|no outcome/.test(
        text,
      )
    ) {
      this.world.violate('NO-BUGS', text);
    }
  }

  private containerFor(role: string): Container {
    const idle = this.containers.get(role) ?? [];
    const warm = this.random.chance(0.9) ? idle.pop() : undefined;
    return warm ?? new Container(this.world);
  }

  private release(role: string, container: Container): void {
    this.containers.set(role, [...(this.containers.get(role) ?? []), container]);
  }
}
