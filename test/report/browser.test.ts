import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { reportAssets } from '../../report/assets.ts';
import type { ReportFacts } from '../../report/report-facts.ts';
import { reportFiles } from '../../report/report-files.ts';
import { writeReport } from '../../report/write-report.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import { aClip, someStrikes } from '../support/research.ts';
import { aFinding, anEpisode, bigFacts, someFacts } from './support/archives.ts';
import {
  accessibilityProblems,
  CHROMIUM,
  hasChromium,
  processorSeconds,
  startBrowser,
  startMediaHost,
  type Watched,
  watchedPage,
} from './support/browser.ts';

/* The report as people meet it: opened from a folder in Chromium, with real clicks and keys. */

jest.setTimeout(120_000);

if (!hasChromium) {
  process.stderr.write(
    `The report is not tested in a browser: there is no ${CHROMIUM} (apt-get install chromium, or name one in CHROMIUM).\n`,
  );
}
const inBrowser = hasChromium ? test : test.skip;

const HOSTILE = '<img src=x onerror="window.harmed=1">';

let browser: Browser;
let media: { server: Server; origin: string };
let show: string;
let hostile: string;

async function written(facts: ReportFacts, title = 'The Tides'): Promise<string> {
  const folder = join(freshFolder(), 'report');
  await writeReport(folder, reportFiles(title, facts, await reportAssets(), true));
  return folder;
}

beforeAll(async () => {
  if (!hasChromium) return;
  media = await startMediaHost();
  browser = await startBrowser();
  show = await written(bigFacts({ episodes: 120, clips: 70, findings: 900 }));
  const clip = aClip(1);
  const named = (info: object) => ({ ...clip.info, ...info });
  hostile = await written(
    someFacts({
      clips: [
        { ...clip, info: named({ title: HOSTILE, mediaUri: 'javascript:window.harmed=1', description: HOSTILE }) },
        aClip(2, { strikes: someStrikes({ count: 4, reason: HOSTILE }) }),
      ],
      episodes: [
        anEpisode(1, { title: HOSTILE, description: HOSTILE, mediaUri: `${media.origin}/episode.wav` }),
        anEpisode(2, { title: 'Gone', mediaUri: `${media.origin}/gone.mp3`, dateAired: '2020-01-01T00:00:00Z' }),
        anEpisode(3, {
          title: 'Bad address',
          mediaUri: 'javascript:window.harmed=1',
          dateAired: '2021-01-01T00:00:00Z',
        }),
      ].map((episode) => ({ ...episode, facts: { hash: 'a', durationNs: 60e9 } })),
      findings: [1, 2, 3].map((episode) => aFinding({ episode, offsetsNs: [20e9, 40.5e9], scores: [0.9, 0.8] })),
    }),
    HOSTILE,
  );
});
afterAll(async () => {
  await browser?.close();
  media?.server.close();
  removeFreshFolders();
});

const opened: Watched[] = [];
async function at(folder: string, path: string, options?: Parameters<typeof watchedPage>[2]): Promise<Watched> {
  const watched = await watchedPage(browser, folder, options);
  opened.push(watched);
  await watched.open(path);
  return watched;
}
afterEach(async () => {
  for (const { page } of opened.splice(0)) await page.context().close();
});

const firstCells = (page: Page, column: number) => page.locator(`tbody tr > :nth-child(${column})`).allTextContents();
const said = (page: Page, text: RegExp) => page.locator('.count', { hasText: text }).waitFor();

inBrowser(
  'BROWSER-1: every page opens from its folder, asks the network for nothing, and breaks no rule of its policy',
  async () => {
    const { page, wrong, requests, open } = await at(show, 'index.html');
    for (const [path, heading] of [
      ['index.html', 'The Tides'],
      ['findings.html', 'Findings'],
      ['episodes.html', 'Episodes'],
      ['clips.html', 'Clips'],
      ['episode.html?id=60', /^60: /],
      ['clip.html?id=1', /./],
    ] as const) {
      await open(path);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      if (path !== 'index.html') expect(await page.title()).toMatch(/ – The Tides$/);
    }
    await page.locator('.drawing svg rect, .drawing svg circle').first().waitFor();
    expect({ wrong, requests }).toEqual({ wrong: [], requests: [] });
  },
);

inBrowser(
  'BROWSER-2: findings are searched and sorted by clicks, and one comes back to them as they were',
  async () => {
    const { page } = await at(show, 'index.html');
    await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Findings' }).click();
    await said(page, /^1–50 of 900 findings$/);
    await page.getByRole('searchbox').fill('STORM 2009');
    await said(page, /of \d+ findings, out of 900$/);
    for (const row of await page.locator('tbody tr').allTextContents()) expect(row).toMatch(/storm.*2009/i);
    await page.getByRole('button', { name: 'Plays' }).click();
    const plays = (await firstCells(page, 5)).map(Number);
    expect(plays).toEqual([...plays].sort((a, b) => b - a));
    expect(await page.locator('th[aria-sort]').allTextContents()).toEqual(['Plays']);
    await page.getByRole('button', { name: 'Plays' }).click();
    expect(await page.locator('th[aria-sort="ascending"]').count()).toBe(1);
    const before = await firstCells(page, 1);
    await page.locator('tbody a').first().click();
    await page.getByRole('heading', { level: 1, name: before[0]! }).waitFor();
    await page.goBack();
    await page.locator('main:not([aria-busy])').waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('STORM 2009');
    expect(await firstCells(page, 1)).toEqual(before);
    await page.getByRole('searchbox').fill('no such thing');
    await said(page, /^No finding matches$/);
  },
);

inBrowser('BROWSER-3: everything can be done with keys', async () => {
  const { page } = await at(show, 'episodes.html');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('gull');
  await said(page, /out of 120$/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.locator('th[aria-sort="ascending"]').textContent()).toBe('Episode');
  // The header is drawn anew by it, and still has the focus.
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Episode');
  await page.getByRole('searchbox').fill('');
  const next = page.getByRole('button', { name: 'Next' });
  await next.focus();
  for (const place of ['Page 2 of 3', 'Page 3 of 3', 'Page 3 of 3']) {
    await page.keyboard.press('Enter');
    expect(await page.locator('.place').textContent()).toBe(place);
  }
  expect(await next.getAttribute('aria-disabled')).toBe('true');
  const theme = page.getByRole('button', { name: 'Colours: auto' });
  await theme.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
  await page.getByRole('link', { name: 'Clips' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Clips' }).waitFor();
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
});

inBrowser(
  'BROWSER-4: a play is heard from its place, by its button, from the timeline and from the page of the clip',
  async () => {
    const { page, requests, open } = await at(hostile, 'episode.html?id=1&t=20');
    expect(requests).toEqual([]);
    const heardFrom = async (seconds: number) => {
      // Not waitForFunction: the policy of the page forbids what that does.
      for (let heard = -1; heard < seconds || heard > seconds + 10; await page.waitForTimeout(50)) {
        heard = (await page.evaluate(
          "(({ paused, currentTime }) => paused ? -1 : currentTime)(document.querySelector('audio'))",
        )) as number;
      }
    };
    await page.getByRole('button', { name: 'Play the episode from 0:20' }).click();
    await heardFrom(20);
    await page.getByRole('button', { name: /^Play .* from 0:40$/ }).click();
    await heardFrom(40.5);
    await page.getByText('Click to listen from there.').waitFor();
    const marks = page.locator('.play-mark rect');
    await marks.first().click();
    await heardFrom(20);
    expect(await page.locator('.playhead').getAttribute('visibility')).toBe('visible');
    expect(new Set(requests)).toEqual(new Set([`${media.origin}/episode.wav`]));
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.evaluate("document.querySelector('audio').paused")).toBe(true);
    await open('clip.html?id=1');
    await page
      .getByRole('button', { name: /from 0:40$/ })
      .first()
      .click();
    await heardFrom(40.5);
  },
);

inBrowser('BROWSER-5: media that cannot be had are told of, and addresses that no page may open are text', async () => {
  const { page, open } = await at(hostile, 'episode.html?id=2');
  await page.getByRole('button', { name: /from 0:20$/ }).click();
  await page.getByText(`It could not be played from ${new URL(media.origin).host}`).waitFor();
  await open('episode.html?id=3');
  expect(await page.getByRole('button', { name: 'Play the episode' }).count()).toBe(0);
  await page.getByText('Its address is none that a page may open.').first().waitFor();
  await page.getByRole('button', { name: /from 0:20$/ }).click();
  await page.locator('.player-said', { hasText: 'Its address is none that a page may open.' }).waitFor();
  expect(await page.evaluate("document.querySelector('audio').src")).toBe('');
});

inBrowser('BROWSER-6: what a feed says is text on every page, and no link leads to a script', async () => {
  const { page, wrong, open } = await at(hostile, 'index.html');
  for (const path of [
    'index.html',
    'findings.html',
    'episodes.html',
    'clips.html',
    'episode.html?id=1',
    'clip.html?id=1',
    'clip.html?id=2',
  ]) {
    await open(path);
    await page.getByText(HOSTILE).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    const links = (await page.evaluate(
      "[...document.querySelectorAll('a')].map(({ protocol }) => protocol)",
    )) as string[];
    expect(links.filter((protocol) => !['file:', 'http:', 'https:'].includes(protocol))).toEqual([]);
    expect(await page.evaluate('window.harmed')).toBeUndefined();
  }
  expect(wrong).toEqual([]);
});

inBrowser('BROWSER-7: what is not in the report is said so', async () => {
  const { page, open } = await at(show, 'episode.html?id=4711');
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  for (const id of ['-1', 'x', '120000000000000000000', '../../etc']) {
    await open(`clip.html?id=${id}`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  }
});

inBrowser.each([
  ['light', 1280],
  ['dark', 360],
] as const)(
  'BROWSER-8: axe finds nothing in %s colours, %i wide, and nothing is wider than the page',
  async (colorScheme, width) => {
    const { page, open } = await at(show, 'index.html', { colorScheme, viewport: { width, height: 800 } });
    const problems: string[] = [];
    const check = async (where: string) => {
      problems.push(...(await accessibilityProblems(page)).map((problem) => `${where}: ${problem}`));
      const wider = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      if (wider !== 0) problems.push(`${where} is ${wider} wider`);
    };
    await page.locator('summary').first().click();
    await check('index.html');
    for (const path of [
      'findings.html?page=2',
      'episodes.html',
      'episode.html?id=60',
      'clip.html?id=1',
      'clip.html?id=999',
    ]) {
      await open(path);
      await check(path);
    }
    // Again with the player, of what the page refuses to load.
    const refused = await at(hostile, 'episode.html?id=3', { colorScheme, viewport: { width, height: 800 } });
    await refused.page.getByRole('button', { name: /from 0:20$/ }).click();
    problems.push(...(await accessibilityProblems(refused.page)));
    expect(problems).toEqual([]);
  },
);

inBrowser(
  'BROWSER-9: 4,000 episodes, 10,000 clips and 100,000 findings open and are searched in less than 2 s of work',
  async () => {
    const folder = await written(bigFacts({ episodes: 4_000, clips: 10_000, findings: 100_000 }));
    for (const path of [
      'index.html',
      'findings.html',
      'episodes.html',
      'clips.html',
      'episode.html?id=60',
      'clip.html?id=1',
    ]) {
      // A page of its own: a navigation may begin a new process, whose time begins at nothing.
      const watched = await watchedPage(browser, folder);
      opened.push(watched);
      const { page, open } = watched;
      const worked = await processorSeconds(page);
      await open(path);
      const seconds = await worked();
      expect([path, seconds > 0 && seconds < 2]).toEqual([path, true]);
      if (path !== 'findings.html') continue;
      await page.getByRole('searchbox').fill('storm');
      await said(page, /out of 100,000$/);
      await page.getByRole('button', { name: 'Episode' }).click();
      await said(page, /out of 100,000$/);
      const more = (await worked()) - seconds;
      expect([more > 0, more < 2]).toEqual([true, true]);
    }
  },
);
