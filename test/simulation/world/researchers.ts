import {
  type ClipToFind,
  type CompletedResearchItem,
  type PendingResearchItem,
  parsePendingResearchItem,
} from '../../../domain/messages.ts';
import type { ResearcherKind } from './plan.ts';
import type { Random } from './random.ts';
import { Together } from './together.ts';
import { factsOf, playsAt } from './truth.ts';
import { Voice } from './voice.ts';
import { shortLease, type World } from './world.ts';

export interface Habits {
  /** How long a clip takes, ms. */
  readonly paceMs?: number;
  /** When it comes, ms from now. */
  readonly comesAfterMs?: number;
  /** From its end, or its death, to the next question for work, ms. */
  readonly pauseMs?: number;
  /** It dies after so many clips of each work item. */
  readonly diesAfter?: number;
  /** Whether whoever works on the clip in the episode ends there; by default the clip's file tells. */
  readonly endsAt?: (clip: ClipToFind, episode: PendingResearchItem['episode']) => boolean;
  /** Nothing can be fetched now. */
  readonly hostDown?: () => boolean;
  /** It reports several clips together. */
  readonly together?: boolean;
  /** The chance that it forgets, dying, what it was at. */
  readonly forgets?: number;
}

/** Whose reports are not about to go wrong may hold them back for so long at most. */
const HELD_BACK_MS = 5_000;
/** What tells its clip by names comes so late at most. */
const BY_NAME_LATE_MS = 20 * 60_000;
const TOGETHER: readonly ResearcherKind[] = [
  'healthy',
  'slow',
  'dies after some clips',
  'dies on receipt',
  'hangs but ticks',
  'fails everything',
];
const NOTHING_FOUND = {
  clipDuration: 0,
  clipHash: '',
  clipOffsets: [],
  clipScores: [],
  clipHeardFrom: [],
  clipHeardTo: [],
  failure: '',
};

/** A researcher that lives, dies and comes back. */
export class Researcher {
  readonly name: string;
  kind: ResearcherKind;
  private readonly world: World;
  private readonly random: Random;
  private readonly voice: Voice;
  private readonly skewMs: number;
  /** How long a clip takes, ms. */
  private readonly paceMs: number;
  private readonly habits: Habits;
  private readonly endsAt: NonNullable<Habits['endsAt']>;
  /** Reports several clips together, and remembers over its own death what it was at. */
  private readonly together: boolean;
  private held: Together | undefined;
  private fell: { readonly item: PendingResearchItem; readonly clip: ClipToFind } | undefined;
  private readonly feared = new Set<string>();
  private retired = false;
  deaths = 0;
  items = 0;
  reports = 0;

  constructor(world: World, name: string, kind: ResearcherKind, habits: Habits = {}) {
    this.world = world;
    this.habits = habits;
    this.endsAt = habits.endsAt ?? (({ mediaUri }) => mediaUri.includes('killer'));
    this.name = name;
    this.kind = kind;
    this.random = world.forkRandom();
    const { researcherSkewMs, settings } = world.plan;
    this.skewMs = this.random.int(-researcherSkewMs, researcherSkewMs);
    this.voice = new Voice(world, name, this.random, this.skewMs);
    const heartbeatMs = settings.heartbeat * 1000;
    const paceMs =
      kind === 'slow' ? this.random.int(heartbeatMs, 4 * heartbeatMs) : this.random.int(1_000, heartbeatMs / 4);
    this.paceMs = habits.paceMs ?? paceMs;
    this.together = habits.together ?? (TOGETHER.includes(kind) && this.random.chance(0.5));
  }

  /** Leaves after the work item at hand. */
  retire(): void {
    this.retired = true;
  }

  async live(): Promise<void> {
    const { scheduler, plan } = this.world;
    await scheduler.sleep(this.habits.comesAfterMs ?? this.random.int(0, plan.habits.comesWithinMs));
    while (!this.retired) {
      const died = await this.workOnce();
      this.deaths += Number(died);
      if (died) this.tell('dies');
      this.held = undefined;
      // Who died is started again later; who found nothing asks again.
      const pauseMs = died
        ? this.random.int(60_000, plan.settings.silenceLimit * 2_000)
        : this.random.int(2_000, plan.habits.asksWithinMs);
      await scheduler.sleep(this.habits.pauseMs ?? pauseMs);
      this.sayFell();
    }
  }

  /** @returns whether it died at it */
  private async workOnce(): Promise<boolean> {
    const { world, kind, random } = this;
    const queue = world.archive.pendingMessages;
    const [message] = queue.receive(1);
    if (message === undefined) return false;
    const item = parsePendingResearchItem(message.body);
    world.witness?.taken(item, this.name);
    if (Date.parse(item.deadline) < world.now + this.skewMs) {
      queue.delete(message.receipt);
      this.tell(`drops ${shortLease(item.leaseId)}, which is past its deadline`);
      return false;
    }
    this.tell(
      `takes ${shortLease(item.leaseId)}: episode ${item.episode.id}, clips ${item.clips.map(({ id }) => id).join(' ')}`,
    );
    this.items++;
    if (kind === 'dies on receipt') {
      queue.delete(message.receipt);
      return true;
    }
    if (kind === 'never signs' || kind === 'reports late') {
      queue.delete(message.receipt);
    } else {
      this.sign(item, '0');
      await world.scheduler.sleep(random.int(1, 2_000));
      if (world.troubled && random.chance(0.02)) return true;
      queue.delete(message.receipt);
    }
    if (kind === 'hangs but ticks') return this.hang(item);
    if (kind === 'reports late') await world.scheduler.sleep(item.clips.length * this.paceMs + this.lateMs());
    return this.research(item);
  }

  private lateMs(): number {
    return this.random.int(0, this.world.plan.settings.leaseDuration * 1_300);
  }

  private async hang(item: PendingResearchItem): Promise<boolean> {
    const { scheduler, plan } = this.world;
    const until = scheduler.now + plan.settings.leaseDuration * 1_400;
    const at = item.clips[0]?.id ?? '0';
    this.world.truth.fellAt.set(item.leaseId, Number(at));
    while (scheduler.now < until && !this.retired) {
      await scheduler.sleep(plan.settings.heartbeat * 1_000);
      this.sign(item, at);
    }
    return true;
  }

  private async research(item: PendingResearchItem): Promise<boolean> {
    const { kind, random } = this;
    const drawn = kind === 'dies after some clips' ? random.int(0, item.clips.length) : Number.POSITIVE_INFINITY;
    const diesAfter = this.habits.diesAfter ?? drawn;
    if (
      item.episode.mediaUri.includes('dead') ||
      this.habits.hostDown?.() === true ||
      (kind === 'fails everything' && random.chance(0.3))
    ) {
      this.voice.say(item, { failure: 'the episode cannot be fetched', revokeLease: true });
      return false;
    }
    if (this.together && item.reportEach !== true) this.held = new Together(random.int(2, 5));
    for (const [index, clip] of item.clips.entries()) {
      const last = index === item.clips.length - 1;
      if (this.feared.has(clip.mediaUri)) {
        this.report(item, clip, last, 'it ended this researcher before');
        continue;
      }
      if (index >= diesAfter || this.endsAt(clip, item.episode)) return this.dieAt(item, clip);
      if (this.world.troubled && random.chance(this.world.plan.habits.stopped)) {
        // Somebody stops it: it says that there will be no more.
        this.flush(item, { revokeLease: true });
        return false;
      }
      await this.work(item, clip);
      if (kind === 'reports garbage' && random.chance(0.2)) {
        this.voice.refused(item, clip);
        continue;
      }
      this.report(item, clip, last);
      if (kind === 'reports garbage' && random.chance(0.4)) {
        await this.world.scheduler.sleep(random.int(0, 2_000));
        this.voice.nonsense(item, clip);
        // Sometimes the nonsense is the last that is heard of it for long.
        if (random.chance(0.3)) await this.world.scheduler.sleep(this.world.plan.settings.silenceLimit * 900);
      }
    }
    return diesAfter === item.clips.length;
  }

  private dieAt(item: PendingResearchItem, clip: ClipToFind): true {
    this.world.truth.fellAt.set(item.leaseId, Number(clip.id));
    if (this.together) this.fell = { item, clip };
    return true;
  }

  /** After a restart: the clip that it was at, and that there will be no more. */
  private sayFell(): void {
    const { fell } = this;
    this.fell = undefined;
    if (fell === undefined || this.random.chance(this.habits.forgets ?? 0.2)) return;
    const { item, clip } = fell;
    if (this.endsAt(clip, item.episode)) this.feared.add(clip.mediaUri);
    const part = this.voice.said('clipFailure', item, Number(clip.id), {});
    const results = [{ ...NOTHING_FOUND, clipInfo: { id: clip.id as string }, failure: 'this researcher ended at it' }];
    this.voice.say(item, { results, revokeLease: true }, undefined, [part]);
  }

  private sign(item: PendingResearchItem, at: string): void {
    this.voice.say(item, this.together ? { workingOn: at } : {});
  }

  /** Sends what was held back. */
  private flush(item: PendingResearchItem, fields: Partial<CompletedResearchItem>): void {
    const { parts, ...results } = this.held?.take() ?? { parts: [] };
    this.voice.say(item, { ...results, ...fields }, undefined, parts);
  }

  private hold(
    item: PendingResearchItem,
    clip: ClipToFind,
    fields: Partial<CompletedResearchItem>,
    last: boolean,
  ): void {
    const { held } = this;
    if (held === undefined) return;
    const { clipOffsets = [], failure = '' } = fields;
    const { revision } = clip;
    const clipInfo = { id: clip.id as string, ...(revision !== undefined && { revision }) };
    const result = { ...NOTHING_FOUND, clipInfo, clipOffsets, failure };
    const said = this.voice.said(failure === '' ? 'result' : 'clipFailure', item, Number(clip.id), { clipOffsets });
    const first = held.hold(result, said);
    if (last) this.flush(item, { revokeLease: true });
    else if (held.full) this.flush(item, {});
    else if (first) {
      this.world.scheduler.after(HELD_BACK_MS, () => {
        if (this.held === held && !held.isEmpty) this.flush(item, {});
      });
    }
  }

  /** Takes its time, with signs of life in between as its kind gives them. */
  private async work(item: PendingResearchItem, clip: ClipToFind): Promise<void> {
    const { scheduler } = this.world;
    const heartbeatMs = item.heartbeatSeconds * 1_000 * 0.8;
    let left = this.random.int(this.paceMs >> 1, this.paceMs);
    for (; left > heartbeatMs; left -= heartbeatMs) {
      await scheduler.sleep(heartbeatMs);
      if (this.kind !== 'never signs') this.sign(item, clip.id ?? '0');
    }
    await scheduler.sleep(left);
  }

  private report(item: PendingResearchItem, clip: ClipToFind, last: boolean, feared = ''): void {
    const lastWord = last && this.kind !== 'never signs';
    const fields: Partial<CompletedResearchItem> = { clipInfo: clip, revokeLease: lastWord };
    this.reports++;
    const down = this.habits.hostDown?.() === true;
    if (feared !== '' || down || clip.mediaUri.includes('dead') || this.kind === 'fails everything') {
      const failure = feared === '' ? 'the clip cannot be fetched' : feared;
      if (this.held === undefined) this.voice.say(item, { ...fields, failure });
      else this.hold(item, clip, { failure }, last);
      return;
    }
    const offsets = playsAt(item.episode, clip);
    if (this.held !== undefined) {
      this.hold(item, clip, { clipOffsets: offsets }, last);
      return;
    }
    const result = { ...fields, ...(this.voice.measures && factsOf(item.episode, clip)), clipOffsets: offsets };
    if (this.random.chance(this.world.plan.habits.byName)) {
      const laterMs = this.random.int(0, BY_NAME_LATE_MS);
      this.world.scheduler.after(laterMs, () => this.voice.sayByName(item, clip));
    }
    const twice = this.kind === 'reports twice' && this.random.chance(0.7);
    // The audio that it got the first time was another, or it listened worse.
    const otherwise = twice && this.random.chance(0.5);
    this.voice.say(
      item,
      otherwise ? { ...result, clipOffsets: offsets.length === 0 ? [] : this.random.of([[], [4_000]]) } : result,
    );
    if (!twice) return;
    if (this.random.chance(0.5)) this.voice.say(item, result);
    else this.world.scheduler.after(this.random.int(1_000, 200_000), () => this.voice.say(item, result));
  }

  private tell(what: string): void {
    this.world.tell(this.name, what);
  }
}
