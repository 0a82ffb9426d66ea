import { readFileSync } from 'node:fs';
import { HARD_CLASSES, isPromised } from '../../audio/evaluation/range.ts';
import type { Hearing } from '../../audio/evaluation/summary.ts';
import { chanceTable, classTable, reliabilityTable } from '../../audio/evaluation/summary-report.ts';

const hearing = JSON.parse(readFileSync('docs/performance/hearing.json', 'utf8')) as Required<Hearing>;
const page = readFileSync('docs/researcher.md', 'utf8');

test('HEARING-1: the tables of researcher.md are those of the last evaluations', () => {
  expect(page).toContain(classTable(hearing));
  expect(page).toContain(reliabilityTable(hearing.recorded.reliability));
  expect(page).toContain(chanceTable(hearing.recorded.chance));
});

test('HEARING-2: what the page promises is found, nothing is false, and chance was looked for long enough', () => {
  const { promised, all, precision, foreign } = hearing.recorded;
  expect(promised.hits / promised.plays).toBeGreaterThanOrEqual(0.95);
  expect(all.hits / all.plays).toBeGreaterThanOrEqual(0.88);
  expect(precision).toBeGreaterThanOrEqual(0.995);
  expect(foreign).toMatchObject({ falseAlarms: 0 });
});

test('HEARING-3: what is hard is hard inside another clip too, and whatever else there is is promised', () => {
  for (const name of HARD_CLASSES) expect([isPromised(name), isPromised(`inside ${name}`)]).toEqual([false, false]);
  expect(['clean', 'inside clean', 'my own class'].every(isPromised)).toBe(true);
});
