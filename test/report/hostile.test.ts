import { runInNewContext } from 'node:vm';
import { allOf } from '../../operating/reading/parts.ts';
import { reportAssets } from '../../report/assets.ts';
import { RECEIVER } from '../../report/data-file.ts';
import { reportFiles } from '../../report/report-files.ts';
import { aClip } from '../support/research.ts';
import { aFinding, anEpisode, someFacts } from './support/archives.ts';

/** What a feed may try. */
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'); alert(1); ('",
  "\\u0027); alert(1); (\\'",
  '\u2028alert(1)\u2029',
  '<!--<script>',
  '$' + '{alert(1)}',
  '__proto__',
];

const hostile = HOSTILE.join(' ');
const clip = aClip(1);
const facts = someFacts({
  clips: [{ ...clip, info: { ...clip.info, title: hostile, description: hostile, mediaUri: 'javascript:alert(1)' } }],
  episodes: [
    anEpisode(1, {
      title: hostile,
      description: hostile,
      curatorInformation: hostile,
      mediaUri: 'javascript:alert(1)',
    }),
  ],
  findings: [aFinding({ researcher: hostile, analyzer: hostile, episodeFacts: { hash: hostile, durationNs: 1 } })],
});
const text = (content: string | Uint8Array) => Buffer.from(content as Uint8Array).toString('utf8');
let pages: { path: string; content: string }[];
let data: typeof pages;
let files: typeof pages;
beforeAll(async () => {
  files = (await allOf(reportFiles(hostile, facts, []))).map(({ path, content }) => ({
    path,
    content: text(content),
  }));
  pages = files.filter(({ path }) => path.endsWith('.html'));
  data = files.filter(({ path }) => path.startsWith('data/'));
});

test('HOSTILE-1: what came from a feed is data: running a data file does nothing but hand it over', () => {
  for (const { path, content } of data) {
    const received: [string, unknown][] = [];
    // Anything else that it called would not be defined here.
    runInNewContext(content, { [RECEIVER]: (name: string, value: unknown) => received.push([name, value]) });
    expect(received.map(([name]) => `data/${name}.js`)).toEqual([path]);
    expect(content).not.toMatch(/<|\u2028|\u2029/);
  }
  const shown = hostile.replace(/\s+/g, ' ').trim();
  for (const chunk of ['data/episodes/0.js', 'data/clips/0.js']) {
    let value: { entries: Record<number, { name: string }> } | undefined;
    const content = data.find(({ path }) => path === chunk)?.content ?? '';
    runInNewContext(content, { [RECEIVER]: (_: string, given: typeof value) => (value = given) });
    expect(value?.entries[1]?.name).toBe(shown);
  }
});

test('HOSTILE-2: the title of a report is escaped wherever it stands', () => {
  expect(pages).toHaveLength(6);
  for (const { content } of pages) {
    expect(content).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(content).not.toMatch(/<script>|<img|onerror=alert\(1\)>/);
  }
});

test('HOSTILE-3: nothing inline runs on a page, and its policy forbids it', () => {
  for (const { content } of pages) {
    const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(content) ?? [];
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(policy).not.toMatch(/unsafe|\*|data:|script-src[^;]*https?:/);
    // Before anything that it is to hold for.
    expect(content.indexOf('Content-Security-Policy')).toBeLessThan(content.indexOf('<script'));
    expect(content.match(/<script(?! src="assets\/[a-z]+\.js"( defer)?><\/script>)/g)).toBeNull();
    const tags = content.replace(/<bdi>.*?<\/bdi>|<title>.*?<\/title>/gs, '').match(/<[a-z][^>]*>/g) ?? [];
    expect(tags.filter((tag) => / on\w+=| style=/.test(tag))).toEqual([]);
  }
});

test('HOSTILE-4: no page, style or script asks the network for anything', async () => {
  const assets = (await reportAssets()).map(({ path, content }) => ({ path, content: text(content) }));
  for (const { path, content } of [...pages, ...assets.filter(({ path }) => path.endsWith('.css'))]) {
    expect([path, content.match(/(?:src|href)="(?:[a-z]+:|\/\/)[^"]*|url\([^)]*|@import[^;]*/g)]).toEqual([path, null]);
  }
  const script = assets.find(({ path }) => path === 'assets/report.js')?.content ?? '';
  expect(script.match(/https?:\/\/(?!www\.w3\.org\/)[\w.-]+/g)).toBeNull();
  expect(script).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\beval\(|new Function/);
  const { content = '' } = assets.find(({ path }) => path === 'assets/licences.txt') ?? {};
  for (const name of ['@observablehq/plot', '@tanstack/table-core', 'd3']) expect(content).toContain(name);
});

test('HOSTILE-5: no part of a path comes from a feed', () => {
  for (const { path } of files) expect(path).toMatch(/^(data\/)?((episodes|clips|findings)\/\d+|[a-z]+)\.(html|js)$/);
});
