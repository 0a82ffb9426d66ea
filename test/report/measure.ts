import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { reportAssets } from '../../report/assets.ts';
import { reportFiles } from '../../report/report-files.ts';
import { writeReport } from '../../report/write-report.ts';
import { bigFacts } from './support/archives.ts';
import { processorSeconds, startBrowser } from './support/browser.ts';

/*
 * node test/report/measure.ts [FOLDER]: how long the pages of a report take to open in Chromium, from the navigation until the
 * content is drawn, and until a search there has answered, in ms of the clock and of the page's processor time. Median of five.
 * Without the folder of a report, of one that is made for it. One JSON line.
 */

const SIZE = { episodes: 4_000, clips: 10_000, findings: 100_000 };
const PAGES = ['index.html', 'findings.html', 'episodes.html', 'clips.html', 'episode.html?id=60', 'clip.html?id=1'];
const ROUNDS = 5;

interface Spent {
  readonly clockMs: number;
  readonly processorMs: number;
}

const median = (values: number[]): number => Math.round(values.sort((a, b) => a - b)[values.length >> 1] ?? 0);

/** What is spent until nothing is left to draw. */
async function spent(page: Page, doing: () => Promise<unknown>): Promise<Spent> {
  const worked = await processorSeconds(page);
  const before = await worked();
  const begun = performance.now();
  await doing();
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))');
  return { clockMs: performance.now() - begun, processorMs: 1000 * ((await worked()) - before) };
}

const medians = (all: readonly Spent[]): Spent => ({
  clockMs: median(all.map(({ clockMs }) => clockMs)),
  processorMs: median(all.map(({ processorMs }) => processorMs)),
});

/** A report that is made for it. */
async function madeReport() {
  const folder = join(mkdtempSync(join(tmpdir(), 'archivist-report-')), 'report');
  const start = performance.now();
  const { files, bytes } = await writeReport(folder, reportFiles('Big', bigFacts(SIZE), await reportAssets()));
  const made = { size: SIZE, files, megabytes: Math.round(bytes / 1e5) / 10 };
  return { folder, made: { ...made, writtenMs: Math.round(performance.now() - start) } };
}

const [given] = process.argv.slice(2);
const { folder, made } = given === undefined ? await madeReport() : { folder: resolve(given), made: { report: given } };
const browser = await startBrowser();
const opened: Record<string, Spent> = {};
const searched: Record<string, Spent> = {};
for (const path of PAGES) {
  const [openings, searches]: [Spent[], Spent[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    openings.push(
      await spent(page, async () => {
        await page.goto(`file://${folder}/${path}`);
        await page.locator('main:not([aria-busy])').waitFor();
      }),
    );
    const box = page.locator('input[type=search]');
    if ((await box.count()) > 0) {
      searches.push(
        await spent(page, async () => {
          await box.first().fill('nothing is called so');
          await page.getByText(/^No \w+ matches/).waitFor();
        }),
      );
    }
    await page.close();
  }
  opened[path] = medians(openings);
  if (searches.length > 0) searched[path] = medians(searches);
}
await browser.close();
const script = readFileSync(join(folder, 'assets/report.js')).length;
if (given === undefined) rmSync(join(folder, '..'), { recursive: true });
process.stdout.write(`${JSON.stringify({ ...made, script, opened, searched })}\n`);
