import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportAssets } from '../../report/assets.ts';
import { reportFiles } from '../../report/report-files.ts';
import { writeReport } from '../../report/write-report.ts';
import { bigFacts } from './support/archives.ts';
import { processorSeconds, startBrowser } from './support/browser.ts';

/*
 * node test/report/measure.ts: how long the pages of a big report take to open in Chromium, from the navigation until the
 * content is drawn, in ms of the clock and of the page's processor time. Median of five. One JSON line.
 */

const SIZE = { episodes: 4_000, clips: 10_000, findings: 100_000 };
const PAGES = ['index.html', 'findings.html', 'episodes.html', 'clips.html', 'episode.html?id=60', 'clip.html?id=1'];

const median = (values: number[]): number => Math.round(values.sort((a, b) => a - b)[values.length >> 1] ?? 0);

const folder = join(mkdtempSync(join(tmpdir(), 'archivist-report-')), 'report');
const facts = bigFacts(SIZE);
const start = performance.now();
const { files, bytes } = await writeReport(folder, reportFiles('Big', facts, await reportAssets()));
const writtenMs = Math.round(performance.now() - start);
const browser = await startBrowser();
const opened: Record<string, { clockMs: number; processorMs: number }> = {};
for (const path of PAGES) {
  const clock: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < 5; round++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const worked = await processorSeconds(page);
    const begun = performance.now();
    await page.goto(`file://${folder}/${path}`);
    await page.locator('main:not([aria-busy])').waitFor();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))');
    clock.push(performance.now() - begun);
    processor.push(1000 * (await worked()));
    await page.close();
  }
  opened[path] = { clockMs: median(clock), processorMs: median(processor) };
}
await browser.close();
const script = readFileSync(join(folder, 'assets/report.js')).length;
rmSync(join(folder, '..'), { recursive: true });
process.stdout.write(
  `${JSON.stringify({ size: SIZE, files, megabytes: Math.round(bytes / 1e5) / 10, script, writtenMs, opened })}\n`,
);
