import type { ClipEntry } from '../../../domain/collection.ts';
import type { Ledger } from '../../../domain/ledger.ts';
import {
  archivePaused,
  archiveResumed,
  clipRestored,
  clipRetired,
  clipUnparked,
  episodeUnparked,
  held,
  leaseRevoked,
  released,
} from '../../../domain/operating.ts';
import { memoryControl } from '../../support/memory/memory-control.ts';
import type { Random } from './random.ts';
import { shortLease, type World } from './world.ts';

/** Operators hold and release episodes, retire and restore clips, un-park, and pause the archive for a while. */
export class Operators {
  private readonly world: World;
  private readonly random: Random;

  /** Two operators, each of whom begins with the control item as he saw it last. */
  private readonly seats: readonly ReturnType<typeof memoryControl>[];

  constructor(world: World) {
    this.world = world;
    this.seats = [memoryControl(world.archive.state), memoryControl(world.archive.state)];
    this.random = world.forkRandom();
  }

  start(): void {
    const { plan, scheduler } = this.world;
    for (const seat of this.seats) void seat.control();
    for (let index = 0; index < plan.operations; index++) {
      scheduler.after(this.random.int(0, plan.troubleMs), () => void this.operate());
    }
    if (plan.habits.impatience > 0) this.lookForSilence();
  }

  /** Nothing stays held, retired or paused. */
  async releaseAll(): Promise<void> {
    const { state } = this.world.archive;
    this.world.pausedAt = Number.POSITIVE_INFINITY;
    await this.resume(0);
    for (const ledger of [...state.ledgers.values()])
      await this.onLedger(ledger, released(ledger, 'paused'), 'releases');
    for (const clip of [...state.clip.values()]) await this.onClip(clip, clipRestored(clip), 'restores', true);
  }

  private async operate(): Promise<void> {
    const { world, random } = this;
    const { state } = world.archive;
    const episodes = [...state.ledgers.values()];
    const clips = [...state.clip.values()];
    const drawn = random.int(0, 6);
    if (drawn <= 1 && episodes.length > 0) {
      const ledger = random.of(episodes);
      await this.onLedger(ledger, held(ledger, 'paused'), 'holds');
      world.scheduler.after(random.int(5, 40) * 60_000, () => void this.release(ledger.episode));
    } else if (drawn === 2 && clips.length > 1) {
      const clip = random.of(clips);
      await this.onClip(clip, clipRetired(clip), 'retires', false);
    } else if (drawn === 3) {
      const parked = episodes.find((ledger) => ledger.state === 'PARKED');
      if (parked !== undefined) await this.onLedger(parked, episodeUnparked(parked), 'un-parks');
      const clip = clips.find(({ strikes }) => (strikes?.count ?? 0) >= 4);
      if (clip !== undefined) await this.onClip(clip, clipUnparked(clip), 'un-parks', true);
    } else if (drawn === 4) {
      const retired = clips.find((clip) => clip.retired === true);
      if (retired !== undefined) await this.onClip(retired, clipRestored(retired), 'restores', true);
    } else if (drawn === 5) {
      const leased = episodes.find(({ leases }) => leases.length > 0);
      if (leased !== undefined) await this.revoke(leased);
    } else {
      const seat = random.int(0, 1);
      await this.seats[seat]?.changeControl(archivePaused);
      world.pausedAt = world.now;
      world.tell('operator', 'pauses the archive');
      world.scheduler.after(random.int(2, 15) * 60_000, () => {
        world.pausedAt = Number.POSITIVE_INFINITY;
        world.tell('operator', 'resumes the archive');
        void this.resume(1 - seat);
      });
    }
  }

  private async resume(seat: number): Promise<void> {
    const { world } = this;
    await this.seats[seat]?.changeControl(archiveResumed);
    if (world.archive.state.control.paused === true)
      world.violate('VERSION', 'the archive is resumed as an operator saw it last, and stays paused');
  }

  /** Looks at the leases every now and then, as long as there are troubles. */
  private lookForSilence(): void {
    const { world, random } = this;
    if (!world.troubled) return;
    world.scheduler.after(random.int(10_000, 40_000), () => this.lookForSilence());
    const silentMs = world.plan.settings.silenceLimit * 1000;
    for (const ledger of world.archive.state.ledgers.values()) {
      const silent = ledger.leases.find(({ lastSign }) => (lastSign ?? world.now) + silentMs <= world.now);
      if (silent !== undefined && random.chance(world.plan.habits.impatience)) void this.revoke(ledger, silent);
    }
  }

  private async revoke(ledger: Ledger, lease = this.random.of(ledger.leases)): Promise<void> {
    const { world } = this;
    const { id, lastWord } = lease;
    if (lastWord !== undefined) return;
    world.truth.revoke(id, ledger.episode, world.now);
    await this.onLedger(ledger, leaseRevoked(ledger, id, world.now), `revokes ${shortLease(id)} of`);
  }

  private async release(episode: number): Promise<void> {
    const ledger = this.world.archive.state.ledgers.get(episode);
    if (ledger !== undefined) await this.onLedger(ledger, released(ledger, 'paused'), 'releases');
  }

  private async onLedger(before: Ledger, after: Ledger, how: string): Promise<void> {
    if (after === before) return;
    this.world.tell('operator', `${how} episode ${before.episode}`);
    const stored = await this.world.archive.ledgers.write({ ledger: after });
    this.world.witness?.operated(stored);
  }

  private async onClip(before: ClipEntry, after: ClipEntry, how: string, raisesAssignable: boolean): Promise<void> {
    if (after === before) return;
    const { world } = this;
    const change = {
      kind: 'clip',
      entries: [after],
      names: [],
      raisesAssignable,
      raisesCatalogue: true,
      ledgers: [],
    } as const;
    world.tell('operator', `${how} clip ${before.ordinal}`);
    await world.archive.collection.change(change);
    if (after.strikes === undefined) world.truth.strikes.delete(`clip ${before.ordinal}/${before.revision}/0`);
    world.witness?.collectionChanged(world.process('operator', 0), change, [before], []);
  }
}
