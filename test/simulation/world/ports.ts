import type { Control } from '../../../domain/control.ts';
import {
  type Collection,
  type CompletedQueue,
  type DeadLetters,
  type LedgerChange,
  type Ledgers,
  type PendingQueue,
  VersionConflict,
} from '../../../functions/ports.ts';
import { CachedCatalogue } from '../../../functions/stores/cached-catalogue.ts';
import { everyClip, MemoryCollection, someClips } from '../../support/memory/memory-collection.ts';
import { MemoryLedgers } from '../../support/memory/memory-ledgers.ts';
import { MemoryReads } from '../../support/memory/memory-reads.ts';
import { shortenLog } from '../../support/memory/memory-state.ts';
import type { Process } from './process.ts';
import { RECEIVE, type World } from './world.ts';

/** The ports as one run sees them: every call is a step of the world, and a witness looks at what it did. */

/** Each page of a query and each batch of keys is a step; pages are as small as the plan says, and batches are cut now and then. */
function readsFor(world: World, process: () => Process): MemoryReads {
  return new MemoryReads({
    pageBytes: world.plan.pageBytes,
    unprocessed: (keys) => (keys > 0 && world.partly() ? (keys + 1) >> 1 : 0),
    call: (what, answer) => world.step(process(), what, {}, answer),
  });
}

/** What stays in a warm function between its runs. */
export class Container {
  process: Process | undefined;
  readonly catalogue: CachedCatalogue;

  constructor(world: World) {
    const running = () => {
      if (this.process === undefined) throw new Error('A container without a run');
      return this.process;
    };
    const { state } = world.archive;
    const reads = readsFor(world, running);
    this.catalogue = new CachedCatalogue({
      counter: () =>
        world.step(running(), 'read the counter of clips', {}, async () => ({
          ...state.counters.clip,
          log: state.log,
        })),
      all: async () => ({ clips: await everyClip(state, reads), unreadable: [] }),
      some: async (ordinals) => ({ clips: await someClips(state, reads, ordinals), unreadable: [] }),
      shorten: (log) =>
        world.step(running(), 'shorten the log of the catalogue', { writes: true }, async () => shortenLog(state, log)),
    });
  }
}

export function collectionFor(world: World, process: Process, container: Container): Collection {
  const { collection, ledgers, state } = world.archive;
  const { witness } = world;
  const reading = new MemoryCollection(
    state,
    ledgers,
    readsFor(world, () => process),
  );
  return {
    owners: (kind, names) => reading.owners(kind, names),
    claims: (kind, names) => reading.claims(kind, names),
    entries: (kind, ordinals) => reading.entries(kind, ordinals),
    counter: (kind) => world.step(process, `read the counter of ${kind}s`, {}, () => collection.counter(kind)),
    change: (change) =>
      world.step(process, `change ${change.kind}s`, { writes: true, conditional: true }, async () => {
        const ledgers = change.ledgers.map(({ episode }) => state.ledgers.get(episode));
        const entries = change.entries.map(({ ordinal }) => state[change.kind].get(ordinal));
        await collection.change(change);
        witness?.collectionChanged(process, change, entries, ledgers);
      }),
    touch: (kind, entry) =>
      world.step(process, `touch ${kind} ${entry.ordinal}`, { writes: true, conditional: true }, () =>
        collection.touch(kind, entry),
      ),
    async catalogue() {
      container.process = process;
      const since = state.counters.clip.catalogueVersion;
      const catalogue = await container.catalogue.read();
      process.catalogue = catalogue;
      witness?.catalogueRead(process, catalogue, since);
      world.onCatalogueRead();
      return catalogue;
    },
    recordFinding: (finding) =>
      world.step(process, `record a finding of ${finding.episode}×${finding.clip}`, { writes: true }, async () => {
        const outcome = await collection.recordFinding(finding);
        witness?.findingRecorded(process, finding, outcome);
        return outcome;
      }),
    hasFinding: (finding) =>
      world.step(process, `look for a finding of ${finding.episode}×${finding.clip}`, {}, () =>
        collection.hasFinding(finding),
      ),
    describe: (kind, ordinal, facts) =>
      world.step(process, `describe ${kind} ${ordinal}`, { writes: true }, async () => {
        await collection.describe(kind, ordinal, facts);
        witness?.described(kind, ordinal);
      }),
  };
}

export function ledgersFor(world: World, process: Process): Ledgers {
  const { ledgers, state, index } = world.archive;
  const { witness } = world;
  const reading = new MemoryLedgers(
    state,
    index,
    readsFor(world, () => process),
  );
  const control = () => world.step(process, 'read the control item', {}, () => ledgers.control());
  return {
    read: (episode) => world.step(process, `read ledger ${episode}`, {}, () => ledgers.read(episode)),
    write: (change: LedgerChange) =>
      world.step(process, `write ledger ${change.ledger.episode}`, { writes: true, conditional: true }, async () => {
        const before = state.ledgers.get(change.ledger.episode);
        const clips = (change.clips ?? []).map(({ ordinal }) => state.clip.get(ordinal));
        const stored = await ledgers.write(change);
        witness?.ledgerWritten(process, before, stored, change, clips);
        return stored;
      }),
    withLeases: () => reading.withLeases(),
    nominees: (state, options) => reading.nominees(state, options),
    setAside: (episode, position) =>
      world.step(process, `set episode ${episode} resting`, { writes: true }, async () => {
        const before = state.ledgers.get(episode)?.state;
        await ledgers.setAside(episode, position);
        process.disturbed = true;
        witness?.setAside(process, episode, before);
      }),
    async control() {
      const read = await control();
      process.control ??= read;
      process.horizon = Math.min(process.clock(), read.drainedUntil);
      return read;
    },
    async changeControl(change: (control: Control) => Control) {
      for (;;) {
        const read = await control();
        const next = change(read);
        if (next === read) return read;
        try {
          return await world.step(process, 'write the control item', { writes: true, conditional: true }, async () => {
            if (state.control.version !== read.version) throw new VersionConflict('The control item is newer');
            const stored = await ledgers.changeControl(() => next);
            witness?.controlWritten(process, read, stored);
            return stored;
          });
        } catch (error) {
          if (!(error instanceof VersionConflict)) throw error;
        }
      }
    },
  };
}

export function pendingQueueFor(world: World, process: Process): PendingQueue {
  const { pendingQueue, pendingMessages } = world.archive;
  return {
    send: (items) =>
      world.step(process, `send ${items.length} work items`, { writes: true }, async () => {
        const sent = world.partly() ? items.slice(0, items.length >> 1) : items;
        for (const item of sent) world.witness?.workItemSent(process, item);
        const refused = await pendingQueue.send(sent);
        if (sent !== items) {
          process.disturbed = true;
          world.tell(process.name, `sends ${sent.length} of ${items.length} work items only`);
          throw new Error('A part of the batch failed');
        }
        return refused;
      }),
    visible: () =>
      world.step(process, 'count the waiting work items', {}, async () => {
        const visible = pendingMessages.visible();
        world.witness?.counted(process, visible);
        return visible;
      }),
  };
}

export function completedQueueFor(world: World, process: Process): CompletedQueue {
  const { completedQueue } = world.archive;
  return {
    receive: () =>
      world.step(process, RECEIVE, { writes: true }, async () => {
        const messages = await completedQueue.receive();
        for (const { id } of messages) process.received.add(id);
        return messages;
      }),
    delete: (receipts) =>
      world.step(process, `delete ${receipts.length} results`, { writes: true }, async () => {
        const done = world.partly() ? receipts.slice(0, receipts.length >> 1) : receipts;
        for (const receipt of done) world.witness?.acknowledged(process, receipt);
        await completedQueue.delete(done);
        if (done !== receipts) process.disturbed = true;
        return receipts.slice(done.length);
      }),
  };
}

export function deadLettersFor(world: World, process: Process): DeadLetters {
  return {
    send: (body, reason) =>
      world.step(process, 'send a dead letter', { writes: true }, async () => {
        world.witness?.givenUp(process, body, reason);
        await world.archive.deadLetters.send(body, reason);
      }),
  };
}
