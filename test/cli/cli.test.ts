import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingNames } from '../../lib/settings.ts';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const archivist = (...args: string[]) => archivistIn({ ...process.env, AWS_REGION: 'us-east-1' }, ...args);

function archivistIn(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['bin/archivist-cli.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), 'archivist-cli-'));

describe('command line', () => {
  test('--help lists every command on stdout and succeeds', async () => {
    const { code, stdout, stderr } = await archivist('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['start', 'local', 'curate', 'research', 'findings']) expect(stdout).toContain(command);
  });

  test.each([['start'], ['local'], ['curate'], ['research'], ['findings']])(
    '%s --help has examples',
    async (command) => {
      const { code, stdout } = await archivist(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}\$ npm /);
    },
  );

  test('local --help lists every setting with its default', async () => {
    const { stdout } = await archivist('local', '--help');
    expect(stdout).toContain('  leaseDuration (7200 seconds): ');
    for (const name of settingNames) expect(stdout).toContain(`  ${name} (`);
  });

  test.each([
    [['nonsense'], /unknown command/],
    [['help', 'fidnings'], /unknown command 'fidnings'\n\(Did you mean findings\?\)/],
    [['findings', '--nonsense'], /unknown option/],
    [['curate', 'dreams', 'feed.xml', '--data', folder], /episodes, clips/],
    [['curate', 'clips'], /missing required argument/],
    [['research', '--data', folder, '--workers', '0'], /from 1 to 64/],
    [['research', '--data', folder, '--workers', 'many'], /from 1 to 64/],
    [['research', '--pending', 'https://queue'], /--pending and --completed go together/],
    [['findings', '--json', '--csv', '--data', folder], /cannot be used with/],
    [['start', '--episodes', 'feed.xml'], /--clips is missing/],
    [['start', '--clips', 'drops'], /--episodes is missing/],
    [['findings'], /Which archive\? .*--data DIR.*--stack NAME/],
    [['findings', '--data', folder, '--stack', 'Archivist'], /One archive at a time: .*local.*deployed/],
    [['local'], /--data/],
    [['local', '--data', folder, '--period', 'soon'], /--period must be a number of seconds/],
    [['local', '--data', folder, '--set', 'silenceLimit'], /name=value/],
  ])('%j is bad usage: exit 2, told on stderr', async (args, message) => {
    const { code, stdout, stderr } = await archivist(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('research of queues whose region nobody knows is bad usage, not an error for ever', async () => {
    const { AWS_REGION: _, AWS_DEFAULT_REGION: __, ...env } = process.env;
    const queues = ['--pending', 'https://queue.example.org/pending', '--completed', 'https://queue.example.org/done'];
    const nowhere = { ...env, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    const { code, stderr } = await archivistIn(nowhere, 'research', ...queues);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/queue\.example\.org.*set AWS_REGION/) });
  });

  test.each([
    [['findings', '--data', folder], /No archive is running in .*Start it with/],
    [['start', '--episodes', join(folder, 'no.xml'), '--clips', folder], /There is no file or folder/],
    [['local', '--data', join(folder, 'a'), '--set', 'silencelimit=60'], /silenceLimit/],
    [['local', '--data', join(folder, 'b'), '--set', 'silenceLimit=60'], /heartbeat/],
    [['local', '--data', join(folder, 'c'), '--set', '__proto__=1'], /__proto__: no such setting/],
  ])(
    '%j fails: exit 1, told on stderr what to do',
    async (args, message) => {
      const { code, stdout, stderr } = await archivist(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(message);
    },
    120_000,
  );

  test('a stack.json that is damaged fails with what came', async () => {
    const damaged = mkdtempSync(join(folder, 'damaged-'));
    writeFileSync(join(damaged, 'stack.json'), '{"queues":');
    const { code, stderr } = await archivist('findings', '--data', damaged);
    expect(code).toBe(1);
    expect(stderr).toMatch(/stack\.json/);
  });
});
