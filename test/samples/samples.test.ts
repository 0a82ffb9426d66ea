import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRssFeed } from 'feedsmith';
import { EPISODE_SECONDS, SAMPLE_CLIPS, SAMPLE_EPISODES } from '../../audio/sample-collection.ts';
import { sampleFiles } from '../../audio/sample-files.ts';
import { type ClipInfo, parseClipInfo } from '../../domain/messages.ts';

const folder = join(__dirname, '../../samples');
const committed = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  .sort();
const text = (path: string): string => readFileSync(join(folder, path), 'utf8');

interface Expected {
  toleranceSeconds: number;
  findings: { episode: string; clip: string; offsetsSeconds: number[] }[];
  failed: { clip: string; reason: string }[];
}
const expected = JSON.parse(text('expected.json')) as Expected;
const clips: readonly ClipInfo[] = text('clips.jsonl').trimEnd().split('\n').map(parseClipInfo);
const feed = parseRssFeed(text('feed.xml'));
const episodes = (feed.items ?? []).map((item) => ({ title: item.title, enclosure: item.enclosures?.[0] }));

test('The committed samples are byte for byte what the script makes, and nothing else', async () => {
  const made = await sampleFiles();
  expect(committed).toEqual([...made.keys()].sort());
  for (const [path, content] of made) {
    expect({ path, same: content.equals(readFileSync(join(folder, path))) }).toEqual({ path, same: true });
  }
}, 30_000);

test('The samples are small enough for a repository', () => {
  const bytes = committed.reduce((sum, path) => sum + readFileSync(join(folder, path)).length, 0);
  expect(bytes).toBeLessThan(1_500_000);
});

test('The feed has three dated episodes whose enclosures are files beside it, with their true length', () => {
  expect(episodes).toHaveLength(3);
  for (const { enclosure } of episodes) {
    expect(committed).toContain(enclosure?.url);
    expect(enclosure?.length).toBe(readFileSync(join(folder, String(enclosure?.url))).length);
  }
  expect((feed.items ?? []).map((item) => new Date(String(item.pubDate)).toISOString().replace('.000', ''))).toEqual(
    SAMPLE_EPISODES.map((episode) => episode.aired),
  );
});

test('Each line of clips.jsonl names a file beside it, and titles are unique', () => {
  expect(clips).toHaveLength(10);
  expect(new Set(clips.map((clip) => clip.title)).size).toBe(10);
  for (const clip of clips) expect(committed).toContain(clip.mediaUri);
});

test('The truth names only titles of the feed and of clips.jsonl, each pair once, offsets ascending', () => {
  const pairs = expected.findings.map((finding) => `${finding.episode} / ${finding.clip}`);
  expect(new Set(pairs).size).toBe(pairs.length);
  for (const finding of expected.findings) {
    expect(episodes.map((episode) => episode.title)).toContain(finding.episode);
    expect(clips.map((clip) => clip.title)).toContain(finding.clip);
    expect(finding.offsetsSeconds).toEqual([...finding.offsetsSeconds].sort((a, b) => a - b));
  }
});

test('The truth has clips that play several times, in two episodes, and nowhere, and one that fails', () => {
  const episodesOf = (title: string) => expected.findings.filter((finding) => finding.clip === title);
  expect(expected.findings.some((finding) => finding.offsetsSeconds.length >= 3)).toBe(true);
  expect(clips.filter((clip) => episodesOf(clip.title).length >= 2).length).toBeGreaterThanOrEqual(3);
  expect(clips.filter((clip) => episodesOf(clip.title).length === 0).map((clip) => clip.title)).toEqual([
    'Underwater',
    'Closing theme',
    'The lost tape',
  ]);
  expect(expected.failed.map((failure) => failure.clip)).toEqual(['The lost tape']);
});

test('The broken file is a web page, and every other file begins with an MPEG frame', () => {
  for (const clip of clips) {
    const start = readFileSync(join(folder, clip.mediaUri));
    if (clip.title === 'The lost tape') expect(start.toString('latin1', 0, 15)).toBe('<!DOCTYPE html>');
    else expect(start.readUInt16BE(0) & 0xffe0).toBe(0xffe0);
  }
});

test('No play overlaps another or runs past the end of its episode', () => {
  for (const episode of SAMPLE_EPISODES) {
    let free = 0;
    for (const play of episode.plays) {
      expect(play.seconds).toBeGreaterThanOrEqual(free);
      free = play.seconds + (SAMPLE_CLIPS.find((clip) => clip.title === play.clip)?.seconds ?? Number.NaN);
    }
    expect(free).toBeLessThanOrEqual(EPISODE_SECONDS);
  }
});
