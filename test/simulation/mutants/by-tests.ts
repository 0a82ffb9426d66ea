import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patched, type TestedMutant } from './mutant.ts';
import { adapterMutants } from './of-adapters.ts';
import { raceMutants } from './of-races.ts';

/*
 * node test/simulation/mutants/by-tests.ts
 *
 * Breaks a copy of the project by each mutant and each condition of a race that a named test kills, and runs that test alone.
 * Exit code 1: one survives.
 */

const ROOT = join(import.meta.dirname, '../../..');
const LEFT_OUT = ['node_modules', '.git', 'docs', 'samples', 'coverage', 'cdk.out', 'dist'];
const PARTS = readdirSync(ROOT).filter((part) => !LEFT_OUT.includes(part));

const mutants = [...adapterMutants, ...raceMutants];
const folder = mkdtempSync(join(tmpdir(), 'archivist-mutants-'));

/** Whether the named tests pass as the copy is. */
function passes(tests: readonly TestedMutant['killedBy'][]): boolean {
  const names = [...new Set(tests.map(({ test }) => test))].map((test) => test.replaceAll(/[^\w\s-]/g, '.'));
  const jest = join(folder, 'node_modules/.bin/jest');
  const files = [...new Set(tests.map(({ file }) => file))];
  const { status } = spawnSync(jest, ['--silent', '--maxWorkers', '1', '-t', names.join('|'), ...files], {
    cwd: folder,
  });
  return status === 0;
}

/** @returns whether its test fails with the breakage */
function isKilled({ name, patches, killedBy }: TestedMutant): boolean {
  const sound = patches.map(({ file }) => [join(folder, file), readFileSync(join(folder, file), 'utf8')] as const);
  for (const patch of patches) {
    const file = join(folder, patch.file);
    writeFileSync(file, patched(readFileSync(file, 'utf8'), patch, name));
  }
  const killed = !passes([killedBy]);
  for (const [file, text] of sound) writeFileSync(file, text);
  return killed;
}

try {
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  if (!passes(mutants.map(({ killedBy }) => killedBy))) throw new Error('A named test fails without any mutant');
  const survivors = mutants.filter((mutant) => {
    const killed = isKilled(mutant);
    process.stdout.write(`${killed ? 'killed   ' : 'SURVIVES '} ${mutant.name}: ${mutant.killedBy.test}\n`);
    return !killed;
  });
  process.stdout.write(
    `${mutants.length - survivors.length} of ${mutants.length} mutants killed by the tests that they name\n`,
  );
  process.exitCode = survivors.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
