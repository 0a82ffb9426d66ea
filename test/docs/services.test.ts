import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archivistCommands, wrongIn } from './commands.ts';

/* The examples of services in docs/watching.md, which nobody types but many copy. */

const page = readFileSync('docs/watching.md', 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';
const unit = block('ini');
const plist = block('xml');

const [, execStart = ''] = /^ExecStart=\/\S+\/(archivist .*)$/m.exec(unit) ?? [];
const [, words = ''] = /<key>ProgramArguments<\/key>\s*<array>(.*?)<\/array>/s.exec(plist) ?? [];
const programArguments = [...words.matchAll(/<string>([^<]*)<\/string>/g)].map(([, word = '']) => word);

test.each([
  ['systemd', execStart],
  ['launchd', programArguments.join(' ').replace(/^\/\S+\//, '')],
])('SERVICES-1: what %s starts is a command with the options that there are', async (_, line) => {
  const [command, ...more] = archivistCommands(`\`${line}\``);
  expect(command).toBeDefined();
  expect(more).toEqual([]);
  expect(await wrongIn(command!)).toBeUndefined();
});

test('SERVICES-2: systemd ends it as Ctrl-C does, and every line is an assignment in a section', () => {
  expect(unit).toMatch(/^KillSignal=SIGINT$/m);
  const lines = unit.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => !/^(\[(Unit|Service|Install)\]|[A-Z]\w+=\S.*)$/.test(line))).toEqual([]);
});

test('SERVICES-3: where there is systemd, it finds nothing wrong with the unit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-unit-'));
  try {
    const path = join(folder, 'archivist.service');
    // The program is not installed here, and need not be.
    writeFileSync(path, unit.replace('/usr/local/bin/archivist', '/bin/true'));
    const { error, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
    expect(error === undefined ? stderr : '').toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('SERVICES-4: each element of the property list is closed, and each key has a value', () => {
  const open: string[] = [];
  for (const [, closes, name = '', empty] of plist.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (empty === '/') continue;
    if (closes === '/') expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
  expect(plist.match(/<\/key>\s*<(string|array|true|false|dict)/g)).toHaveLength(plist.match(/<key>/g)!.length);
});
