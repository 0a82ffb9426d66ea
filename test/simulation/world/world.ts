import type { Kind } from '../../../domain/collection.ts';
import { VersionConflict } from '../../../functions/ports.ts';
import { type MemoryArchive, memoryArchive } from '../../support/memory/memory-archive.ts';
import { MemoryQueue, RECEIVED_AT_MOST } from '../../support/memory/memory-queue.ts';
import { Crowd } from './crowd.ts';
import type { Observer } from './observer.ts';
import { type FaultRates, NO_FAULTS, type Plan } from './plan.ts';
import { Process, type Role } from './process.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { Truth } from './truth.ts';

/** The step of a drain that asks for messages. */
export const RECEIVE = 'receive results';

/** Virtual time begins here. */
export const EPOCH = Date.UTC(2026, 0, 1);

export interface StepOptions {
  /** It changes something, so that its outcome may be unknown. */
  readonly writes?: boolean;
  /** It is conditional, so that it may be refused. */
  readonly conditional?: boolean;
}

export interface Violation {
  readonly rule: string;
  readonly how: string;
}

/** One simulated archive with everybody around it. */
export class World {
  readonly plan: Plan;
  readonly scheduler = new Scheduler(EPOCH);
  readonly truth = new Truth();
  readonly archive: MemoryArchive;
  readonly crowd: Crowd;
  readonly curatedClips: MemoryQueue;
  readonly curatedEpisodes: MemoryQueue;
  readonly log: string[] = [];
  witness: Observer | undefined;
  /** Told when a run has read the clips that it goes by. */
  onCatalogueRead: () => void = () => undefined;
  faults: FaultRates;
  /** Since when the archive is paused, while it is. */
  pausedAt = Number.POSITIVE_INFINITY;
  /** What every call takes, when a scenario says so. */
  latencyMs: number | undefined;
  /** A trouble at one call of an archivist, the n-th, and no other. */
  troubleAt: { readonly call: number; readonly trouble: Trouble } | undefined;
  calls = 0;
  /** False once troubles are over. */
  troubled = true;
  /** The first rule that was broken; everything stops at it. */
  violation: Violation | undefined;
  private readonly random: Random;
  private readonly chances: Random;
  private readonly names = new Map<Role, number>();
  private leaseIds = 0;

  constructor(plan: Plan) {
    this.plan = plan;
    this.random = new Random(plan.seed * 7919 + 1);
    this.chances = this.random.fork();
    this.faults = plan.faults;
    const clock = () => this.scheduler.now;
    const drawing = this.random.fork();
    const pick = (candidates: number) => (drawing.chance(this.plan.reordered) ? drawing.int(0, candidates - 1) : 0);
    const { crowd } = plan;
    const surroundings = {
      window: crowd && { ...crowd, from: EPOCH + crowd.from, to: EPOCH + crowd.to },
      now: clock,
      truth: this.truth,
      episodes: () => this.archive.state.episode.values(),
    };
    this.crowd = new Crowd(surroundings, this.random.fork());
    this.archive = memoryArchive({
      clock,
      indexDelayMs: () => (plan.indexDelayMs === 0 ? 0 : drawing.int(0, plan.indexDelayMs)),
      pending: {
        retentionMs: plan.pendingRetentionMs,
        countDelayMs: () => (plan.countDelayMs === 0 ? 0 : drawing.int(0, plan.countDelayMs)),
      },
      completed: {
        visibilityMs: plan.drainVisibilityMs,
        pick: (candidates) => (this.crowd.isHere ? this.crowd.pick(candidates) : pick(candidates)),
        most: () => (this.crowd.isHere ? this.crowd.most() : RECEIVED_AT_MOST),
        beforeReceive: (queue, visible) => this.crowd.fill(queue, visible),
      },
    });
    const curated = (kind: Kind) =>
      new MemoryQueue({
        clock,
        visibilityMs: 360_000,
        retentionMs: 7 * 86_400_000,
        receiveLimit: 5,
        pick,
        // So that what concerns one address is taken in by runs beside each other.
        most: () => (plan.habits.addresses > 0 ? drawing.int(1, 2) : RECEIVED_AT_MOST),
        dead: (body) => {
          this.truth.givenUp[kind].push(body);
          this.tell('queue', `gives up a curated ${kind} after five receives`);
        },
      });
    this.curatedClips = curated('clip');
    this.curatedEpisodes = curated('episode');
  }

  get now(): number {
    return this.scheduler.now;
  }

  forkRandom(): Random {
    return this.random.fork();
  }

  newLeaseId = (): string => `00000000-0000-4000-8000-${(++this.leaseIds).toString().padStart(12, '0')}`;

  process(role: Role, skewMs: number, timeoutMs?: number): Process {
    const number = (this.names.get(role) ?? 0) + 1;
    this.names.set(role, number);
    return new Process(role, `${role} ${number}`, this.scheduler, skewMs, timeoutMs);
  }

  tell(who: string, what: string): void {
    this.log.push(`${clockText(this.now - EPOCH)}  ${who.padEnd(14)} ${what}`);
  }

  kill(process: Process, why: string): void {
    if (!process.alive) return;
    process.alive = false;
    this.tell(process.name, why);
  }

  /** One call of a port: takes its time, and may meet any trouble. */
  step<T>(process: Process, what: string, options: StepOptions, effect: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.scheduler.after(this.latency(what), () => {
        if (!process.alive) return;
        const trouble = this.trouble(options);
        if (trouble === undefined) {
          effect().then(resolve, reject);
          return;
        }
        process.disturbed = true;
        if (trouble === 'crashBefore') return this.kill(process, `crashes before: ${what}`);
        const told = TOLD[trouble];
        if (trouble === 'throttled') {
          this.tell(process.name, `${told}: ${what}`);
          reject(new Error(`Throttled: ${what}`));
        } else if (trouble === 'conflict') {
          this.tell(process.name, `${told}: ${what}`);
          reject(new VersionConflict(`Transaction in conflict: ${what}`));
        } else {
          const done = effect();
          done.catch(() => undefined);
          if (trouble === 'crashAfter') return this.kill(process, `crashes after: ${what}`);
          this.tell(process.name, `${told}: ${what}`);
          const error =
            trouble === 'doneButConflict'
              ? new VersionConflict(`Done, repeated and refused: ${what}`)
              : new Error(`Connection reset: ${what}`);
          reject(error);
        }
      });
    });
  }

  /** Whether a batch is carried out in part only. */
  partly(): boolean {
    return this.chances.chance(this.faults.partial);
  }

  /** A rule of docs/invariants.md does not hold. */
  violate(rule: string, how: string): undefined {
    if (this.violation !== undefined) return;
    this.violation = { rule, how };
    this.tell('VIOLATION', `${rule}: ${how}`);
  }

  calm(): void {
    this.faults = NO_FAULTS;
    this.troubled = false;
    this.tell('world', 'all troubles are over');
  }

  private latency(what: string): number {
    if (this.latencyMs !== undefined) return this.latencyMs;
    // Where so much is under way, a run has time for few receives.
    const { crowd } = this.plan;
    if (crowd !== undefined && this.crowd.isHere && what === RECEIVE)
      return this.chances.int(crowd.paceMs >> 3, crowd.paceMs);
    const usual = this.chances.int(2, this.plan.habits.callMs);
    return this.chances.chance(this.faults.slow) ? this.chances.int(3_000, 45_000) : usual;
  }

  private trouble({ writes = false, conditional = false }: StepOptions): Trouble | undefined {
    const { troubleAt } = this;
    if (++this.calls === troubleAt?.call) {
      const { trouble } = troubleAt;
      if (trouble === 'unknownOutcome' && !writes) return 'throttled';
      if ((trouble === 'conflict' || trouble === 'doneButConflict') && !conditional) return undefined;
      return trouble;
    }
    let drawn = this.chances.next();
    for (const trouble of TROUBLES) {
      drawn -= this.faults[trouble];
      if (drawn >= 0) continue;
      if (trouble === 'unknownOutcome' && !writes) return 'throttled';
      if ((trouble === 'conflict' || trouble === 'doneButConflict') && !conditional) return undefined;
      return trouble;
    }
    return undefined;
  }
}

export const TROUBLES = [
  'crashBefore',
  'crashAfter',
  'unknownOutcome',
  'throttled',
  'conflict',
  'doneButConflict',
] as const satisfies (keyof FaultRates)[];
export type Trouble = (typeof TROUBLES)[number];

const TOLD: Readonly<Record<Trouble, string>> = {
  crashBefore: '',
  crashAfter: '',
  unknownOutcome: 'does not learn that this was done',
  throttled: 'is refused for now',
  conflict: 'meets a conflict',
  doneButConflict: 'does this and is told of a conflict',
};

/** As in `1d 03:12:20.040`. */
export function clockText(ms: number): string {
  const text = new Date(Math.max(0, ms)).toISOString();
  return `${Math.floor(ms / 86_400_000)}d ${text.slice(11, 23)}`;
}

/** As in `L12`. */
export const shortLease = (id: string): string => (id === '' ? 'no lease' : `L${Number(id.slice(-12))}`);
