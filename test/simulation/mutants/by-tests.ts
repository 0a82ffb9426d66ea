import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patched, type TestedMutant } from './mutant.ts';
import { adapterMutants } from './of-adapters.ts';

/*
 * node test/simulation/mutants/by-tests.ts
 *
 * Breaks a copy of the project for each mutant that a named test kills, and runs that test. Exit code 1: one survives.
 */

const ROOT = join(import.meta.dirname, '../../..');
const LEFT_OUT = ['node_modules', '.git', 'docs', 'samples', 'coverage', 'cdk.out', 'dist'];
const PARTS = readdirSync(ROOT).filter((part) => !LEFT_OUT.includes(part));

/** @returns whether the test fails on the broken copy, and passes on the sound one */
function isKilled({ name, patches, killedBy }: TestedMutant): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-mutant-'));
  try {
    for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const passes = () => run(folder, killedBy.file, killedBy.test);
    if (!passes()) throw new Error(`"${killedBy.test}" of ${killedBy.file} fails without the mutant "${name}"`);
    for (const patch of patches) {
      const file = join(folder, patch.file);
      writeFileSync(file, patched(readFileSync(file, 'utf8'), patch, name));
    }
    return !passes();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(folder: string, file: string, test: string): boolean {
  const jest = join(folder, 'node_modules/.bin/jest');
  const { status } = spawnSync(jest, ['--silent', '--maxWorkers', '1', '-t', test, file], { cwd: folder });
  return status === 0;
}

const survivors = adapterMutants.filter((mutant) => {
  const killed = isKilled(mutant);
  process.stdout.write(`${killed ? 'killed   ' : 'SURVIVES '} ${mutant.name}: ${mutant.killedBy.test}\n`);
  return !killed;
});
process.exitCode = survivors.length > 0 ? 1 : 0;
