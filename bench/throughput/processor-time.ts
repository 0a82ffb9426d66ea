import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in ms by what used it. Other programs on the machine do not lengthen it, as they do the time on the clock. */
export type ProcessorTime = Readonly<Record<'functions' | 'sqsEmulator' | 'dynamoDbEmulator' | 'runner', number>>;

/** Linux counts in hundredths of a second. */
const MS_A_TICK = 10;

/** What the process and all that it started have used up to now; Linux only, elsewhere zeros. */
export function processorTimeOf(root: number): ProcessorTime {
  const time = { functions: 0, sqsEmulator: 0, dynamoDbEmulator: 0, runner: 0 };
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
    if (isOurs(pid)) time[kindOf(command)] += ms;
  }
  return time;
}

export const since = (before: ProcessorTime, after: ProcessorTime): ProcessorTime => ({
  functions: after.functions - before.functions,
  sqsEmulator: after.sqsEmulator - before.sqsEmulator,
  dynamoDbEmulator: after.dynamoDbEmulator - before.dynamoDbEmulator,
  runner: after.runner - before.runner,
});

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
