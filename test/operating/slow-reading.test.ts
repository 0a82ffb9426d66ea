import { asPlays } from '../../cli/plays.ts';
import type { FullFinding } from '../../operating/reading/findings.ts';
import { slowReading } from '../../operating/slow-reading.ts';
import { aClipInfo, anEpisodeInfo } from './support/local-archive.ts';

afterEach(() => jest.restoreAllMocks());

function listened(stream: NodeJS.WriteStream): string[] {
  const lines: string[] = [];
  jest.spyOn(stream, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  return lines;
}

test('SLOW-1: a long reading says how far it is every five seconds, and a short one nothing', () => {
  const said = listened(process.stderr);
  let now = 0;
  const told = slowReading('episode', 'read', () => now);
  for (const [at, read] of [
    [1_000, 10],
    [5_000, 50],
    [9_999, 90],
    [10_000, 1_200],
  ] as const) {
    now = at;
    told(read, 36_800);
  }
  now = 20_000;
  told(1);
  expect(said).toEqual(['50 of 36,800 episodes read …\n', '1,200 of 36,800 episodes read …\n', '1 episode read …\n']);
});

/** The finding of a clip in an episode. */
function found(episode: number, clip: number): FullFinding {
  const facts = { hash: '', durationNs: 3_600e9 };
  return {
    ...{ episode, clip, variant: 0, offsetsNs: [5e9], scores: [0.9], episodeFacts: facts, clipFacts: facts },
    ...{ researcher: 'anna', analyzer: 'waves@1', researchDate: '2026-01-01T00:00:00Z' },
    episodeEntry: { info: anEpisodeInfo(episode, { title: `Episode ${episode}` }) } as FullFinding['episodeEntry'],
    clipEntry: { info: aClipInfo(clip, { title: `Clip ${clip}` }) } as FullFinding['clipEntry'],
  };
}

test('SLOW-2: no more findings are held than are shown at a time: of more, parts follow each other, and that is said once', async () => {
  const printed = listened(process.stdout);
  const said = listened(process.stderr);
  const heldAtMost: number[] = [];
  async function* groups() {
    for (let episode = 1; episode <= 5; episode++) {
      const shown = printed.join('').match(/Episode/g)?.length ?? 0;
      heldAtMost.push((episode - 1) * 2 - shown);
      yield [found(episode, 2), found(episode, 1)];
    }
  }
  expect(await asPlays(groups(), 4)).toBe(10);
  expect(Math.max(...heldAtMost)).toBeLessThanOrEqual(4);
  expect(printed.join('').match(/^Clip \d$/gm)).toEqual(['Clip 1', 'Clip 2', 'Clip 1', 'Clip 2', 'Clip 1', 'Clip 2']);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^More than 4 findings: they are shown in parts/);
});

test('SLOW-4: where it is known that they are more, the first part comes after a tenth', async () => {
  const printed = listened(process.stdout);
  listened(process.stderr);
  const shown: number[] = [];
  async function* groups() {
    for (let episode = 1; episode <= 45; episode++) {
      shown.push(printed.join('').match(/Episode/g)?.length ?? 0);
      yield [found(episode, 1)];
    }
  }
  expect(await asPlays(groups(), 20, () => 45)).toBe(45);
  expect([...new Set(shown)]).toEqual([0, 2, 22, 42]);
});

test('SLOW-3: where there are several shows each line says of which it is, and clips and episodes of one title are told by their ids', async () => {
  const printed = listened(process.stdout);
  const of = (finding: FullFinding, show: string): FullFinding => {
    const { episodeEntry, clipEntry } = finding;
    return {
      ...finding,
      episodeEntry: { ...episodeEntry, info: { ...episodeEntry.info, title: 'Episode 1', show } },
      clipEntry: { ...clipEntry, ordinal: finding.clip, info: { ...clipEntry.info, title: 'Intro' } },
    };
  };
  async function* groups() {
    yield [of(found(1, 1), 'Tides'), of(found(2, 1), 'News'), of(found(3, 1), 'News'), of(found(2, 2), 'News')];
  }
  await asPlays(groups());
  expect(printed.join('')).toBe(
    'Intro [1]\n  00:00:05  Tides: Episode 1\n  00:00:05  News: Episode 1 [2]\n  00:00:05  News: Episode 1 [3]\n\n' +
      'Intro [2]\n  00:00:05  News: Episode 1 [2]\n\n',
  );
});
