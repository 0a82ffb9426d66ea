import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTethered } from '../../../local/processes/tether.ts';
import { projectDir } from '../../../local/project.ts';

/** Where a clip plays, as `archivist start --json` tells it, without who researched it when. */
export interface Place {
  readonly episode: string;
  readonly clip: string;
  readonly offsetsNs: readonly number[];
}

/** `archivist start` on the samples in a process of its own. */
export interface Job {
  /** Resolves when it has said so, or ended. */
  heard(line: RegExp): Promise<void>;
  /** Resolves when it has ended, at the latest after so long. */
  endedOr(ms: number): Promise<void>;
  kill(): Promise<void>;
  /** The last line that it said. */
  last(): string;
  /** What it found. @throws Error when it has not ended with exit code 0 */
  places(): readonly Place[];
}

export async function jobOn(dataDir: string): Promise<Job> {
  // Output and what is said come together; the JSON is what begins with a bracket.
  const started = await startTethered({
    command: process.execPath,
    args: [join(projectDir, 'bin', 'archivist-cli.ts'), 'start', '--data', dataDir, '--json'],
    env: process.env,
  });
  let said = '';
  started.output.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  let how: number | string | undefined;
  const ended = started.ended.then((code) => {
    how = code;
  });
  return {
    heard: async (line) => {
      while (how === undefined && !line.test(said)) await sleep(50);
    },
    endedOr: (ms) => Promise.race([ended, sleep(ms, undefined, { ref: false })]),
    kill: async () => {
      started.child.kill('SIGKILL');
      await ended;
    },
    last: () => said.trimEnd().split('\n').at(-1)?.trim() ?? '',
    places: () => {
      if (how !== 0) throw new Error(`The job ended with ${how ?? 'nothing in time'}:\n${said.slice(-4_000)}`);
      return placesIn(said);
    },
  };
}

interface Told {
  readonly episode: { readonly title: string };
  readonly clip: { readonly title: string };
  readonly offsetsNs: readonly number[];
}

function placesIn(said: string): Place[] {
  const begin = said.search(/^\[$/m);
  const end = said.search(/^\]$/m);
  const told = JSON.parse(said.slice(begin, end + 1)) as Told[];
  return told.map(({ episode, clip, offsetsNs }) => ({ episode: episode.title, clip: clip.title, offsetsNs }));
}
