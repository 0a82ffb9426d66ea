import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in ms by what used it. Other programs on the machine do not lengthen it, as they do the time on the clock. */
export type ProcessorTime = Readonly<Record<'functions' | 'sqsEmulator' | 'dynamoDbEmulator' | 'runner', number>>;

/** Linux counts in hundredths of a second. */
const MS_A_TICK = 10;

/** What one process has used up to now, ms, and the memory that it holds, MB. */
export interface Used {
  readonly by: keyof ProcessorTime;
  readonly ms: number;
  readonly memoryMb: number;
}

/** The process and all that it started, by process id; Linux only, elsewhere nothing. */
export function processesOf(root: number): ReadonlyMap<number, Used> {
  const used = new Map<number, Used>();
  const processes = new Map<number, { readonly parent: number; readonly ms: number; readonly command: string }>();
  for (const pid of pids()) {
    try {
      // The name in brackets may hold spaces; what follows does not.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const ms = (Number(fields[11]) + Number(fields[12])) * MS_A_TICK;
      processes.set(pid, { parent: Number(fields[1]), ms, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') });
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (pid: number): boolean =>
    pid === root || (processes.has(pid) && isOurs(processes.get(pid)?.parent ?? 0));
  for (const [pid, { ms, command }] of processes) {
    if (isOurs(pid)) used.set(pid, { by: kindOf(command), ms, memoryMb: memoryOf(pid) });
  }
  return used;
}

/** What was used between two looks by the processes that are there at the second. */
export function since(before: ReadonlyMap<number, Used>, after: ReadonlyMap<number, Used>): ProcessorTime {
  const time = { functions: 0, sqsEmulator: 0, dynamoDbEmulator: 0, runner: 0 };
  for (const [pid, { by, ms }] of after) time[by] += ms - (before.get(pid)?.ms ?? 0);
  return time;
}

function memoryOf(pid: number): number {
  try {
    const [, kB] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kB ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function kindOf(command: string): keyof ProcessorTime {
  if (command.includes('fauxqs-process')) return 'sqsEmulator';
  if (command.includes('dynoxide')) return 'dynamoDbEmulator';
  return command.includes('function-process') ? 'functions' : 'runner';
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
