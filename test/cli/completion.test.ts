import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completionScript } from '../../cli/completion.ts';
import { program } from '../../cli/program.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import { runWithout } from '../operating/support/local-archive.ts';

afterAll(removeFreshFolders);

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** What bash offers for the last of the words. */
function offered(script: string, ...words: string[]): string[] {
  const run = `${script}
COMP_WORDS=(archivist ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_archivist; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', run], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

test('COMPLETION-1: bash completes commands, options, and values that are one of a few', async () => {
  const script = completionScript(await program(), 'bash');
  expect(offered(script, 'sta')).toEqual(['start', 'status']);
  expect(offered(script, 'status', '--w')).toEqual(['--watch']);
  expect(offered(script, 'curate', 'ep')).toEqual(['episodes']);
  expect(offered(script, 'status', '--data', '/us')).toEqual(['/usr']);
});

test.each(['zsh', 'fish'] as const)('COMPLETION-2: the script for %s names every command', async (shell) => {
  const root = await program();
  const script = completionScript(root, shell);
  for (const command of root.commands) expect(script).toContain(command.name());
  // The shell itself says whether it can read it, where it is installed.
  if (!has(shell)) return;
  const path = join(freshFolder(), 'script');
  writeFileSync(path, script);
  expect(spawnSync(shell, ['-n', path]).status).toBe(0);
});

test('COMPLETION-3: only shells that are known', async () => {
  expect(await runWithout('completion', 'tcsh')).toMatchObject({ code: 2, err: expect.stringContaining('bash, zsh') });
});

test('LOUDNESS-1: --quiet keeps errors, --verbose tells where they are from, and not both', async () => {
  expect((await runWithout('status', '--data', '/nowhere', '--quiet')).err).toContain('/nowhere');
  expect((await runWithout('status', '--data', '/nowhere', '--verbose')).err).toMatch(/at .*archive-location.*Took/s);
  expect(await runWithout('status', '--data', '/nowhere', '--quiet', '--verbose')).toMatchObject({ code: 2 });
  expect((await runWithout('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
