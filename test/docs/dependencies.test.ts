import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../local/project.ts';

const read = (path: string) => readFileSync(join(projectDir, path), 'utf8');
const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
  string,
  Record<string, string>
>;
const all = { ...dependencies, ...devDependencies, ...optionalDependencies };

const rows = read('docs/dependencies.md')
  .split('\n')
  .filter((line) => /^\| [@a-z]/.test(line) && !line.startsWith('| package'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('each dependency has its line, and nothing else has one', () => {
  expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(all).sort());
});

test.each(rows.map(([, name = '', licence = '', released = '', why = '']) => [name, licence, released, why] as const))(
  'the line of %s says its licence, when it was last released, and why it',
  (name, licence, released, why) => {
    // A binary for another machine is not installed.
    if (!(name in (optionalDependencies ?? {}))) {
      expect(licence).toBe((JSON.parse(read(`node_modules/${name}/package.json`)) as { license: string }).license);
    }
    expect(released).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(why.length).toBeGreaterThan(15);
  },
);

test('versions are exact, and SDK clients are of one', () => {
  expect(Object.values(all).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  const clients = Object.entries(all).filter(([name]) => name.startsWith('@aws-sdk/client-'));
  expect(new Set(clients.map(([, version]) => version)).size).toBe(1);
});
