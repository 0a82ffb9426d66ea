import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoTransfer } from '../../operating/tables/dynamo-transfer.ts';
import { members, READERS, ranges } from '../../operating/transfer/lines.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import { someStrikes } from '../support/research.ts';
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
} from './support/local-archive.ts';

jest.setTimeout(240_000);

let source: TestArchive;
let target: TestArchive;
beforeAll(async () => {
  source = await startTestArchive();
  target = await startTestArchive();
});
afterAll(async () => {
  await source?.stop();
  await target?.stop();
  removeFreshFolders();
});

async function json(archive: TestArchive, ...args: string[]) {
  const { code, out, err } = await run(archive, ...args, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
}

/** An archive with something of everything: aliases, findings, variants, history, strikes, parking, holds, priorities. */
async function lived(): Promise<void> {
  await archived(
    source,
    [1, 2, 3, 4].map((n) => aClipInfo(n)),
    [1, 2, 3, 4, 5].map((n) => anEpisodeInfo(n)),
  );
  const later = '2025-05-05T00:00:00Z';
  await archived(
    source,
    [aClipInfo(2, { mediaUri: 'https://elsewhere.example.org/2.mp3', lastDateCurated: later })],
    [],
  );
  await run(source, 'prioritise', '--episode', 'Episode 3', '--priority', '4', '--yes');
  const third = await nextItem(source);
  await reported(source, third!, ({ title }) =>
    title === 'Clip 1'
      ? { ...foundAt(1e9, 2 ** 53), clipHeardFrom: [0, 7], clipHeardTo: [5, 9] }
      : title === 'Clip 2'
        ? foundAt(3e9)
        : {},
  );
  await drain(source);
  await reported(source, { ...third!, leaseId: '' }, ({ title }) => (title === 'Clip 1' ? foundAt(4e9) : undefined));
  await drain(source);
  await run(source, 'requeue', '--episode', 'Episode 3', '--clip', 'Clip 2', '--yes');
  await run(source, 'pause', '--episode', 'Episode 5', '--yes');
  await run(source, 'retire', '--clip', 'Clip 4', '--yes', '--reason', 'too short', '--by', 'tester');
  const { ledgers, collection } = source.client;
  const clip = (await collection.entries('clip', [3])).get(3)!;
  const unknowns = { analyzer: 'a@1', notJudged: 'too quiet' };
  await collection.describe('clip', 3, { hash: 'h', durationNs: 5, mediaUri: clip.info.mediaUri, unknowns });
  const second = (await collection.entries('episode', [2])).get(2)!;
  await collection.describe('episode', 2, {
    ...{ hash: 'e', durationNs: 9, mediaUri: second.info.mediaUri },
    unknowns: { analyzer: 'a@1', unheard: [{ from: 1, to: 2 ** 53, why: 'missing' }] },
  });
  const ledger = (await ledgers.read(2))!;
  await ledgers.write({
    ledger: {
      ...ledger,
      parked: new Map([[1, 1]]),
      pairStrikes: new Map([[2, someStrikes()]]),
      episodeStrikes: someStrikes(),
    },
    clips: [{ ...clip, strikes: someStrikes() }],
    parkedReasons: [{ clip: 1, reason: 'it hangs' }],
  });
}

const exportFolder = () => join(freshFolder(), 'export');
let folder: string;

test('EXPORT-1: everything is written, a line a thing, and what it is last', async () => {
  await lived();
  folder = exportFolder();
  const { code, out, err } = await run(source, 'export', '--out', folder);
  expect({ code, out, err }).toEqual({
    code: 0,
    out: expect.stringContaining('4 clips, 5 episodes with their ledgers and 3 findings'),
    err: expect.stringContaining('Addresses are whole in it'),
  });
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  expect([folder, ...readdirSync(folder).map((name) => join(folder, name))].map(modeOf)).toEqual([
    0o700,
    ...Array(7).fill(0o600),
  ]);
  const manifest = JSON.parse(readFileSync(join(folder, 'archive.json'), 'utf8'));
  // Two names an entry, and the old media URI of the moved clip.
  expect(manifest).toMatchObject({
    leasesLeftOut: 0,
    counts: { clips: 4, episodes: 5, ledgers: 5, names: 19, findings: 3 },
  });
  const clips = readFileSync(join(folder, 'clips.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(clips[1]).toMatchObject({
    ordinal: 2,
    revision: 2,
    info: { title: 'Clip 2', mediaUri: 'https://elsewhere.example.org/2.mp3' },
  });
});

test('EXPORT-2: a folder with something in it is refused', async () => {
  expect(await run(source, 'export', '--out', folder)).toMatchObject({
    code: 1,
    err: expect.stringContaining('not empty'),
  });
});

test('IMPORT-1: what is no export, or damaged, is refused with file and line before anything is written', async () => {
  expect(await run(target, 'import', freshFolder(), '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no exported archive'),
  });
  const broken = (file: string, change: (text: string) => string) => {
    const copy = exportFolder();
    mkdirSync(copy);
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(copy, file), change(readFileSync(join(copy, file), 'utf8')));
    return run(target, 'import', copy, '--yes');
  };
  const refused = (text: string) => ({ code: 1, err: expect.stringContaining(text) });
  expect(await broken('clips.jsonl', (text) => text.replace('"Clip 3"', '5'))).toMatchObject(
    refused('clips.jsonl, line 3: '),
  );
  expect(await broken('ledgers.jsonl', (text) => text.replace('"OPEN"', '"AJAR"'))).toMatchObject(
    refused('ledgers.jsonl, line '),
  );
  expect(await broken('findings.jsonl', (text) => text.replace(/\n.*\n$/, '\n'))).toMatchObject(
    refused('2 lines, but 3 were exported'),
  );
  expect(await broken('names.jsonl', (text) => `x${text}`)).toMatchObject(refused('names.jsonl, line 1: '));
  expect(
    await broken('archive.json', (text) => text.replace('archivist-export-1', 'archivist-export-9')),
  ).toMatchObject(refused('format'));
  expect((await target.client.collection.counter('clip')).lastOrdinal).toBe(0);
  expect((await target.client.ledgers.control()).paused).toBeUndefined();
});

test('IMPORT-2: without --yes nothing is written', async () => {
  const { out } = await run(target, 'import', folder);
  expect(out).toMatch(/This would import 4 clips, 5 episodes .* 3 findings .*\n {2}Exported .* from /);
  expect((await target.client.collection.counter('clip')).lastOrdinal).toBe(0);
});

test('IMPORT-3: one that breaks off leaves the archive paused, and is done again by the same command only', async () => {
  let calls = 0;
  const put = DynamoTransfer.prototype.put;
  const spy = jest.spyOn(DynamoTransfer.prototype, 'put').mockImplementation(function (this: DynamoTransfer, things) {
    if (++calls === 3) throw new Error('the line is cut');
    return put.call(this, things);
  });
  try {
    expect(await run(target, 'import', folder, '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('the line is cut'),
    });
  } finally {
    spy.mockRestore();
  }
  expect((await target.client.ledgers.control()).paused).toBe(true);
  const other = exportFolder();
  await run(source, 'export', '--out', other);
  expect(await run(target, 'import', other, '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('has not ended'),
  });
  expect(await run(target, 'import', folder, '--yes')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Done: import 4 clips'),
  });
});

test('IMPORT-4: an archive that has something is refused', async () => {
  expect(await run(target, 'import', folder, '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('not empty'),
  });
});

test('IMPORT-5: the imported archive has the same findings, history, pairs, reasons and audit', async () => {
  expect(await json(target, 'findings', '--variants')).toEqual(await json(source, 'findings', '--variants'));
  const status = async (archive: TestArchive) => {
    const { clips, episodes, pairs, findings, paused } = await json(archive, 'status');
    return { clips, episodes, pairs, findings, paused };
  };
  expect(await status(target)).toEqual(await status(source));
  for (const [episode, clip] of [
    ['2', '1'],
    ['2', '2'],
    ['2', '3'],
    ['3', '1'],
    ['3', '2'],
    ['5', '1'],
    ['1', '4'],
  ] as const) {
    const explain = async (archive: TestArchive) => {
      const explanation = await json(archive, 'explain', '--episode', episode, '--clip', clip);
      // How long ago, to the second, is not what is compared.
      return JSON.stringify(explanation).replace(/\((in )?[\d a-z]+?( ago)?\)/g, '');
    };
    expect(await explain(target)).toEqual(await explain(source));
  }
  const unknowns = async ({ client }: TestArchive) => [
    (await client.collection.entries('clip', [3])).get(3)?.unknowns,
    (await client.collection.entries('episode', [2])).get(2)?.unknowns,
  ];
  expect(await unknowns(target)).toEqual(await unknowns(source));
  expect(await unknowns(source)).toMatchObject([{ notJudged: 'too quiet' }, { unheard: [{ to: 2 ** 53 }] }]);
  const audit = (await json(target, 'audit')) as { command: string; why: string }[];
  expect(audit.filter(({ command }) => command === 'retire')).toMatchObject([{ why: 'too short' }]);
  expect(audit.filter(({ command }) => command === 'import')).toHaveLength(2);
});

test('IMPORT-6: it gives out the same work in the same order', async () => {
  for (let n = 0; n < 3; n++) {
    const [expected, item] = [await nextItem(source), await nextItem(target)];
    // Whether length and hash are wanted is a hint: an archivist that read the clips before they were known asks again.
    const work = (one: typeof item) =>
      one && { episode: one.episode, clips: one.clips.map(({ factsWanted: _, ...clip }) => clip) };
    expect(work(item)).toEqual(work(expected));
    expect(item).toBeDefined();
    await reported(source, expected!);
    await reported(target, item!);
    await Promise.all([drain(source), drain(target)]);
  }
});

test('IMPORT-7: names that an entry had before still lead to it, and new entries get new ordinals', async () => {
  const moved = aClipInfo(2, { title: 'Clip 2', lastDateCurated: '2025-06-06T00:00:00Z', priority: 2 });
  await archived(target, [moved, aClipInfo(9)], [anEpisodeInfo(9)]);
  const { clips } = await target.client.collection.catalogue();
  expect(clips.map(({ ordinal }) => ordinal).sort()).toEqual([1, 2, 3, 4, 5]);
  expect(clips.find(({ ordinal }) => ordinal === 2)?.info).toMatchObject({
    priority: 2,
    mediaUri: 'https://elsewhere.example.org/2.mp3',
  });
  expect((await target.client.collection.counter('episode')).lastOrdinal).toBe(6);
});

test('EXPORT-3: leases are left out, and it says so', async () => {
  await archived(source, [], [anEpisodeInfo(6)]);
  expect((await nextItem(source))?.episode.title).toBe('Episode 6');
  const other = exportFolder();
  const { err } = await run(source, 'export', '--out', other);
  expect(err).toMatch(/1 lease lived meanwhile/);
  const states = readFileSync(join(other, 'ledgers.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(states.at(-1)).toMatchObject({ episode: 6, state: 'OPEN' });
  expect(states[0].leases).toBeUndefined();
});

test('EXPORT-4: a damaged ledger hides nothing else, is told, and begins anew', async () => {
  const { UpdateItemCommand } = await import('@aws-sdk/client-dynamodb');
  const { ledgerKey } = await import('../../functions/stores/keys.ts');
  const { pk, sk } = ledgerKey(4);
  await source.client.dynamodb.send(
    new UpdateItemCommand({
      TableName: source.client.location.tables.Leases!,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'SET researched = :damaged',
      ExpressionAttributeValues: { ':damaged': { S: 'no bytes' } },
    }),
  );
  const other = exportFolder();
  const { code, err } = await run(source, 'export', '--out', other);
  expect(code).toBe(1);
  expect(err).toMatch(/1 damaged item could not be exported:\n.*researched/);
  const ledgers = readFileSync(join(other, 'ledgers.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(ledgers).toHaveLength(6);
  expect(ledgers[3]).toMatchObject({ episode: 4, state: 'OPEN', researched: [] });
  expect(await json(source, 'status')).toMatchObject({ episodes: { total: 6, unreadable: [4] } });
});

test('DAMAGE-1: a damaged clip or episode is told, and the others are shown and changed as ever', async () => {
  const { UpdateItemCommand } = await import('@aws-sdk/client-dynamodb');
  const { entryKey } = await import('../../functions/stores/keys.ts');
  for (const { pk, sk } of [entryKey('clip', 1), entryKey('episode', 1)]) {
    await target.client.dynamodb.send(
      new UpdateItemCommand({
        TableName: target.client.location.tables.Collection!,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: 'SET revision = :damaged',
        ExpressionAttributeValues: { ':damaged': { S: 'none' } },
      }),
    );
  }
  // Any change of a clip renews the catalogue.
  expect(await run(target, 'prioritise', '--clip', 'Clip 2', '--priority', '1', '--yes')).toMatchObject({ code: 0 });
  const status = await json(target, 'status');
  expect(status.clips).toMatchObject({ total: 4, unreadable: [expect.stringContaining('revision')] });
  const { researched, givenUp, toDo, total } = status.pairs;
  expect(researched + givenUp + toDo).toBe(total);
  expect(await run(target, 'explain', '--episode', 'Episode 2')).toMatchObject({ code: 0 });
  expect(await run(target, 'explain', '--episode', 'Episode 1')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no episode'),
  });
  expect((await run(target, 'status')).out).toMatch(/Damaged clips, left out of research:\n.*revision/);
});

describe('lines', () => {
  test.each([
    [[], []],
    [[1], [[1, 1]]],
    [
      [1, 2, 3, 7, 9, 10],
      [
        [1, 3],
        [7, 7],
        [9, 10],
      ],
    ],
  ] as [number[], [number, number][]][])('LINES-1: %j are the ranges %j', (set, of) => {
    expect(ranges(set)).toEqual(of);
    expect([...members(of)]).toEqual(set);
  });

  test.each([[[2, 1]], [[-1, 1]], [[1, 1e12]], [[0.5, 2]]] as [number, number][][])(
    'LINES-2: the range %j is refused',
    (range) => {
      expect(() => [...members([range])]).toThrow(/no such range/);
    },
  );

  test.each(Object.keys(READERS) as (keyof typeof READERS)[])(
    'LINES-3: a line of %s that says nothing is refused',
    (name) => {
      for (const line of [{}, { ordinal: 1 }, { episode: 1 }, { info: {} }])
        expect(() => READERS[name](line)).toThrow();
    },
  );
});
