import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCue } from 'cue-parser';
import { parse as parsePlaylist } from 'iptv-playlist-parser';
import SrtParser from 'srt-parser-2';
import { WebVTTParser } from 'webvtt-parser';
import { HAND_OVERS } from '../../../operating/handover/formats.ts';
import type { MarkedEpisode } from '../../../operating/handover/marks.ts';
import { handedOver, safeName, writeOver } from '../../../operating/handover/write-over.ts';
import { allOf } from '../../../operating/reading/parts.ts';
import { freshFolder, removeFreshFolders } from '../../local/support/fixture-assembly.ts';

/* What is handed over is read by readers of the formats that are not ours. */

afterAll(removeFreshFolders);

const HOSTILE = 'The "big" <wave> & = # ; --> 50 % – ébène';

const EPISODE: MarkedEpisode = {
  id: 41,
  title: 'The Keeper: of Gull Rock',
  mediaUri: 'https://media.example.org/harbour%20lights/41.mp3?token=a',
  durationMs: 7_200_000,
  marks: [
    { title: 'Gull', startMs: 0, endMs: 1_500, score: 0.9 },
    { title: HOSTILE, startMs: 5_000, endMs: 6_250, score: undefined },
    { title: 'Late', startMs: 6_123_456, endMs: 6_130_000, score: 0.5 },
  ],
};
const SECONDS = [
  [0, 1.5],
  [5, 6.25],
  [6123.456, 6130],
];
const TITLES = ['Gull', HOSTILE, 'Late'];

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!hasFfmpeg)
  process.stderr.write('Subtitles and chapters are not read by ffmpeg in the tests: it is not installed.\n');
const withFfmpeg = hasFfmpeg ? test : test.skip;

test('HANDOVER-1: Audacity gets a label a line: two times with a point, a tab between, and the text to the end of it', () => {
  // As LabelTrack::Import reads it: fields by tabs, numbers in the C locale, the rest of the line is the title.
  const read = HAND_OVERS.audacity
    .text(EPISODE)
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  expect(read.map(([start, end]) => [Number(start), Number(end)])).toEqual(SECONDS);
  expect(read.map(([, , ...title]) => title.join('\t'))).toEqual(TITLES);
});

test('HANDOVER-2: a cue sheet is read with its file, titles and times in 75ths, at most 99 tracks', () => {
  const path = join(freshFolder(), 'a.cue');
  const plenty = Array.from({ length: 120 }, (_, n) => ({
    ...EPISODE.marks[0]!,
    startMs: n * 1000,
    endMs: n * 1000 + 1,
  }));
  writeFileSync(path, HAND_OVERS.cue.text(EPISODE));
  const [file] = parseCue(path).files ?? [];
  expect(file).toMatchObject({ name: '41.mp3', type: 'MP3' });
  const tracks = file?.tracks ?? [];
  expect(tracks.map(({ title }) => title)).toEqual(['Gull', HOSTILE.replaceAll('"', "'"), 'Late']);
  const times = tracks.map(({ indexes }) => indexes?.[0]?.time);
  expect(times).toMatchObject([
    { min: 0, sec: 0, frame: 0 },
    { min: 0, sec: 5, frame: 0 },
    { min: 102, sec: 3, frame: 34 },
  ]);
  writeFileSync(path, HAND_OVERS.cue.text({ ...EPISODE, marks: plenty }));
  expect(parseCue(path).files?.[0]?.tracks).toHaveLength(99);
});

test('HANDOVER-2b: nothing of an address but the name of a file is told in a cue sheet', () => {
  const fileOf = (mediaUri: string, title = 'A/B "C"') =>
    /^FILE "(.*)" MP3$/m.exec(HAND_OVERS.cue.text({ ...EPISODE, title, mediaUri }))?.[1];
  expect(fileOf('https://me:s3cret@x.example/u/s3cret/4%20two.mp3?token=s3cret')).toBe('4 two.mp3');
  for (const uri of [
    'https://me:s3cret@x.example/u/s3cret/',
    'https://x.example/u/s3cret',
    'https://x.example/..%2F..%2Fs3cret.mp3',
    'https://x.example/%E0%A4%A/?s3cret.mp3',
  ])
    expect(fileOf(uri)).toBe("A B 'C'.mp3");
});

test('HANDOVER-3: a playlist has an entry a play, with where to begin and end', async () => {
  const text = (await allOf(handedOver('m3u', [EPISODE, { ...EPISODE, title: 'Other' }]))).join('');
  const { items } = parsePlaylist(text);
  expect(items.map(({ url }) => url)).toEqual(Array(6).fill(EPISODE.mediaUri));
  expect(items[3]?.name).toBe('Gull – Other');
  expect(
    [...text.matchAll(/^#EXTVLCOPT:start-time=([\d.]+)\n#EXTVLCOPT:stop-time=([\d.]+)$/gm)]
      .slice(0, 3)
      .map(([, from, to]) => [Number(from), Number(to)]),
  ).toEqual(SECONDS);
});

test('HANDOVER-4: chapters are those of Podcasting 2.0', () => {
  const chapters = JSON.parse(HAND_OVERS.chapters.text(EPISODE));
  expect(chapters).toEqual({
    version: '1.2.0',
    title: EPISODE.title,
    chapters: SECONDS.map(([startTime, endTime], n) => ({ startTime, endTime, title: TITLES[n] })),
  });
});

test('HANDOVER-5: WebVTT is read without an error by the parser of its authors', () => {
  const { cues, errors } = new WebVTTParser({ '&lt;': '<', '&gt;': '>', '&amp;': '&' }).parse(
    HAND_OVERS.webvtt.text(EPISODE),
    'subtitles',
  );
  expect(errors).toEqual([]);
  expect(cues.map(({ startTime, endTime }) => [startTime, endTime])).toEqual(SECONDS);
  expect(cues.map(({ tree }) => tree.children.map(({ value }) => value).join(''))).toEqual(TITLES);
});

test('HANDOVER-6: subtitles are read with their times and texts', () => {
  const read = new SrtParser().fromSrt(HAND_OVERS.srt.text(EPISODE));
  expect(read.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual(SECONDS);
  expect(read.map(({ text }) => text)).toEqual(TITLES.map((title) => title.replace('-->', '→')));
});

withFfmpeg.each([
  ['srt', 'srt'],
  ['webvtt', 'vtt'],
] as const)('HANDOVER-7: ffprobe reads %s at the same times', (format, extension) => {
  const path = join(freshFolder(), `a.${extension}`);
  writeFileSync(path, HAND_OVERS[format].text(EPISODE));
  const read = execFileSync('ffprobe', ['-v', 'error', '-show_packets', '-of', 'json', path], { encoding: 'utf8' });
  const { packets } = JSON.parse(read) as { packets: { pts_time: string; duration_time: string }[] };
  expect(packets.map(({ pts_time, duration_time }) => [Number(pts_time), Number(duration_time)])).toEqual(
    SECONDS.map(([from = 0, to = 0]) => [from, expect.closeTo(to - from, 3)]),
  );
});

withFfmpeg(
  'HANDOVER-8: ffmpeg reads the chapters, and in every file that it writes a play lasts as long as it is heard',
  () => {
    const folder = freshFolder();
    const path = join(folder, 'a.ffmeta');
    const episode: MarkedEpisode = {
      ...{ ...EPISODE, durationMs: 20_000 },
      marks: [
        { title: 'Gull', startMs: 2_000, endMs: 3_500, score: 0.9 },
        { title: HOSTILE, startMs: 5_000, endMs: 6_250, score: undefined },
        { title: 'Within', startMs: 5_500, endMs: 6_000, score: undefined },
        { title: 'Next', startMs: 6_250, endMs: 8_000, score: undefined },
        { title: 'Together', startMs: 6_250, endMs: 7_000, score: undefined },
      ],
    };
    writeFileSync(path, HAND_OVERS.ffmetadata.text(episode));
    const chapters = (...file: string[]) => {
      const arguments_ = ['-v', 'error', ...file, '-show_chapters', '-of', 'json'];
      const read = JSON.parse(execFileSync('ffprobe', arguments_, { encoding: 'utf8' })) as {
        chapters: { start_time: string; end_time: string; tags: { title: string } }[];
      };
      return read.chapters.map(({ start_time, end_time, tags }) => [Number(start_time), Number(end_time), tags.title]);
    };
    const show = episode.title;
    const told = [
      ...[[0, 2, show] as const, [2, 3.5, 'Gull'] as const, [3.5, 5, show] as const, [5, 5.5, HOSTILE] as const],
      ...[[5.5, 6.25, 'Within'] as const, [6.25, 8, 'Next / Together'] as const, [8, 20, show] as const],
    ];
    expect(chapters('-f', 'ffmetadata', path)).toEqual(told);
    for (const kind of ['m4a', 'mka', 'mp3']) {
      const file = join(folder, `a.${kind}`);
      const from = ['-f', 'lavfi', '-i', 'sine=r=48000:d=20', '-i', path];
      execFileSync('ffmpeg', ['-v', 'error', ...from, '-map', '0:a', '-map_chapters', '1', file]);
      // The last one ends with the file, by some milliseconds more or less.
      expect(chapters(file).map(([start, end, title]) => [start, Math.round(Number(end) * 20) / 20, title])).toEqual(
        told,
      );
    }
  },
);

test('HANDOVER-9: REAPER gets regions as its manager exports them', () => {
  const [head, ...rows] = HAND_OVERS.reaper.text(EPISODE).trimEnd().split('\n');
  expect(head).toBe('#,Name,Start,End,Length');
  expect(rows[1]).toBe(`R2,"${HOSTILE.replaceAll('"', '""')}",5.000,6.250,1.250`);
});

test('HANDOVER-10: what takes a file an episode gets one each, by names that every system takes', async () => {
  const pieces: string[] = [];
  const handing = async () => {
    for await (const piece of handedOver('audacity', [EPISODE, EPISODE])) pieces.push(piece);
  };
  await expect(handing()).rejects.toThrow(/a file an episode, and more than one fits/);
  expect(pieces).toEqual([]);
  expect(await allOf(handedOver('audacity', []))).toEqual([]);
  const folder = freshFolder();
  const paths = await allOf(
    writeOver('chapters', [EPISODE, { ...EPISODE, id: 42, title: '../../etc/passwd' }], folder),
  );
  expect(paths).toEqual([join(folder, '41 The Keeper of Gull Rock.json'), join(folder, '42 etc passwd.json')]);
  expect(JSON.parse(readFileSync(paths[1]!, 'utf8')).chapters).toHaveLength(3);
  const [list] = await allOf(writeOver('m3u', [EPISODE, EPISODE], folder));
  expect(parsePlaylist(readFileSync(list!, 'utf8')).items).toHaveLength(6);
  expect(safeName('  ..\u0000/:')).toBe('untitled');
});
