import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { settingNames } from '../../lib/settings.ts';
import { synthesized } from '../lib/synthesized.ts';
import { archivistCommands, wrongIn } from './commands.ts';

const inDocs = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file));
const pages = ['README.md', 'local/README.md', ...inDocs.filter((file) => file.endsWith('.md'))];
const text = (page: string) => readFileSync(page, 'utf8');
const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string): string[] =>
  [...text(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

function brokenLinks(page: string, content = text(page)): string[] {
  const links = [...content.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && (statSync(target).isDirectory() || !anchorsOf(target).includes(anchor));
  });
}

test.each(pages)('LINKS-1: the relative links and anchors of %s lead somewhere', (page) =>
  expect(brokenLinks(page)).toEqual([]),
);

test('LINKS-2: a link to no file, and one to no heading, are noticed', () =>
  expect(
    brokenLinks('README.md', '[a](docs/design.md#the-ledger) [b](docs/none.md) [c](docs/design.md#none) [d](#none)'),
  ).toEqual(['docs/none.md', 'docs/design.md#none', '#none']));

test.each(pages)('COMMANDS-1: every npm script that %s names exists', (page) => {
  const named = [...text(page).matchAll(/npm (?:run (?:-s )?([\w:]+)|(start|test)\b)/g)].map(
    ([, a, b]) => a ?? b ?? '',
  );
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test.each(pages)('COMMANDS-2: every command of the command line in %s exists, with the options shown', async (page) => {
  const wrong = await Promise.all(archivistCommands(text(page)).map(wrongIn));
  expect(wrong.filter((one) => one !== undefined)).toEqual([]);
});

test('COMMANDS-3: the pages for operators show many; what is wrong is noticed', async () => {
  for (const page of ['README.md', 'docs/runbook.md', 'docs/deploy.md'])
    expect([page, archivistCommands(text(page)).length > 5]).toEqual([page, true]);
  const shown = archivistCommands(
    '`archivist status --stack A`, then `archivist statsu`\n```\narchivist explain --episode "a b" --clop C | jq\nnpm run -s archivist -- research --workers none\n$ archivist redrive A B --yes\n```',
  );
  expect((await Promise.all(shown.map(wrongIn))).map((wrong) => wrong ?? 'sound')).toEqual([
    'sound',
    'There is no command statsu',
    'explain has no --clop',
    expect.stringContaining('It must be a whole number from 1 to 64'),
    'redrive takes no B',
  ]);
});

test.each(pages)('SETTINGS-1: every setting that %s gives exists', (page) => {
  const given = [...text(page).matchAll(/(?:-c|--set) ([A-Za-z]\w*)=/g)].map(([, name = '']) => name);
  expect(given.filter((name) => !settingNames.some((known) => known === name))).toEqual([]);
});

test('OUTPUTS-1: every output of the stack that the pages for operators name exists', () => {
  const { Outputs } = synthesized({ alarmTopic: 'on', dashboard: 'on' });
  const named = ['README.md', 'docs/runbook.md', 'docs/deploy.md'].flatMap((page) =>
    [...text(page).matchAll(/(?:\$\(output |<|`)([A-Z]\w+(?:Url|Name|Arn|Settings))(?=[)>`])/g)].map(
      ([, name = '']) => name,
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => Outputs[name] === undefined)).toEqual([]);
});
