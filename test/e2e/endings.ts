import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectDir } from '../../local/project.ts';
import { type Asked, ending } from './ending.ts';

/**
 * Every way in which people start an archive, ended by SIGTERM and SIGINT, to the first process and to all of them: nothing may be
 * left, and the next start on the same folder must come up. The argument, if any, is the installed command.
 */
const [installed] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'archivist-endings-'));
const folderOf = (job: 'start' | 'local') => join(scratch, job);

const STARTS: readonly (readonly [job: 'start' | 'local', command: Asked['command']])[] = [
  ['start', ['npm', 'start', '--', '--data', folderOf('start')]],
  ['local', ['npm', 'run', 'archivist', '--', 'local', '--data', folderOf('local')]],
  ...(installed === undefined
    ? []
    : ([
        ['start', [installed, 'start', '--data', folderOf('start')]],
        ['local', [installed, 'local', '--data', folderOf('local')]],
      ] as const)),
];

/** A job that is ended before its end has failed; an archive that is ended has done what it was asked. npm ends as it was ended. */
const CODES = { start: 1, local: 0 } as const;

let failed = false;
for (const [job, command] of STARTS) {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    for (const toAll of [false, true]) {
      const isNpm = command[0] === 'npm';
      // npm tells its shell, and that waits: nobody else hears of it. Ctrl-C of a terminal reaches all.
      if (isNpm && signal === 'SIGINT' && !toAll) continue;
      const cwd = isNpm ? projectDir : scratch;
      const { code, left, said } = await ending({ command, cwd, dataDir: folderOf(job), signal, toAll });
      const right = code === (isNpm ? signal : CODES[job]) && left.length === 0;
      failed ||= !right;
      const what = [
        isNpm ? command.slice(0, 3).join(' ') : `archivist ${job}`,
        signal,
        toAll ? 'to all' : 'to the first',
      ];
      process.stdout.write(
        `${right ? 'ok  ' : 'not '} ${what.join(', ')}: ${code}${left.length > 0 ? `; left: ${left.join(', ')}` : ''}\n`,
      );
      if (!right) process.stdout.write(`${said}\n`);
    }
  }
}
rmSync(scratch, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
