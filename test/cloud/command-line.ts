import type { Credentials, MiniStack } from './ministack.ts';
import { type Ran, type Running, run, started } from './programs.ts';

const CLI = 'bin/archivist-cli.ts';

/** The project's command line with `--stack NAME`, as somebody with these credentials. Counts what succeeded. */
export class CommandLine {
  readonly #ministack: Pick<MiniStack, 'environment'>;
  readonly #home: string;
  readonly #stack: string;
  /** How often each command succeeded. */
  readonly succeeded: Record<string, number>;

  /** @param home where commands keep what they remember */
  constructor(
    ministack: Pick<MiniStack, 'environment'>,
    home: string,
    stack: string,
    succeeded: Record<string, number> = {},
  ) {
    this.#ministack = ministack;
    this.#home = home;
    this.#stack = stack;
    this.succeeded = succeeded;
  }

  /** @throws Error with what it said when it fails */
  async as(credentials: Credentials, command: string, ...args: string[]): Promise<Ran> {
    const ran = await run(CLI, [command, ...args, '--stack', this.#stack], this.#environment(credentials));
    this.#count(command);
    return ran;
  }

  /** A command that goes on until it is interrupted, and then must end well. */
  start(credentials: Credentials, command: string, ...args: string[]): Running {
    const running = started(CLI, [command, ...args, '--stack', this.#stack], this.#environment(credentials));
    const ended = running.ended.then((ran) => {
      if (ran.code === 0) this.#count(command);
      return ran;
    });
    return { ...running, ended };
  }

  #environment(credentials: Credentials): Record<string, string> {
    return { ...this.#ministack.environment(credentials), HOME: this.#home };
  }

  #count(command: string): void {
    this.succeeded[command] = (this.succeeded[command] ?? 0) + 1;
  }
}
