import type { ClipEntry } from '../../../domain/collection.ts';
import type { Control } from '../../../domain/control.ts';
import {
  type Collection,
  type CompletedQueue,
  type DeadLetters,
  type LedgerChange,
  type Ledgers,
  type Nominee,
  type PendingQueue,
  VersionConflict,
} from '../../../functions/ports.ts';
import { CachedCatalogue } from '../../../functions/stores/cached-catalogue.ts';
import { shortenLog } from '../../support/memory/memory-state.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** The ports as one run sees them: every call is a step of the world, and a witness looks at what it did. */

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
    const page = (what: string, wanted: (ordinal: number) => boolean) =>
      world.step(running(), what, {}, async () => [...state.clip.values()].filter(({ ordinal }) => wanted(ordinal)));
    this.catalogue = new CachedCatalogue({
      counter: () =>
        world.step(running(), 'read the counter of clips', {}, async () => ({
          ...state.counters.clip,
          log: state.log,
        })),
      all: async () => {
        // Two pages, as a query of the table gives them: what comes in between may be in the second only.
        const pages: ClipEntry[][] = [];
        for (const rest of [1, 0]) pages.push(await page('read a page of clips', (ordinal) => ordinal % 2 === rest));
        return { clips: pages.flat(), unreadable: [] };
      },
      some: async (ordinals) => ({
        clips: await page(`read clips ${ordinals.join(' ')}`, (ordinal) => ordinals.includes(ordinal)),
        unreadable: [],
      }),
      shorten: (log) =>
        world.step(running(), 'shorten the log of the catalogue', { writes: true }, async () => shortenLog(state, log)),
    });
  }
}

export function collectionFor(world: World, process: Process, container: Container): Collection {
  const { collection, state } = world.archive;
  const { witness } = world;
  return {
    owners: (kind, names) => world.step(process, `look up names of ${kind}s`, {}, () => collection.owners(kind, names)),
    claims: (kind, names) => world.step(process, `look up names of ${kind}s`, {}, () => collection.claims(kind, names)),
    entries: (kind, ordinals) =>
      world.step(process, `read ${kind}s ${ordinals.join(' ')}`, {}, () => collection.entries(kind, ordinals)),
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
      return catalogue;
    },
    recordFinding: (finding) =>
      world.step(process, `record a finding of ${finding.episode}×${finding.clip}`, { writes: true }, async () => {
        const outcome = await collection.recordFinding(finding);
        witness?.findingRecorded(process, finding, outcome);
        return outcome;
      }),
    describe: (kind, ordinal, facts) =>
      world.step(process, `describe ${kind} ${ordinal}`, { writes: true }, () =>
        collection.describe(kind, ordinal, facts),
      ),
  };
}

export function ledgersFor(world: World, process: Process): Ledgers {
  const { ledgers, state } = world.archive;
  const { witness } = world;
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
    withLeases: () => world.step(process, 'list the leases', {}, () => ledgers.withLeases()),
    async *nominees(state, options) {
      const page = await world.step(process, `list ${state} episodes`, {}, async () => {
        const nominees: Nominee[] = [];
        for await (const nominee of ledgers.nominees(state, options)) nominees.push(nominee);
        return nominees;
      });
      yield* page;
    },
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
    receive: () => world.step(process, 'receive results', { writes: true }, () => completedQueue.receive()),
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
