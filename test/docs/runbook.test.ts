import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RUNBOOK_SECTIONS } from '../../lib/alarms.ts';

test('RUNBOOK-1: every section that an alarm links is a heading of the runbook, and there are no others', () => {
  const headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([...RUNBOOK_SECTIONS]);
});

test('RUNBOOK-2: every section says what it means, where to look and what to do', () => {
  const sections = readFileSync('docs/runbook.md', 'utf8').split(/^## /m).slice(1);
  const parts = sections.map((section) => [...section.matchAll(/\*\*(\w+)\.\*\*/g)].map(([, part]) => part));
  for (const part of parts) expect(part).toEqual(['Description', 'Investigation', 'Resolution']);
});

const pages = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((page) => join('docs', page)),
];

test.each(pages.filter((page) => page.endsWith('.md')))('LINKS-1: the relative links of %s lead somewhere', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(
    ([, link = '']) => link,
  );
  expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
});
