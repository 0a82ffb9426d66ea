import { randomUUID } from 'node:crypto';
import type { ScheduleSpec } from '../assembly/specifications.ts';

const MINUTE = 60;

export interface SchedulesProps {
  readonly specs: readonly ScheduleSpec[];
  /** Instead of a minute, in seconds; schedules that run more seldom (they ask others for news) keep their period. */
  readonly periodSeconds?: number | undefined;
  /** Runs the function of a schedule; the failure of a run is not the schedule's affair. */
  readonly invoke: (functionArn: string, event: string) => Promise<unknown>;
  readonly log: (line: string) => void;
}

/**
 * Fires schedules at fixed times: at once when released, then every period. A time at which the run before has not
 * ended is left out: a schedule never overlaps itself. Begins on hold.
 */
export class Schedules {
  readonly #props: SchedulesProps;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #runs = new Map<ScheduleSpec, Promise<void>>();

  constructor(props: SchedulesProps) {
    this.#props = props;
  }

  /** Lets the schedules fire. Does nothing when they do already. */
  release(): void {
    if (this.#timers.length > 0) return;
    for (const spec of this.#props.specs) {
      const shortened = spec.periodSeconds === MINUTE ? this.#props.periodSeconds : undefined;
      const periodMs = (shortened ?? spec.periodSeconds) * 1_000;
      this.#timers.push(setInterval(() => this.#fire(spec), periodMs));
      this.#fire(spec);
    }
  }

  /** Stops firing; resolves when the runs under way have ended. */
  async hold(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await Promise.all(this.#runs.values());
  }

  #fire(spec: ScheduleSpec): void {
    if (this.#runs.has(spec)) return;
    const run = this.#props
      .invoke(spec.functionArn, inputOf(spec, new Date()))
      .then(
        () => {},
        (error: Error) => this.#props.log(`${spec.id}: ${error.message}`),
      )
      .finally(() => this.#runs.delete(spec));
    this.#runs.set(spec, run);
  }
}

/** The input of one run: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export function inputOf(spec: Pick<ScheduleSpec, 'arn' | 'input'>, scheduledTime: Date): string {
  const attributes: Record<string, string> = {
    'schedule-arn': spec.arn,
    'scheduled-time': `${scheduledTime.toISOString().slice(0, 19)}Z`,
    'execution-id': randomUUID(),
    'attempt-number': '1',
  };
  return spec.input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (text, name: string) => attributes[name] ?? text);
}
