import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, startTethered, type TetheredProcess } from '../../../local/processes/tether.ts';
import { projectDir } from '../../../local/project.ts';
import type { Random } from '../../simulation/world/random.ts';
import type { ResearcherTask } from '../work/researcher.ts';

const PROGRAM = join(projectDir, 'test', 'chaos', 'work', 'researcher-process.ts');
/** How long one that was killed stays away, ms. */
const AWAY = { least: 300, most: 2_500 } as const;

/** The scripted researchers, a process each; one that was killed comes back under its name after a while. */
export class Researchers {
  readonly #task: Omit<ResearcherTask, 'name' | 'seed'>;
  readonly #random: Random;
  readonly #living = new Map<string, TetheredProcess>();
  #stopped = false;

  constructor(task: Omit<ResearcherTask, 'name' | 'seed'>, random: Random) {
    this.#task = task;
    this.#random = random;
  }

  async start(name: string): Promise<void> {
    if (this.#stopped) return;
    const task: ResearcherTask = { ...this.#task, name, seed: this.#random.int(1, 2 ** 31) };
    const started = await startTethered({
      command: process.execPath,
      args: [PROGRAM, JSON.stringify(task)],
      env: process.env,
    });
    started.output.resume();
    this.#living.set(name, started);
    if (this.#stopped) await endProcess(started, 0);
  }

  /** Kills one of them with -9, if any lives. @returns its name */
  async kill(): Promise<string | undefined> {
    const names = [...this.#living.keys()];
    if (names.length === 0) return undefined;
    const name = this.#random.of(names);
    const victim = this.#living.get(name);
    this.#living.delete(name);
    victim?.child.kill('SIGKILL');
    await victim?.ended;
    const away = this.#random.int(AWAY.least, AWAY.most);
    void sleep(away, undefined, { ref: false }).then(() => this.start(name));
    return name;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#living.values()].map((one) => endProcess(one, 0)));
  }
}
