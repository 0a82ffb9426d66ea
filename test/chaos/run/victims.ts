import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOfProcess } from '../../../local/processes/process-identity.ts';
import type { Random } from '../../simulation/world/random.ts';

export const KINDS = ['function', 'researcher', 'SQS emulator', 'DynamoDB emulator', 'runner'] as const;
export type Kind = (typeof KINDS)[number];

/** Functions and researchers die oftener than a whole machine does. */
const URN: readonly Kind[] = ['function', 'function', 'function', 'researcher', 'researcher', 'researcher', ...KINDS];
const PAUSE = { least: 400, most: 3_000 } as const;

export interface Kill {
  readonly kind: Kind;
  /** ms after the kill before. */
  readonly after: number;
}

/** Who dies when: every kind once first, then as it comes. */
export function* killsOf(random: Random): Generator<Kill, never> {
  const first = [...KINDS].sort(() => random.next() - 0.5);
  for (;;) yield { kind: first.pop() ?? random.of(URN), after: random.int(PAUSE.least, PAUSE.most) };
}

/** Calls in the middle of which functions are killed: most of the time a function has nothing to do. */
export const AIMS = [
  { operation: 'TransactWriteItems', functions: ['function ClipsArchivist', 'function EpisodesArchivist'] },
  { operation: 'PutItem', functions: ['function PendingResearchArchivist', 'function CompletedResearchArchivist'] },
] as const;
export const AIMED_SHARE = 0.6;
export const AIM_MS = 1_500;

interface Child {
  readonly name: string;
  readonly pid: number;
  readonly start: string;
}

/** Kills with -9 one of the runner's children whose name begins so. @returns its name, or undefined when none lives */
export function killChild(dataDir: string, prefix: string, random: Random): string | undefined {
  const living = childrenOf(dataDir).filter(
    ({ name, pid, start }) => name.startsWith(prefix) && startOfProcess(pid) === start,
  );
  if (living.length === 0) return undefined;
  const { name, pid } = random.of(living);
  process.kill(pid, 'SIGKILL');
  return name;
}

function childrenOf(dataDir: string): Child[] {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8')) as Child[];
  } catch {
    return [];
  }
}
