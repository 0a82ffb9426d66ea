import type { Catalogue } from '../../../domain/collection.ts';
import type { Control } from '../../../domain/control.ts';
import type { Scheduler } from './scheduler.ts';

export type Role = 'assign' | 'record' | 'clips' | 'episodes' | 'researcher' | 'operator';

/** One run of a function, or one life of a researcher. When it is dead, nothing of it goes on. */
export class Process {
  readonly role: Role;
  readonly name: string;
  readonly started: number;
  readonly skewMs: number;
  /** When Lambda kills it. */
  readonly deadline: number;
  alive = true;
  /** Whether anything was done to it that lets its own counts differ from what happened. */
  disturbed = false;
  /** What witnesses note of it. */
  catalogue: Catalogue | undefined;
  /** As it read it first. */
  control: Control | undefined;
  /** Clips that it recorded. */
  readonly recorded = new Set<number>();
  /** Messages that it received. */
  readonly received = new Set<string>();
  horizon: number | undefined;
  /** Work items that it may make, when that is certain. */
  allowed: number | undefined;
  readonly did = { leases: 0, clips: 0, ended: 0, lookedAgain: 0, researched: 0, negatives: 0 };
  private readonly scheduler: Scheduler;

  constructor(role: Role, name: string, scheduler: Scheduler, skewMs: number, timeoutMs = Number.POSITIVE_INFINITY) {
    this.role = role;
    this.name = name;
    this.scheduler = scheduler;
    this.started = scheduler.now;
    this.skewMs = skewMs;
    this.deadline = scheduler.now + timeoutMs;
  }

  readonly clock = (): number => this.scheduler.now + this.skewMs;
  readonly timeLeft = (): number => this.deadline - this.scheduler.now;
}
