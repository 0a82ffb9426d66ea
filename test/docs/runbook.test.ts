import { readFileSync } from 'node:fs';
import { RUNBOOK_SECTIONS } from '../../lib/alarms/alarms.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const sections = runbook.split(/^## /m).slice(1);

test('RUNBOOK-1: every section that an alarm links is a heading of the runbook, and there are no others', () => {
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([...RUNBOOK_SECTIONS]);
});

test.each(sections)(
  'RUNBOOK-2: every section says what it means, where to look, what to do, and what a drill showed',
  (section) => {
    const parts = [...section.matchAll(/^\*\*([\w ]+)\.\*\*/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Description', 'Investigation', 'Resolution', 'Fault drill']);
    const [, drill = ''] = section.split('**Fault drill.**');
    expect(drill.match(/```\n[^`]+```/)).not.toBeNull();
  },
);

test('RUNBOOK-3: the drills use only what drill.sh defines', () => {
  const helpers = [...readFileSync('docs/drill.sh', 'utf8').matchAll(/^(\w+)\(\) \{/gm)].map(([, name]) => name);
  const used = [...runbook.matchAll(/\b(drill_\w+|log_lines|metrics|say_each|dynamodb(?= [A-Z])|invoke(?= [A-Z]))\b/g)];
  expect(used.length).toBeGreaterThan(20);
  expect(used.map(([name]) => name).filter((name) => !helpers.includes(name))).toEqual([]);
});
