import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshalled } from '../../functions/stores/dynamo.ts';
import { findingKey } from '../../functions/stores/keys.ts';
import { writeJson } from '../../local/write-json.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import {
  aClipInfo,
  anEpisodeInfo,
  archived,
  drain,
  foundAt,
  nextItem,
  reported,
  run,
  startTestArchive,
  type TestArchive,
} from '../operating/support/local-archive.ts';

jest.setTimeout(180_000);

/* The desk of who keeps an archive: lists, hand-overs, and all of it on an archive that is stopped. */

const RATE = 8000;

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Ten seconds of silence with a loud second from `at` on. */
function waveWithNoise(path: string, at: number): string {
  const samples = RATE * 10;
  const wave = Buffer.alloc(44 + samples * 2);
  wave.write('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0', 'latin1');
  wave.writeUInt32LE(36 + samples * 2, 4);
  wave.writeUInt32LE(RATE, 24);
  wave.writeUInt32LE(RATE * 2, 28);
  wave.writeUInt16LE(2, 32);
  wave.writeUInt16LE(16, 34);
  wave.write('data', 36, 'latin1');
  wave.writeUInt32LE(samples * 2, 40);
  for (let n = at * RATE; n < (at + 1) * RATE; n++) wave.writeInt16LE(20_000, 44 + n * 2);
  writeFileSync(path, wave);
  return pathToFileURL(path).href;
}

/** As a private feed has it, in every place of an address. */
const SECRET = 's3cret';
const secretAddress = (path: string) => `https://me:${SECRET}@media.example.org/u/${SECRET}/${path}?token=${SECRET}`;

let archive: TestArchive;
let folder: string;
beforeAll(async () => {
  archive = await startTestArchive();
  folder = freshFolder();
  const mediaUri = waveWithNoise(join(folder, 'one.wav'), 5);
  await archived(
    archive,
    ['Big wave', 'Gull', 'Never heard'].map((title, n) =>
      aClipInfo(n + 1, { title, mediaUri: secretAddress(`${n + 1}`), source: secretAddress('clips.xml') }),
    ),
    [
      anEpisodeInfo(1, { title: 'Tides', mediaUri, dateAired: '2019-05-01T20:00:00Z', curatorInformation: 'The Sea' }),
      anEpisodeInfo(2, {
        ...{ title: 'Rocks', dateAired: '2020-05-01T20:00:00Z', curatorInformation: 'The Land' },
        ...{ mediaUri: secretAddress('2'), source: secretAddress('episodes.xml') },
      }),
    ],
  );
  for (let item = await nextItem(archive); item !== undefined; item = await nextItem(archive)) {
    const { title } = item.episode;
    await reported(archive, item, (clip) =>
      clip.title === 'Big wave' && title === 'Tides'
        ? {
            ...foundAt(4_999_999_000),
            clipDuration: 1e9,
            episodeDuration: 10e9,
            episodeHash: hashOf(join(folder, 'one.wav')),
            clipHeardFrom: [0.5e9],
            clipHeardTo: [1e9],
            unheard: [{ from: 0, to: 2e9, why: 'damaged' }],
          }
        : clip.title === 'Gull'
          ? { ...foundAt(1e9, 3e9), ...(title === 'Tides' && { episodeHash: hashOf(join(folder, 'one.wav')) }) }
          : {},
    );
    await drain(archive);
  }
}, 120_000);
afterAll(async () => {
  await archive?.stop();
  removeFreshFolders();
});

const json = async (...args: string[]) => {
  const { code, out, err } = await run(archive, ...args, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
};
const ids = (rows: { id: number }[]) => rows.map(({ id }) => id);

test('LIST-1: clips and episodes with counts, filtered, sorted and cut', async () => {
  expect(await json('list', 'clips')).toMatchObject([
    { id: 1, title: 'Big wave', found: 1, researched: 2, of: 2, state: 'complete' },
    { id: 2, title: 'Gull', found: 2, researched: 2 },
    { id: 3, title: 'Never heard', found: 0, researched: 2 },
  ]);
  expect(ids(await json('list', 'clips', '--sort', 'found', '--descending'))).toEqual([2, 1, 3]);
  expect(ids(await json('list', 'clips', '--not-found'))).toEqual([3]);
  expect(ids(await json('list', 'clips', '--found', '--limit', '1'))).toEqual([1]);
  expect(ids(await json('list', 'clips', '--title', 'WAVE'))).toEqual([1]);
  expect(ids(await json('list', 'episodes', '--from', '2020-01-01'))).toEqual([2]);
  expect(ids(await json('list', 'episodes', '--to', '2019-05-01'))).toEqual([1]);
  expect(ids(await json('list', 'episodes', '--state', 'not begun'))).toEqual([]);
});

test('LIST-2: for people and for spreadsheets; wrong values are bad usage', async () => {
  expect((await run(archive, 'list', 'episodes')).out).toMatch(
    /Id +Show +Title +Aired.*\n1 +The Sea +Tides +2019-05-01 +2 +3 +3 +complete/,
  );
  expect((await run(archive, 'list', 'clips', '--csv')).out).toMatch(/^id,title,show.*\n1,Big wave,/);
  expect(await run(archive, 'list', 'things')).toMatchObject({
    code: 2,
    err: expect.stringContaining('clips, episodes'),
  });
  expect(await run(archive, 'list', 'clips', '--from', '2020-02-31')).toMatchObject({ code: 2 });
  expect(await run(archive, 'list', 'clips', '--found', '--not-found')).toMatchObject({ code: 2 });
  expect(await run(archive, 'list', 'clips', '--title', 'zzz')).toMatchObject({
    code: 0,
    out: '',
    err: 'No clips that fit.\n',
  });
});

test('FINDINGS-1: by a part of a title, by show, day and age, and for other programs', async () => {
  expect((await json('findings', '--clip', 'wave')).map((one: { clip: { id: string } }) => one.clip.id)).toEqual(['1']);
  expect(await json('findings', '--show', 'the land')).toHaveLength(1);
  expect(await json('findings', '--since', '1h')).toHaveLength(0);
  expect((await run(archive, 'findings', '--episode', 'tides', '--format', 'audacity')).out).toBe(
    '1.000\t3.500\tGull\n3.000\t5.500\tGull\n5.000\t7.500\tBig wave\n',
  );
  expect(await run(archive, 'findings', '--format', 'cue')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--out'),
  });
  const out = join(folder, 'chapters');
  expect((await run(archive, 'findings', '--format', 'chapters', '--out', out)).code).toBe(0);
  expect(readdirSync(out).sort()).toEqual(['1 Tides.json', '2 Rocks.json']);
  expect((await run(archive, 'findings', '--clip', 'never')).err).toContain(
    'Never heard [3] was not found in any of 2 episodes',
  );
  expect(await run(archive, 'findings', '--clip', 'Gulp')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Gull [2]'),
  });
});

test('FINDINGS-3: of clips that fit one place the better one stands, and the other is told as its rival', async () => {
  const { collection } = archive.client;
  const [known] = await archive.client.operations.findings(2, 2);
  await collection.recordFinding({ ...known!, clip: 3, offsetsNs: [1e9], scores: [0.5] });
  expect((await run(archive, 'findings', '--episode', 'Rocks')).out).toContain('00:00:01 (rival of Gull)  Rocks');
  expect(await json('findings', '--episode', 'Rocks')).toMatchObject([
    { clip: { id: '2' } },
    { clip: { id: '3' }, rivalOf: [{ offsetNs: 1e9, clip: { id: '2', title: 'Gull' }, score: 0.9 }] },
  ]);
  const csv = (await run(archive, 'findings', '--episode', 'Rocks', '--csv')).out.split('\n');
  expect(csv[0]).toMatch(/,rivalOf$/);
  expect(csv.slice(1, 4)).toEqual([
    expect.stringMatching(/,$/),
    expect.stringMatching(/,$/),
    expect.stringMatching(/,Gull$/),
  ]);
  await archive.client.dynamodb.send(
    new DeleteItemCommand({
      TableName: archive.client.location.tables.Collection,
      Key: marshalled(findingKey(2, 3, 0)),
    }),
  );
});

test('FINDINGS-COPIES: a play at another time in another copy of the episode is one play, in every form', async () => {
  const { collection, dynamodb, location, operations } = archive.client;
  const [known] = await operations.findings(1, 2);
  const episodeFacts = { hash: 'other', durationNs: 40e9 };
  // Thirty seconds of advertisements before it, and one play in them.
  await collection.recordFinding({ ...known!, offsetsNs: [0.5e9, 31e9, 33e9], scores: [], episodeFacts });
  const text = await run(archive, 'findings', '--episode', 'tides');
  const clipAlone = await run(archive, 'findings', '--clip', 'gull');
  const variants = await run(archive, 'findings', '--clip', 'gull', '--variants');
  const line = '  00:00:01 (00:00:31 in another copy)  00:00:03 (00:00:33 in another copy)  Tides\n';
  expect(text.out).toContain(line);
  // Of two shows: each line says of which it is.
  expect(clipAlone.out).toContain(line.replace('Tides', 'The Sea: Tides'));
  expect(variants.out).toContain(
    '  00:00:00 (no play that stands)  00:00:31 (the play at 00:00:01)  00:00:33 (the play at 00:00:03)  The Sea: Tides  (variant 1, in another copy of 40 s)\n',
  );
  const [standing, variant] = await json('findings', '--clip', 'gull', '--episode', 'tides', '--variants');
  expect(standing.alsoAt).toMatchObject([{ offsetNs: 1e9, atNs: 31e9, variant: 1, isOtherCopy: true }, { atNs: 33e9 }]);
  expect(variant).toMatchObject({ variant: 1, playNs: [null, 1e9, 3e9], isOtherCopy: true });
  const csv = (await run(archive, 'findings', '--clip', 'gull', '--episode', 'tides', '--csv', '--variants')).out;
  expect(
    csv
      .trim()
      .split('\n')
      .map((row) => row.split(',').slice(-4, -1)),
  ).toEqual([
    ['otherCopies', 'variant', 'variantOf'],
    ['31.000', '', ''],
    ['33.000', '', ''],
    ['', '1', ''],
    ['', '1', '1.000'],
    ['', '1', '3.000'],
  ]);
  const explained = (await run(archive, 'explain', '--episode', 'tides', '--clip', 'gull')).out;
  expect(explained).toContain(
    'In another copy of 40 s, with other advertisements, it has the play at 00:00:01 at 00:00:31, the play at 00:00:03 at 00:00:33; there alone it is played at 00:00:00:',
  );
  // Nothing of it counts twice, and a hand-over is of one copy.
  expect((await run(archive, 'findings', '--episode', 'tides', '--format', 'audacity')).out).toBe(
    '1.000\t3.500\tGull\n3.000\t5.500\tGull\n5.000\t7.500\tBig wave\n',
  );
  await dynamodb.send(
    new DeleteItemCommand({ TableName: location.tables.Collection, Key: marshalled(findingKey(1, 2, 1)) }),
  );
});

test('FINDINGS-2: what cannot be judged and what was not heard is told apart, in every form; a part is told where it is one', async () => {
  const { collection } = archive.client;
  const third = (await collection.entries('clip', [3])).get(3)!;
  await collection.describe('clip', 3, {
    ...{ hash: 'h', durationNs: 1, mediaUri: third.info.mediaUri },
    unknowns: { analyzer: 'a@1', notJudged: 'it is too quiet' },
  });
  const { err } = await run(archive, 'findings', '--clip', 'never');
  expect(err).toContain('Never heard [3] was not found, which says nothing of whether it is played.');
  expect(err).toContain('Never heard [3] cannot be judged: it is too quiet');
  const all = await run(archive, 'findings');
  expect(all.err).toContain('Tides [1], not heard: 2 s of 10 s (damaged)');
  expect(all.out).toContain('00:00:05 (0.5–1.0 s of it)  The Sea: Tides');
  expect(all.out).toContain('  00:00:01  00:00:03  The Sea: Tides');
  const csv = (await run(archive, 'findings', '--clip', 'wave', '--csv')).out.split('\n');
  expect(csv[0]).toMatch(/,heardFrom,heardTo,notHeard,/);
  expect(csv[1]).toMatch(/,0\.500,1\.000,2 s of 10 s \(damaged\),,,,$/);
  expect(await json('findings', '--clip', 'wave')).toMatchObject([
    { heardFromNs: [0.5e9], heardToNs: [1e9], episode: { unheard: [{ from: 0, to: 2e9, why: 'damaged' }] } },
  ]);
  expect((await json('list', 'clips', '--not-found'))[0].unknown).toBe('cannot be judged: it is too quiet');
  expect(await json('status')).toMatchObject({ clips: { notJudged: 1 }, episodes: { notHeardInFull: 1 } });
  expect((await run(archive, 'status')).out).toMatch(/Episodes +2 \(.*1 not heard in full/);
  expect((await run(archive, 'status')).out).toMatch(
    /6 of 6 researched \(100\.0 %\), 2 of them of clips that cannot be judged/,
  );
});

test('CUT-1: the found place is written as audio, with what is around it', async () => {
  if (spawnSync('ffmpeg', ['-version']).status !== 0) return;
  const out = join(folder, 'cuts');
  const { code, out: paths, err } = await run(archive, 'cut', 'big wave', 'tides', '--before', '1', '--out', out);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(paths.trim()).toBe(join(out, '1 Tides 00-00-05.000 Big wave.wav'));
  const wave = readFileSync(paths.trim());
  const data = wave.subarray(wave.indexOf('data', 0, 'latin1') + 8);
  const sample = (seconds: number) => data.readInt16LE(Math.round(seconds * RATE) * 2);
  expect(data.length / 2 / RATE).toBeCloseTo(3.5, 2);
  expect([sample(0.5), sample(0.99), sample(1.01), sample(1.9)]).toEqual([0, 0, 20_000, 20_000]);
});

test('PLAY-2: what is played is where the copy at hand has it; that it is one that nobody researched is told', async () => {
  const { collection, dynamodb, location, operations } = archive.client;
  const [known] = await operations.findings(1, 2);
  const heardIn = (hash: string, offsetsNs: number[]) =>
    collection.recordFinding({ ...known!, clip: 3, offsetsNs, scores: [], episodeFacts: { hash, durationNs: 10e9 } });
  const played = () => run(archive, 'play', 'never', 'tides', '--player', 'true');
  await heardIn('b'.repeat(64), [1e9, 3e9]);
  const other = await played();
  expect(other.out).toBe('00:00:01  Never heard  Tides\n00:00:03  Never heard  Tides\n');
  expect(other.err).toContain('Tides: this file is another copy than the one that was researched.');
  await heardIn(hashOf(join(folder, 'one.wav')), [5e9, 7e9]);
  const own = { code: 0, err: '', out: '00:00:05  Never heard  Tides\n00:00:07  Never heard  Tides\n' };
  expect(await played()).toMatchObject(own);
  for (const variant of [0, 1]) {
    const Key = marshalled(findingKey(1, 3, variant));
    await dynamodb.send(new DeleteItemCommand({ TableName: location.tables.Collection, Key }));
  }
});

test('PLAY-1: each place goes to the player with its span; a clip without any is told', async () => {
  const player = join(folder, 'player.sh');
  const heard = join(folder, 'heard');
  writeFileSync(player, `#!/bin/sh\necho "$@" >> '${heard}'\n`);
  chmodSync(player, 0o755);
  const { code, out } = await run(archive, 'play', 'gull', 'tides', '--player', player);
  expect(code).toBe(0);
  expect(out).toBe('00:00:01  Gull  Tides\n00:00:03  Gull  Tides\n');
  expect(readFileSync(heard, 'utf8').trim().split('\n')).toEqual([
    expect.stringMatching(/-ss 0 -t \S+ -i file:.*one\.wav/),
    expect.stringMatching(/-ss 2 -t \S+ -i file:.*one\.wav/),
  ]);
  expect(await run(archive, 'play', 'never')).toMatchObject({ code: 1, err: expect.stringContaining('was not found') });
});

test('SECRETS-1: no command shows what is secret in an address; only what is data for programs has it', async () => {
  const shown = [
    ...[
      'status',
      'status --json',
      'audit',
      'audit --json',
      'list clips',
      'list episodes',
      'findings',
      'findings --variants',
    ],
    ...['audacity', 'cue', 'chapters', 'webvtt', 'srt', 'reaper', 'ffmetadata'].map(
      (format) => `findings --episode Rocks --format ${format}`,
    ),
    ...['explain --episode Rocks', 'explain --episode Rocks --json', 'explain --episode Rocks --clip Gull --json'],
    ...[
      'play gull rocks --player true',
      `cut gull rocks --out ${join(folder, 'none')}`,
      'cut gull rocks --allow-private',
    ],
    ...[
      'retire --clip gull',
      'prioritise --clip gull --priority 1',
      'requeue --episode Rocks',
      'pause --episode Rocks',
    ],
    ...['findings --clip gul', 'explain --episode nothing', 'revoke --episode Rocks', 'unpark', 'redrive CuratedClips'],
    ...[
      'remove episode Rocks --out removed.jsonl',
      `report --out ${join(folder, 'shown')}`,
      `report --single --out ${join(folder, 'shown.html')}`,
    ],
  ];
  for (const command of shown)
    expect([command, JSON.stringify(await run(archive, ...command.split(' ')))]).not.toEqual([
      command,
      expect.stringContaining(SECRET),
    ]);
  const written = readdirSync(join(folder, 'shown'), { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  const files = [...written.map(({ parentPath, name }) => join(parentPath, name)), join(folder, 'shown.html')];
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect([file, readFileSync(file, 'utf8').includes(SECRET)]).toEqual([file, false]);
  for (const command of [
    'findings --json',
    'findings --csv',
    'findings --format m3u',
    'list clips --json',
    'list clips --csv',
  ]) {
    const { out, err } = await run(archive, ...command.split(' '));
    expect([out.includes(SECRET), err.includes(SECRET)]).toEqual([true, false]);
  }
});

test('REMOVE-1: it says what it would do; done, nothing shows it, and what was found is in a file alone', async () => {
  const out = join(folder, 'removed.jsonl');
  const asked = ['remove', 'clip', 'gull', '--out', out];
  expect((await run(archive, ...asked)).out).toMatch(
    /would remove 1 clip with 2 findings:[\s\S]*Nothing is changed yet/,
  );
  expect(existsSync(out)).toBe(false);
  expect(await json(...asked, '--yes', '--reason', 'a mistake')).toMatchObject({ changed: 1 });
  expect(await run(archive, 'findings', '--clip', 'gull')).toMatchObject({ code: 1 });
  expect(await json('status')).toMatchObject({ findings: 1, clips: { total: 2 }, pairs: { total: 4, researched: 4 } });
  expect(ids(await json('list', 'clips'))).toEqual([1, 3]);
  expect(await archive.client.operations.findings(1, 2)).toEqual([]);
  expect(await archive.client.operations.history(1, 2)).toEqual([]);
  const [line = ''] = readFileSync(out, 'utf8').trim().split('\n');
  expect(JSON.parse(line)).toMatchObject({ kind: 'clip', id: 2, findings: [{ episode: 1 }, { episode: 2 }] });
  expect((await json('audit'))[0]).toMatchObject({ command: 'remove', why: 'a mistake', outcome: '1 changed' });
  expect(await run(archive, ...asked)).toMatchObject({ code: 1, err: expect.stringContaining('is there already') });
  expect(await run(archive, 'remove', 'thing', 'gull')).toMatchObject({ code: 2 });
});

test('REMOVE-2: results under way bring nothing back, nor do curators; an id is not used again, and restore undoes it', async () => {
  const late = aClipInfo(8, { title: 'Late' });
  const cliffs = anEpisodeInfo(3, { title: 'Cliffs' });
  const titles = async () => (await json('list', 'episodes')).map(({ title }: { title: string }) => title);
  const removed = (kind: string, title: string) =>
    json('remove', kind, title, '--yes', '--out', join(folder, `${title}.jsonl`));
  await archived(archive, [late], [cliffs]);
  const item = (await nextItem(archive))!;
  expect(item.clips.map(({ id }) => id).sort()).toEqual(['1', '3', '4']);
  await removed('clip', 'Late');
  await reported(archive, item, () => foundAt(1e9));
  expect(await drain(archive)).toMatchObject({ outdated: 1, findings: 2 });
  expect(await json('findings', '--episode', 'Cliffs')).toHaveLength(2);

  await removed('episode', 'Cliffs');
  await reported(archive, { ...item, leaseId: '' }, () => foundAt(2e9));
  expect(await drain(archive)).toMatchObject({ outdated: 3, findings: 0 });
  const newer = { lastDateCurated: '2027-01-01T00:00:00Z', curatorInformation: 'told again' };
  await archived(archive, [{ ...late, ...newer }], [{ ...cliffs, ...newer }]);
  expect(await titles()).toEqual(['Tides', 'Rocks']);
  expect(await json('status')).toMatchObject({ episodes: { total: 2 }, clips: { total: 2 }, findings: 1 });
  expect(await run(archive, 'explain', '--episode', 'Cliffs')).toMatchObject({ code: 1 });
  expect(await archive.client.operations.findings(3)).toEqual([]);
  expect(await nextItem(archive)).toBeUndefined();
  expect((await archive.client.collection.counter('clip')).lastOrdinal).toBe(4);

  expect(await json('restore', '--episode', 'Cliffs', '--yes')).toMatchObject({ changed: 1 });
  expect(await titles()).toEqual(['Tides', 'Rocks', 'Cliffs']);
  const again = (await nextItem(archive))!;
  expect([again.episode.id, again.clips.map(({ id }) => id).sort()]).toEqual(['3', ['1', '3']]);
  await reported(archive, again);
  await drain(archive);
});

test('WATCH-1: sources are read, and a folder again when something in it changed, until Ctrl-C', async () => {
  const drops = freshFolder();
  waveWithNoise(join(drops, 'first.wav'), 1);
  expect(await run(archive, 'watch')).toMatchObject({ code: 2, err: expect.stringContaining('--episodes') });
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const watching = run(archive, 'watch', '--clips', drops, '--episodes', `http://127.0.0.1:${port}/${SECRET}/feed`);
  const clips = async (count: number) => {
    for (;;) {
      const { lastOrdinal } = await archive.client.collection.counter('clip');
      if (lastOrdinal >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await clips(5);
  waveWithNoise(join(drops, 'second.wav'), 2);
  await clips(6);
  process.emit('SIGINT');
  // At once, as long as the feed might still answer.
  const { code, err } = await watching;
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('Ending.') });
  expect(err).toContain(`${drops}: `);
  expect(err).not.toContain(SECRET);
  silent.closeAllConnections();
  silent.close();
});

test('STOPPED-1: an archive that is stopped answers from its tables, and can be started again', async () => {
  const before = await json('findings');
  expect(before).toHaveLength(1);
  await archive.local.stop();
  expect(existsSync(join(archive.dataDir, 'stack.json'))).toBe(false);
  expect(await json('findings')).toEqual(before);
  expect(ids(await json('list', 'clips', '--limit', '3'))).toEqual([1, 3, 5]);
  expect(await json('explain', '--episode', '1', '--clip', '1')).toMatchObject({ verdict: 'researched' });
  expect((await run(archive, 'status')).out).toMatch(/Findings +1[\s\S]*Not running/);
  expect((await run(archive, 'report', '--out', join(folder, 'report'), '--since', '2000-01-01')).code).toBe(0);
  expect((await run(archive, 'report', '--single', '--out', join(folder, 'one.html'))).code).toBe(0);
  expect(readFileSync(join(folder, 'one.html'), 'utf8')).toContain('Big wave');
  expect((await run(archive, 'pause', '--all', '--yes')).code).toBe(1);
});

test('STOPPED-2: so does one that was killed, whose folder still tells where it was', async () => {
  const { dataDir } = archive;
  const { pid } = spawnSync('true');
  writeJson(join(dataDir, 'stack.json'), archive.local.stack);
  writeJson(join(dataDir, 'database.json'), { database: 'http://127.0.0.1:9' });
  writeJson(join(dataDir, 'runner.json'), { pid });
  expect(await json('findings')).toHaveLength(1);
});
