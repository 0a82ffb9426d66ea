import { Bitset } from '../../domain/bitset.ts';
import { allOf } from '../../operating/reading/parts.ts';
import { clipChunks, episodeChunks } from '../../report/chunks.ts';
import { collected } from '../../report/collected.ts';
import { listsOf } from '../../report/lists.ts';
import { overviewOf } from '../../report/overview.ts';
import type { ReportFacts } from '../../report/report-facts.ts';
import { eachPlayOnce, variantText } from '../../report/shared/one-play.ts';
import { ALONE_FROM, ENTRIES_A_CHUNK, ROWS_A_FILE, STATES } from '../../report/shared/report-data.ts';
import { singlePage } from '../../report/single.ts';
import { aClip, someStrikes } from '../support/research.ts';
import { aFinding, anEpisode, bigFacts, ledgerOf, someFacts } from './support/archives.ts';

const overview = (facts: ReportFacts) => overviewOf('Archive', facts, collected(facts));
const lists = (facts: ReportFacts) => {
  const { findings, ...rest } = listsOf(collected(facts));
  return { ...rest, findings: [...findings][0]! };
};
const ofEpisodes = (facts: ReportFacts) => allOf(episodeChunks(collected(facts), facts.describe));
const ofClips = (facts: ReportFacts) => allOf(clipChunks(collected(facts), facts.describe));
const onDay = (ordinal: number, day: string) => anEpisode(ordinal, { dateAired: `${day}T20:00:00Z` });

test('REPORT-1: the overview counts plays, findings and what has any; variants are shown and never counted', async () => {
  const facts = someFacts({
    findings: [
      aFinding({ offsetsNs: [1e9, 2e9, 3e9], scores: [] }),
      aFinding({ variant: 1, offsetsNs: [4e9], scores: [] }),
      aFinding({ episode: 2, clip: 1 }),
    ],
  });
  expect(overview(facts).counts).toEqual({
    episodes: 2,
    clips: 2,
    findings: 2,
    plays: 4,
    clipsFound: 1,
    episodesWithFindings: 2,
    episodesComplete: 0,
    episodesNotHeardInFull: 0,
  });
  expect(lists(facts).findings.plays).toEqual([1, 3]);
  const [first] = await ofClips(facts);
  expect(first?.[1].entries[1]?.plays).toHaveLength(3);
});

test('REPORT-2: progress is that of `status`, and states say how far each entry is', () => {
  const facts = someFacts({
    clips: [
      aClip(1),
      aClip(2, { retired: true }),
      aClip(3, { strikes: someStrikes({ count: 4, reason: 'an HTML page' }) }),
    ],
    episodes: [1, 2, 3, 4, 5, 6].map((ordinal) => anEpisode(ordinal)),
    ledgers: [
      ledgerOf(1, { researched: Bitset.of([1]) }),
      ledgerOf(2),
      ledgerOf(3, { state: 'PARKED', episodeStrikes: someStrikes({ count: 4, reason: 'gone' }) }),
      ledgerOf(4, { state: 'HELD', held: 'paused' }),
      ledgerOf(5, { state: 'HELD', held: 'retired' }),
    ],
    unreadable: [6],
    findings: [],
  });
  const { pairs, givenUp } = overview(facts);
  expect(pairs).toEqual({ total: 18, researched: 1, notJudged: 0, givenUp: 12, toDo: 2 });
  expect(givenUp.entries).toEqual([
    { kind: 'clip', id: 3, name: 'Clip 3', state: 'given up', reason: 'an HTML page' },
    { kind: 'episode', id: 3, name: 'Episode 3', state: 'given up', reason: 'gone' },
    { kind: 'episode', id: 6, name: 'Episode 6', state: 'damaged', reason: 'its ledger cannot be read' },
  ]);
  const { episodes, clips } = lists(facts);
  const words = (states: readonly number[]) => states.map((state) => STATES[state]);
  expect(words(episodes.states)).toEqual(['complete', 'not begun', 'given up', 'paused', 'retired', 'damaged']);
  expect(words(clips.states)).toEqual(['in progress', 'retired', 'given up']);
});

test('REPORT-3: episodes are listed by date aired, clips by name as people count, findings from the newest', () => {
  const { dateAired: _, ...undated } = anEpisode(3).info;
  const facts = someFacts({
    clips: ['Clip 10', 'clip 2', 'Ábaco'].map((title, index) => {
      const clip = aClip(index + 1);
      return { ...clip, info: { ...clip.info, title } };
    }),
    episodes: [onDay(1, '2020-05-01'), onDay(2, '2019-05-01'), { ...anEpisode(3), info: undated }],
    findings: [
      aFinding({ episode: 1, clip: 1, offsetsNs: [9e9] }),
      aFinding({ episode: 1, clip: 2, offsetsNs: [5.19e9] }),
      aFinding({ episode: 2, clip: 1 }),
      aFinding({ episode: 3, clip: 1 }),
    ],
  });
  const { episodes, clips, findings } = lists(facts);
  expect(episodes.ids).toEqual([3, 2, 1]);
  expect(clips.names).toEqual(['Ábaco', 'clip 2', 'Clip 10']);
  expect(clips.ids[2]).toBe(1);
  expect([clips.first[2], clips.last[2]]).toEqual([18_017, 18_383]);
  expect(findings.episodes.map((index) => episodes.ids[index])).toEqual([1, 1, 2, 3]);
  expect(findings.first.slice(0, 2)).toEqual([51, 90]);
});

test.each([
  ['within two years', ['2019-12-31', '2020-01-01'], 'month', 2],
  ['in two years apart', ['2019-01-01', '2020-12-31'], 'month', 24],
  ['in three years', ['2018-12-31', '2020-01-01'], 'year', 3],
  ['far from all others', ['0001-01-01', '2018-06-01', '2019-06-01', '2020-06-01'], 'year', 3],
])('REPORT-4: episodes aired %s are shown by the right unit, without gaps', (_, days, unit, buckets) => {
  const { timeline } = overview(someFacts({ episodes: days.map((day, index) => onDay(index + 1, day)), findings: [] }));
  expect([timeline.unit, timeline.buckets.length]).toEqual([unit, buckets]);
  const counted = timeline.buckets.reduce(
    (sum, { complete, begun, untouched }) => sum + complete + begun + untouched,
    0,
  );
  expect(counted + timeline.undated).toBe(days.length);
});

test('REPORT-5: every finding is in the page of its episode and of its clip, at the same places', async () => {
  const facts = bigFacts({ episodes: 300, clips: 130, findings: 3_000 });
  const archive = collected(facts);
  const told = new Map<string, readonly number[]>();
  for (const [path, { entries, clips }] of await ofEpisodes(facts)) {
    for (const [id, { plays }] of Object.entries(entries)) {
      expect(path).toBe(`episodes/${Math.floor((Number(id) - 1) / ENTRIES_A_CHUNK)}`);
      for (const { of, at } of plays) {
        expect(clips[of]?.name).toBe(archive.clips.get(of)?.name);
        told.set(`${id} ${of}`, at);
      }
    }
  }
  let same = 0;
  const ofAllClips = await ofClips(facts);
  for (const [path, { entries, episodes }] of ofAllClips) {
    for (const [id, { plays }] of Object.entries(entries)) {
      // What has many findings has a file of its own, and the file of its neighbours says so.
      const shared = `clips/${Math.floor((Number(id) - 1) / ENTRIES_A_CHUNK)}`;
      expect(path).toBe(plays.length > ALONE_FROM ? `clips/alone/${id}` : shared);
      const { alone = [] } = ofAllClips.find(([other]) => other === shared)?.[1] ?? {};
      expect(alone.includes(Number(id))).toBe(plays.length > ALONE_FROM);
      for (const { of, at } of plays) {
        expect(episodes[of]?.name).toBe(archive.episodes.get(of)?.name);
        expect(told.get(`${of} ${id}`)).toEqual(at);
        same++;
      }
    }
  }
  expect([told.size, same]).toEqual([3_000, 3_000]);
  expect(ofAllClips.map(([path]) => path)).toContain('clips/alone/1');
});

test('REPORT-6: what has no title goes by its address, and a finding of what is gone is left out', () => {
  const facts = someFacts({
    episodes: [anEpisode(1, { title: '' })],
    findings: [aFinding(), aFinding({ episode: 9 }), aFinding({ clip: 9 })],
  });
  expect(lists(facts).episodes.names).toEqual(['https://media.example.org/…']);
  expect(overview(facts).counts.findings).toBe(1);
});

test('REPORT-7: an empty archive has a report too', async () => {
  const facts = someFacts({ clips: [], episodes: [], findings: [] });
  expect(overview(facts)).toMatchObject({ counts: { episodes: 0 }, pairs: { total: 0 }, timeline: { buckets: [] } });
  expect([...(await ofEpisodes(facts)), ...(await ofClips(facts))]).toEqual([]);
});

test('REPORT-8: what could not be known is told on the pages of clip and episode, and counted in the overview', async () => {
  const facts = someFacts({
    clips: [aClip(1, { unknowns: { analyzer: 'a@1', notJudged: 'too quiet' } }), aClip(2)],
    episodes: [
      { ...anEpisode(1), unknowns: { analyzer: 'a@1', unheard: [{ from: 0, to: 12e9, why: 'damaged' }] } },
      anEpisode(2),
    ],
    ledgers: [ledgerOf(1, { researched: Bitset.of([1, 2]) }), ledgerOf(2)],
    findings: [],
  });
  expect((await ofClips(facts))[0]?.[1].entries[1]?.unknown).toBe('too quiet');
  const [chunk] = await ofEpisodes(facts);
  expect(chunk?.[1].entries[1]?.unknown).toBe('12 s of 60 min (damaged)');
  expect(chunk?.[1].entries[2]?.unknown).toBe('');
  expect(overview(facts).pairs).toMatchObject({ researched: 2, notJudged: 1 });
  expect(overview(facts).counts.episodesNotHeardInFull).toBe(1);
  const page = singlePage('Archive', facts);
  expect(page).toMatch(/Clips that cannot be judged<\/h2>\n<ul><li><bdi>[^<]*<\/bdi>: too quiet/);
  expect(page).toMatch(/Episodes not heard in full<\/h2>\n<ul><li><bdi>Episode 1<\/bdi>: 12 s of 60 min/);
});

test('REPORT-9: a play says which clip fits its place better, and which part is heard, wherever it is shown', async () => {
  const findings = [
    aFinding({ clip: 1, scores: [0.7], heardFromNs: [0], heardToNs: [2.5e9] }),
    aFinding({ clip: 2, scores: [0.9], heardFromNs: [0.5e9], heardToNs: [2.5e9] }),
    aFinding({
      clip: 2,
      variant: 1,
      offsetsNs: [100e9, 3_000e9],
      scores: [],
      episodeFacts: { hash: 'c', durationNs: 0 },
    }),
    aFinding({ clip: 1, variant: 1 }),
  ];
  const facts = someFacts({ findings });
  const [, episodes] = (await ofEpisodes(facts))[0]!;
  const better = { 0: episodes.clips[2]!.name };
  expect(episodes.entries[1]?.plays).toMatchObject([
    { rivalOf: better },
    { variant: 1 },
    { heard: { 0: '0.5–2.5 s of it' } },
    { variant: 1, otherCopy: true },
  ]);
  expect(episodes.entries[1]?.plays[0]).not.toHaveProperty('heard');
  const [, clips] = (await ofClips(facts))[0]!;
  expect(clips.entries[1]?.plays).toMatchObject([{ rivalOf: better }, { variant: 1 }]);
  expect(clips.entries[2]?.plays).toMatchObject([{ heard: { 0: '0.5–2.5 s of it' } }, { variant: 1 }]);
  const page = singlePage('Archive', facts);
  expect(page).toContain('1:01 <span class="quiet">(<bdi>Clip 2</bdi> fits better)</span>');
  expect(page).toContain('1:01 <span class="quiet">(0.5–2.5 s of it; at 1:40 in another copy)</span>');
  expect(page.match(/only in another copy of the audio/g)).toHaveLength(1);
  expect(page).not.toContain('only when it was heard again');
});

test('REPORT-10: findings lie in files of so many rows, all of which say how many there are', () => {
  const facts = bigFacts({ episodes: 2_000, clips: 500, findings: ROWS_A_FILE + 1 });
  const parts = [...listsOf(collected(facts)).findings];
  expect(parts.map(({ count, clips }) => [count, clips.length])).toEqual([
    [ROWS_A_FILE + 1, ROWS_A_FILE],
    [ROWS_A_FILE + 1, 1],
  ]);
});

test('REPORT-11: a play at another time in another copy of the audio is a row of its own nowhere', async () => {
  const other = { episodeFacts: { hash: 'c'.repeat(64), durationNs: 3_630e9 } };
  const findings = [
    aFinding({ offsetsNs: [10e9, 200e9] }),
    aFinding({ variant: 1, offsetsNs: [5e9, 40e9, 230e9], ...other }),
  ];
  const facts = someFacts({ findings });
  const [, ofEpisode] = (await ofEpisodes(facts))[0]!;
  const [, ofClip] = (await ofClips(facts))[0]!;
  for (const { plays } of [ofEpisode.entries[1]!, ofClip.entries[1]!]) {
    const [standing, variant] = eachPlayOnce(plays);
    expect(standing?.told).toEqual([
      { index: 0, seconds: 10, elsewhere: [40] },
      { index: 1, seconds: 200, elsewhere: [230] },
    ]);
    expect(variant?.told).toEqual([{ index: 0, seconds: 5, elsewhere: [] }]);
    expect(variantText(variant!.plays)).toBe('only in another copy of the audio');
  }
});

test.each([
  ['of several shows each episode is named with its own', ['One', 'Other'], ['One: Pilot', 'Other: Pilot']],
  ['of one show its name is not said again at each', ['One', 'One'], ['Pilot', 'Pilot']],
  [
    'an episode that says of no show is not given one',
    ['One', 'Other', undefined],
    ['One: Pilot', 'Other: Pilot', 'Pilot'],
  ],
  ['what a show is called is a line of text', ['One\n\u202e', 'Other'], ['One: Pilot', 'Other: Pilot']],
])('REPORT-12: %s', (_, shows, names) => {
  const episodes = shows.map((show, at) => anEpisode(at + 1, { title: 'Pilot', ...(show !== undefined && { show }) }));
  const { episodes: found } = collected(someFacts({ episodes }));
  expect([...found.values()].map(({ name }) => name)).toEqual(names);
});
