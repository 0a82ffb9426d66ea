import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { projectDir } from '../../../local/project.ts';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A page with what went wrong on it, and what it asked the network for. */
export interface Watched {
  readonly page: Page;
  /** Console errors (violations of the policy are such), exceptions. */
  readonly wrong: string[];
  /** Requests for anything but the files of the report. */
  readonly requests: string[];
  open(path: string): Promise<void>;
}

export async function watchedPage(
  browser: Browser,
  folder: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => request.url().startsWith('file:') || requests.push(request.url()));
  const open = async (path: string) => {
    await page.goto(`file://${folder}/${path}`);
    await page.locator('main:not([aria-busy])').waitFor();
  };
  return { page, wrong, requests, open };
}

/**
 * Seconds that the processor has worked for a page, as a function to ask with. What a clock says depends on what else the
 * machine does.
 */
export async function processorSeconds(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
}

const axe = readFileSync(join(projectDir, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe finds against WCAG 2.2 AA and best practice, a line each. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const run = `axe.run({ preload: false, runOnly: { type: 'tag', values: ${JSON.stringify(tags)} } })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`;
  return page.evaluate(run) as Promise<string[]>;
}

const RATE = 8000;

/** A minute of a quiet tone, as a media host of its own. */
export async function startMediaHost(): Promise<{ server: Server; origin: string }> {
  const samples = RATE * 60;
  const wave = Buffer.alloc(44 + samples);
  wave.write('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0', 'latin1');
  wave.writeUInt32LE(36 + samples, 4);
  wave.writeUInt32LE(RATE, 24);
  wave.writeUInt32LE(RATE, 28);
  wave.writeUInt16LE(1, 32);
  wave.writeUInt16LE(8, 34);
  wave.write('data', 36, 'latin1');
  wave.writeUInt32LE(samples, 40);
  for (let index = 0; index < samples; index++) wave[44 + index] = 128 + 20 * Math.sin(index / 5);
  const server = createServer((request, response) => {
    if (request.url !== '/episode.wav') {
      response.writeHead(404).end();
      return;
    }
    const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
    const end = to === '' ? wave.length - 1 : Number(to);
    response.writeHead(206, {
      'content-type': 'audio/wav',
      'accept-ranges': 'bytes',
      'content-range': `bytes ${from}-${end}/${wave.length}`,
      'content-length': end - Number(from) + 1,
    });
    response.end(wave.subarray(Number(from), end + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
