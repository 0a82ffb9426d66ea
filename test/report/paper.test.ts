import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { reportAssets } from '../../report/assets.ts';
import { reportFiles } from '../../report/report-files.ts';
import { singlePage } from '../../report/single.ts';
import { writeReport } from '../../report/write-report.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import { aClip, someStrikes } from '../support/research.ts';
import { aFinding, anEpisode, bigFacts, someFacts } from './support/archives.ts';
import { hasChromium, startBrowser, type Watched, watchedPage } from './support/browser.ts';

/* The pages of the report on a telephone and on paper. */

jest.setTimeout(120_000);

const inBrowser = hasChromium ? test : test.skip;

const beforeAllWasFound = Date.parse('2024-01-01T00:00:00Z');

let browser: Browser;
let folder: string;

beforeAll(async () => {
  if (!hasChromium) return;
  browser = await startBrowser();
  folder = join(freshFolder(), 'report');
  const facts = bigFacts({ episodes: 120, clips: 70, findings: 900 });
  await writeReport(folder, reportFiles('The Tides', facts, await reportAssets(), true, beforeAllWasFound));
});
afterAll(async () => {
  await browser?.close();
  removeFreshFolders();
});

const opened: Watched[] = [];
async function at(path: string, options?: BrowserContextOptions): Promise<Watched> {
  const watched = await watchedPage(browser, folder, options);
  opened.push(watched);
  await watched.open(path);
  return watched;
}
afterEach(async () => {
  for (const { page } of opened.splice(0)) await page.context().close();
});

const ALL_PAGES = [
  'index.html',
  'findings.html',
  'new.html',
  'episodes.html',
  'clips.html',
  'episode.html?id=60',
  'clip.html?id=1',
] as const;

/** How much wider than their place the page and its tables are, px each. */
const WIDER = `[document.documentElement, ...document.querySelectorAll('.scroller')]
    .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)`;

inBrowser('PAPER-1: on a telephone no page scrolls sideways, nor does a table in it', async () => {
  const { page, open } = await at('index.html', { viewport: { width: 390, height: 844 } });
  for (const path of ALL_PAGES) {
    await open(path);
    expect([path, Math.max(...((await page.evaluate(WIDER)) as number[]))]).toEqual([path, 0]);
  }
});

inBrowser('PAPER-2: titles of one long word make no page wider, on a telephone and on paper', async () => {
  const title = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const clip = aClip(1);
  const facts = someFacts({
    clips: [
      { ...clip, info: { ...clip.info, title } },
      aClip(2, { strikes: someStrikes({ count: 4, reason: title }) }),
    ],
    episodes: [anEpisode(1, { title }), anEpisode(2)],
  });
  const long = join(freshFolder(), 'report');
  await writeReport(long, reportFiles(title, facts, await reportAssets(), true, beforeAllWasFound));
  const watched = await watchedPage(browser, long, { viewport: { width: 390, height: 844 } });
  opened.push(watched);
  const { page, open } = watched;
  writeFileSync(join(long, 'single.html'), singlePage(title, facts));
  // So wide is A4 between its margins.
  for (const [media, width] of [
    ['screen', 390],
    ['print', 688],
  ] as const) {
    await page.emulateMedia({ media });
    await page.setViewportSize({ width, height: 844 });
    for (const path of ALL_PAGES) {
      await open(path.replace('60', '1'));
      expect([media, path, Math.max(...((await page.evaluate(WIDER)) as number[]))]).toEqual([media, path, 0]);
    }
    await page.goto(`file://${long}/single.html`);
    expect([media, await page.evaluate(WIDER)]).toEqual([media, [0]]);
  }
});

inBrowser.each([390, 1280])('PAPER-3: axes of time name their first month, %i wide', async (width) => {
  const { page, open } = await at('index.html', { viewport: { width, height: 800 } });
  const label = () => page.locator('.drawing').getByText('Feb 2009', { exact: true });
  for (const path of ['index.html', 'clip.html?id=1']) {
    await open(path);
    await page.locator('.drawing svg').nth(1).waitFor();
    expect([path, await label().count()]).toEqual([path, 2]);
  }
});

inBrowser('PAPER-4: on paper there is nothing to click, and every row of the table', async () => {
  const { page, open } = await at('findings.html?q=storm&page=2', { colorScheme: 'dark' });
  const seen = () => page.locator('tbody tr').count();
  const whole = Number(/of (\d+) findings,/.exec((await page.locator('.count').textContent()) ?? '')?.[1]);
  expect([whole > 100, await seen()]).toEqual([true, 50]);
  await page.evaluate(`addEventListener('beforeprint', () => {
    const rows = document.querySelectorAll('tbody tr').length;
    window.printed = [rows, document.querySelector('.count').textContent];
  })`);
  await page.pdf({ format: 'A4' });
  expect(await page.evaluate('window.printed')).toEqual([whole, `${whole} findings, out of 900`]);
  expect(await seen()).toBe(50);
  expect(page.url()).toMatch(/q=storm&page=2$/);

  await page.emulateMedia({ media: 'print' });
  const styleOf = (selector: string, name: string) =>
    page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${name}`);
  expect(await page.getByRole('searchbox').inputValue()).toBe('storm');
  expect(await page.getByRole('searchbox').isVisible()).toBe(true);
  const controls = 'nav, audio, summary, .theme, .skip, .player, .primary, .on-screen';
  for (const path of ALL_PAGES) {
    await open(path);
    expect([path, await page.locator(controls).filter({ visible: true }).count()]).toEqual([path, 0]);
    expect([path, await page.getByRole('searchbox').filter({ visible: true }).count()]).toEqual([path, 0]);
    expect(await styleOf('body', 'backgroundColor')).toBe('rgb(255, 255, 255)');
  }
  await open('episode.html?id=60');
  const address = page.locator('.address');
  expect(await address.textContent()).toBe('https://media.example.org/60.mp3');
  expect(await styleOf('.address', 'whiteSpace')).toBe('normal');
  expect(await styleOf('tbody tr', 'breakInside')).toBe('avoid');
  expect(await styleOf('figure', 'breakInside')).toBe('avoid');
});

inBrowser('PAPER-5: drawings are made for the width of paper, and again for the screen after it', async () => {
  const { page } = await at('clip.html?id=1');
  const widths = "[...document.querySelectorAll('.drawing svg')].map((svg) => Number(svg.getAttribute('width')))";
  await page.locator('.drawing svg').nth(1).waitFor();
  const before = (await page.evaluate(widths)) as number[];
  await page.evaluate(`addEventListener('beforeprint', () => { window.printed = ${widths}; })`);
  await page.pdf({ format: 'A4' });
  expect(await page.evaluate('window.printed')).toEqual([330, 330]);
  expect(await page.evaluate(widths)).toEqual(before);
});

inBrowser(
  'PAPER-6: an option of the command line stays in one line, and a play is as high as the next, with a note or without',
  async () => {
    const findings = [
      aFinding({ clip: 1, offsetsNs: [100e9, 900e9], scores: [0.8, 0.95] }),
      aFinding({ clip: 2, offsetsNs: [100e9], scores: [0.9] }),
    ];
    const bare = join(freshFolder(), 'report');
    await writeReport(bare, reportFiles('Bare', someFacts({ findings }), await reportAssets()));
    const watched = await watchedPage(browser, bare, { viewport: { width: 390, height: 844 } });
    opened.push(watched);
    const { page, open } = watched;
    await open('episode.html?id=1');
    // Nothing plays in it, so nobody is asked to click.
    expect(await page.getByText('Click to listen').count()).toBe(0);
    for (const width of [300, 330, 360, 390]) {
      await page.setViewportSize({ width, height: 844 });
      const lines = await page.evaluate(
        `[...document.querySelectorAll('.option')].map((option) => [option.textContent, option.getClientRects().length])`,
      );
      expect([width, lines]).toEqual([width, [['--with-addresses', 1]]]);
    }
    await page.setViewportSize({ width: 1280, height: 844 });
    await open('clip.html?id=1');
    await page.getByText('a rival of').waitFor();
    const heights = `[...document.querySelectorAll('.plays .play')].map(({ offsetHeight }) => offsetHeight)`;
    const [first, second] = (await page.evaluate(heights)) as number[];
    expect(second).toBe(first);
  },
);
