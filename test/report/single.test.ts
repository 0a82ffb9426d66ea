import { allOf } from '../../operating/reading/parts.ts';
import { reportFiles } from '../../report/report-files.ts';
import { singlePage } from '../../report/single.ts';
import { aClip } from '../support/research.ts';
import { aFinding, anEpisode, bigFacts, someFacts } from './support/archives.ts';

const HOSTILE = '<img src=x onerror="harm()">';

const facts = () =>
  someFacts({
    clips: [1, 2].map((n) => {
      const clip = aClip(n);
      return { ...clip, info: { ...clip.info, title: n === 1 ? HOSTILE : 'Gull' } };
    }),
    episodes: [anEpisode(1, { title: 'Tides' }), anEpisode(2, { title: 'Rocks' })],
    findings: [
      aFinding({ offsetsNs: [4_999_998_236, 61e9], researchDate: '2026-01-01T00:00:00Z' }),
      aFinding({ clip: 2, episode: 2, researchDate: '2026-02-01T00:00:00Z' }),
    ],
  });

test('SINGLE-1: one page has every place, runs nothing and loads nothing', () => {
  const page = singlePage('The Sea', facts());
  expect(page).toContain('0:05, 1:01');
  expect(page).toContain('&lt;img src=x');
  expect(page).not.toMatch(/<script|<img|src=["']|href=/);
  expect(page).toMatch(/default-src &#39;none&#39;; style-src &#39;sha256-/);
  expect(page).toContain('2 findings of 2 clips in 2 episodes.');
});

test('SINGLE-2: only what is new, when asked so; what is too much for a mail is refused with what to do', () => {
  const page = singlePage('The Sea', facts(), Date.parse('2026-01-15T00:00:00Z'));
  expect(page).toContain('1 finding found since 15 Jan 2026 of 1 clip');
  expect(page).not.toContain('Tides');
  expect(() => singlePage('Big', bigFacts({ episodes: 100, clips: 100, findings: 2_500 }))).toThrow(
    /2,500 findings are too many .*--since/,
  );
});

test('NEW-1: a report with --since has a page of what is new, and others have none', async () => {
  const made = (since?: number) => allOf(reportFiles('The Sea', facts(), [], false, since));
  expect((await made()).map(({ path }) => path)).not.toContain('new.html');
  const files = await made(Date.parse('2026-01-15T00:00:00Z'));
  const content = (path: string) => String(files.find((file) => file.path === path)?.content);
  expect(content('new.html')).toContain('data-page="new"');
  expect(content('index.html')).toContain('<a href="new.html">New since 15 Jan 2026</a>');
  expect(content('data/new.js')).toContain('"plays":[1]');
});
