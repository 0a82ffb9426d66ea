import { readFileSync } from 'node:fs';
import { costsAt, costsTable, type Measured, researcherHour, SIZES } from '../../bench/costs-at-sizes.ts';
import { researcherDollars, researcherTable } from '../../bench/researcher-dollars.ts';
import { defaultSettings } from '../../lib/settings.ts';

const { operations, dollars } = JSON.parse(readFileSync('docs/performance/cost.json', 'utf8'));
const measured: Measured = { operations, fixed: dollars.fixed };
const page = readFileSync('docs/costs.md', 'utf8');

test('COSTS-1: the table of costs.md is that of the last measurement', () =>
  expect(page).toContain(costsTable(measured)));

test('COSTS-2: so is an hour of a researcher on Lambda', () =>
  expect(page).toContain(`$${researcherHour(defaultSettings.researcherMemory).toFixed(2)} an hour of one`));

describe('COSTS-6: researchers on Lambda cost what their seconds and memory cost', () => {
  const hour = { clipsAnItem: 100, openingSeconds: 8.5, secondsAClip: 0.1, peakMegabytes: 500 };

  test('every item fetches and opens its episode, and every clip is looked for', () => {
    // Two hours × 250 clips: 2 × 3 items of 10 s, and 2 × 250 clips of 0.1 s.
    const { fetches, seconds } = researcherDollars(2, 250, hour, 1024);
    expect([fetches, seconds]).toEqual([6, 110]);
    expect(researcherDollars(2, 250, hour, 1024).dollars).toBeCloseTo(110 * 0.0000133334, 9);
  });

  test('what needs more memory than the function has is given it', () =>
    expect(researcherDollars(2, 250, { ...hour, peakMegabytes: 2_560 }, 1024).gigabytes).toBe(3));

  test('the page has the table', () => {
    const research = JSON.parse(readFileSync('docs/performance/research.json', 'utf8'));
    expect(page).toContain(researcherTable(research, defaultSettings.researcherMemory));
  });
});

test('COSTS-3: nothing but the stack costs anything while there is nothing', () => {
  const empty = { name: 'empty', episodes: 0, clips: 0, findings: 0, episodesAMonth: 0, clipsAMonth: 0 };
  const { once, idle, month } = costsAt(empty, measured);
  expect(once).toEqual([0, 0]);
  expect(idle).toBe(dollars.idleMonth.total);
  expect(month).toEqual([idle, idle]);
});

test('COSTS-4: twice the episodes are twice the work, once', () => {
  const [size] = SIZES.slice(-1) as [(typeof SIZES)[number]];
  const bare = { ...size, clips: 0, findings: 0 };
  const of = (episodes: number) => costsAt({ ...bare, episodes }, measured).once[0];
  expect(of(2 * size.episodes)).toBeCloseTo(2 * of(size.episodes), 9);
});

test('COSTS-5: an operation that the bench does not know is named', () =>
  expect(() => costsAt(SIZES[0]!, { ...measured, operations: [] })).toThrow(
    'The bench has no operation clip in a batch',
  ));
