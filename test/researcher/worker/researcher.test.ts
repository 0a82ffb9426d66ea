import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AnalyzerPool, type EpisodeResearch } from '../../../researcher/analyzer/pool.ts';
import { EndedAt } from '../../../researcher/worker/ended-at.ts';
import { type ResearcherQueues, SqsResearcherQueues } from '../../../researcher/worker/work-queue.ts';
import { mediumOf } from '../../../researcher/worker/working-on.ts';
import { perfectClipToFind } from '../../support/perfect-messages.ts';
import { Fauxqs } from './support/fauxqs.ts';
import { running } from './support/running.ts';
import { CLIP_MEDIA, EPISODE_MEDIA, found, negative, never, scripted } from './support/scripted-analysis.ts';
import {
  freshFolder,
  removeFreshFolders,
  sampleClips,
  sampleEpisode,
  sampleUri,
  someClip,
  WORKER_FILE,
  workItem,
} from './support/work.ts';

jest.setTimeout(60_000);

let fauxqs: Fauxqs;
beforeAll(async () => {
  fauxqs = await Fauxqs.start();
});
afterAll(() => {
  fauxqs.stop();
  removeFreshFolders();
});

describe('What is reported', () => {
  test('A sign of life, then all clips in one message, which is the last word; those not found are ranges of ids', async () => {
    const archive = await fauxqs.archive();
    const clips = [1, 2, 3, 4, 5].map((id) => ({ ...someClip(id), ...(id === 5 && { factsWanted: true }) }));
    const item = workItem({ clips });
    await archive.publish(item);
    const analysis = scripted((index) => (index === 1 ? found(5e9, 7_000_000_001) : negative));
    const summary = await running(fauxqs, archive, { analysis }).summary;
    expect(summary).toMatchObject({ items: 1, pairs: 5, findings: 1, plays: 2, unfinished: 0, end: 'idle' });
    const common = { leaseId: item.leaseId, episodeInfo: item.episode, researcher: 'test-researcher', failure: '' };
    const facts = { clipHash: CLIP_MEDIA.hash, clipDuration: CLIP_MEDIA.durationNs };
    expect(await archive.messages()).toMatchObject([
      { ...common, revokeLease: false, episodeHash: '', workingOn: '0', results: [], notFound: [] },
      {
        ...common,
        ...{ episodeHash: EPISODE_MEDIA.hash, episodeDuration: EPISODE_MEDIA.durationNs, revokeLease: true },
        results: [
          { ...facts, clipInfo: { id: '2' }, clipOffsets: [5e9, 7_000_000_001], clipScores: [0.75, 0.75] },
          { ...facts, clipInfo: { id: '5' }, clipOffsets: [] },
        ],
        notFound: ['1', '3-4'],
      },
    ]);
    expect(await archive.waiting()).toEqual([]);
  });

  test('Where the item asks for it, every clip has a message of its own, in the order of the item', async () => {
    const archive = await fauxqs.archive();
    const item = workItem({ reportEach: true });
    await archive.publish(item);
    const works: EpisodeResearch[] = [];
    const one = scripted((index) => (index === 1 ? found(5e9) : negative))();
    const research = (work: EpisodeResearch) => {
      works.push(work);
      return one.research(work);
    };
    await running(fauxqs, archive, { analysis: () => ({ ...one, research }) }).summary;
    const facts = { clipHash: CLIP_MEDIA.hash, clipDuration: CLIP_MEDIA.durationNs };
    expect((await archive.messages()).slice(1)).toMatchObject([
      { ...facts, clipInfo: item.clips[0], revokeLease: false, clipOffsets: [] },
      { ...facts, clipInfo: item.clips[1], revokeLease: false, clipOffsets: [5e9] },
      { ...facts, clipInfo: item.clips[2], revokeLease: true, clipOffsets: [] },
    ]);
    expect(works.map(({ oneByOne }) => oneByOne)).toEqual([true]);
  });

  test('Two hundred and fifty clips are three messages, a hundred each and the rest', async () => {
    const archive = await fauxqs.archive();
    await archive.publish(workItem({ clips: Array.from({ length: 250 }, (_, i) => someClip(i + 1)) }));
    expect(await running(fauxqs, archive).summary).toMatchObject({ pairs: 250 });
    expect((await archive.messages()).slice(1)).toMatchObject([
      { notFound: ['1-100'], revokeLease: false },
      { notFound: ['101-200'], revokeLease: false },
      { notFound: ['201-250'], revokeLease: true },
    ]);
  });

  test('The sign of life is sent before the message is deleted', async () => {
    const archive = await fauxqs.archive();
    await archive.publish(workItem());
    const real = new SqsResearcherQueues(fauxqs.sqs, archive.pendingQueueUrl, archive.completedQueueUrl);
    const calls: string[] = [];
    const queues: ResearcherQueues = {
      receive: (wait, signal) => real.receive(wait, signal),
      delete: async (receipt) => {
        calls.push('delete');
        await real.delete(receipt);
      },
      send: async (bodies) => {
        const refused = await real.send(bodies);
        calls.push(...bodies.map(() => 'send'));
        return refused;
      },
    };
    await running(fauxqs, archive, { queues }).summary;
    expect(calls).toEqual(['send', 'delete', 'send']);
  });

  test('Where the item asks for it, each result is sent at once, not when the item is done', async () => {
    const archive = await fauxqs.archive();
    await archive.publish(workItem({ reportEach: true }));
    const gate = Promise.withResolvers<void>();
    const run = running(fauxqs, archive, {
      analysis: scripted((index) => (index === 2 ? gate.promise.then(() => negative) : negative)),
    });
    await run.saw('pair', 2);
    const early = [];
    while (early.length < 3) early.push(...(await archive.reports()));
    expect(early.map(({ clipInfo }) => clipInfo?.id)).toEqual([undefined, '1', '2']);
    gate.resolve();
    await run.summary;
    expect((await archive.reports()).map(({ clipInfo }) => clipInfo?.id)).toEqual(['3']);
  });

  test('A clip that cannot be fetched fails alone', async () => {
    const archive = await fauxqs.archive();
    const gone = { ...someClip(2), mediaUri: sampleUri('clips/no-such-clip.mp3') };
    const item = workItem({ clips: [someClip(1), gone, someClip(3)] });
    await archive.publish(item);
    const run = running(fauxqs, archive);
    expect(await run.summary).toMatchObject({ pairs: 2, clipFailures: 1, episodeFailures: 0 });
    expect(run.events.find(({ kind }) => kind === 'clip-failed')).toMatchObject({ index: 1, clip: gone });
    const [, ...reports] = await archive.reports();
    expect(reports).toMatchObject([
      { clipInfo: { id: '1' }, failure: '', revokeLease: false },
      { clipInfo: { id: '2' }, failure: expect.stringContaining('there is no such file'), clipHash: '' },
      { clipInfo: { id: '3' }, failure: '', revokeLease: true },
    ]);
  });

  test('When the last clip fails, its failure is the last word', async () => {
    const archive = await fauxqs.archive();
    await archive.publish(workItem({ clips: [someClip(1)] }));
    await running(fauxqs, archive, { analysis: scripted(() => ({ kind: 'failed', failure: 'no audio' })) }).summary;
    expect((await archive.reports()).slice(1)).toMatchObject([{ failure: 'no audio', revokeLease: true }]);
  });

  test.each([
    ['cannot be fetched', sampleUri('episodes/no-such-episode.mp3'), 'there is no such file'],
    ['is on a private address', 'http://127.0.0.1:9/episode.mp3', 'no public address'],
    ['has no address that is one', 's3://bucket/key', 'is no http or https address'],
  ])('An episode that %s is one message: failure and last word', async (_, mediaUri, reason) => {
    const archive = await fauxqs.archive();
    const item = workItem({ episode: { ...sampleEpisode(), mediaUri } });
    await archive.publish(item);
    expect(await running(fauxqs, archive).summary).toMatchObject({ pairs: 0, episodeFailures: 1 });
    const [, ...reports] = await archive.reports();
    expect(reports).toMatchObject([
      { leaseId: item.leaseId, failure: expect.stringContaining(reason), revokeLease: true },
    ]);
    expect(reports[0]?.clipInfo).toBeUndefined();
  });

  test('file: addresses are not read unless that is allowed', async () => {
    const archive = await fauxqs.archive();
    await archive.publish(workItem());
    expect(await running(fauxqs, archive, { allowFiles: false }).summary).toMatchObject({ episodeFailures: 1 });
  });

  test('A clip that is too plain to prove anything is not judged, and its result and the event say so', async () => {
    const archive = await fauxqs.archive();
    await archive.publish(workItem({ clips: [someClip(1)] }));
    if (negative.kind !== 'researched') throw new Error('unreachable');
    const plain = { ...negative, found: { ...negative.found, distinctive: false } };
    const run = running(fauxqs, archive, { analysis: scripted(() => plain) });
    expect(await run.summary).toMatchObject({ pairs: 1, findings: 0, notDistinctive: 1, clipFailures: 0 });
    expect((await archive.reports())[1]).toMatchObject({
      failure: '',
      clipOffsets: [],
      notJudged: expect.stringContaining('not distinctive'),
    });
  });
});

describe('Which items are worked on', () => {
  test.each([
    ['a millisecond before', -1, true],
    ['at', 0, false],
    ['a millisecond after', 1, false],
  ])('An item received %s its deadline: worked on %s', async (_, late, worked) => {
    const archive = await fauxqs.archive();
    const deadline = '2026-05-01T12:00:00.500Z';
    await archive.publish(workItem({ deadline }));
    const run = running(fauxqs, archive, { clock: () => Date.parse(deadline) + late });
    expect(await run.summary).toMatchObject({ items: worked ? 1 : 0, dropped: worked ? 0 : 1 });
    expect(await archive.reports()).toHaveLength(worked ? 4 : 0);
    expect(await archive.waiting()).toEqual([]);
  });

  test('An item that comes a second time is dropped', async () => {
    const archive = await fauxqs.archive();
    const item = workItem();
    await archive.publish(item);
    await archive.publish(item);
    expect(await running(fauxqs, archive).summary).toMatchObject({ items: 1, dropped: 1 });
    expect(await archive.reports()).toHaveLength(4);
  });

  test('A message that is no work item is left to the queue, and stops nothing', async () => {
    const archive = await fauxqs.archive(0);
    await archive.publishBody('{"leaseId":7}', 'bad');
    const run = running(fauxqs, archive, { stopWhenIdle: false });
    await run.saw('item-unreadable');
    await archive.publish(workItem());
    await run.saw('lease-done');
    run.stop.abort();
    await run.summary;
    expect(run.events.find(({ kind }) => kind === 'item-unreadable')).toMatchObject({
      reason: expect.stringContaining('leaseId'),
    });
    expect(await archive.waiting()).toEqual(['{"leaseId":7}']);
  });

  test('Several items are worked on at once', async () => {
    const archive = await fauxqs.archive();
    for (let i = 0; i < 3; i++) await archive.publish(workItem({ clips: [someClip(1)] }));
    // Each waits for the two others: one after the other they would wait for ever.
    const { promise: together, resolve: allAreHere } = Promise.withResolvers<void>();
    let here = 0;
    const meeting = async () => {
      if (++here === 3) allAreHere();
      await together;
      return negative;
    };
    const { summary } = running(fauxqs, archive, { workers: 3, itemsAtOnce: 3, analysis: scripted(meeting) });
    expect(await summary).toMatchObject({ items: 3 });
  });
});

test.each([
  [1, undefined, [1]],
  [2, undefined, [1, 1]],
  [5, undefined, [3, 2]],
  [4, 4, [1, 1, 1, 1]],
  [4, 1, [4]],
  [5, 3, [2, 2, 1]],
])('%i threads and %p items at once: each item has its share of the threads', async (workers, itemsAtOnce, shares) => {
  const archive = await fauxqs.archive();
  const threads: number[] = [];
  const analysis = (count: number) => {
    threads.push(count);
    return scripted()();
  };
  await running(fauxqs, archive, { workers, analysis, ...(itemsAtOnce && { itemsAtOnce }) }).summary;
  expect(threads).toEqual(shares);
});

describe('Signs of life', () => {
  test('A slow analysis keeps its lease by signs of life', async () => {
    const archive = await fauxqs.archive();
    await archive.publish(workItem({ clips: [someClip(1)], heartbeatSeconds: 1 }));
    const gate = Promise.withResolvers<void>();
    const run = running(fauxqs, archive, { analysis: scripted(() => gate.promise.then(() => negative)) });
    const signs = [];
    while (signs.length < 3) signs.push(...(await archive.reports()));
    expect(signs.every(({ clipInfo, revokeLease }) => clipInfo === undefined && !revokeLease)).toBe(true);
    gate.resolve();
    await run.summary;
    expect(await archive.reports()).toMatchObject([{ revokeLease: true, clipOffsets: [] }]);
  });

  test('A hung analysis is given up without any more of them; the clip fails, and the next item is taken', async () => {
    const archive = await fauxqs.archive();
    const item = workItem({ heartbeatSeconds: 1 });
    await archive.publish(item);
    await archive.publish(workItem({ clips: [someClip(9)] }));
    const run = running(fauxqs, archive, {
      limits: { stalledAfterMs: 500 },
      analysis: scripted((index, { clips }) => (clips.length === 3 && index === 1 ? never() : negative)),
    });
    expect(await run.summary).toMatchObject({ items: 2, pairs: 2, clipFailures: 1, unfinished: 1 });
    const ofItem = (await archive.reports()).filter(({ leaseId }) => leaseId === item.leaseId);
    const reports = ofItem.filter(({ clipInfo }) => clipInfo !== undefined);
    expect(reports.map(({ clipInfo, revokeLease }) => [clipInfo?.id, revokeLease])).toEqual([
      ['1', false],
      ['2', true],
    ]);
    expect(reports[1]?.failure).toContain('the analysis hung: nothing went on for 0.5 s');
  });
});

describe('The last word', () => {
  test('On Ctrl-C what was done is reported and the rest is given back, for every lease held', async () => {
    const archive = await fauxqs.archive();
    const items = [workItem(), workItem()];
    for (const item of items) await archive.publish(item);
    const analysis = scripted((index) => (index === 0 ? negative : never()));
    const run = running(fauxqs, archive, { analysis, workers: 2, stopWhenIdle: false });
    await run.saw('pair', 2);
    run.stop.abort();
    expect(await run.summary).toMatchObject({ pairs: 2, unfinished: 2, end: 'interrupted' });
    const reports = await archive.reports();
    for (const { leaseId, clips } of items) {
      const ofLease = reports.filter((report) => report.leaseId === leaseId);
      expect(ofLease.map(({ clipInfo, revokeLease }) => [clipInfo?.id, revokeLease])).toEqual([
        [undefined, false],
        [clips[0]!.id, false],
        [undefined, true],
      ]);
      expect(ofLease[2]?.failure).toBe('');
    }
  });

  test('A researcher that is killed says at its next start, before anything else, at which clip it was, and gives the lease back', async () => {
    const archive = await fauxqs.archive();
    const item = workItem();
    await archive.publish(item);
    const dataDir = freshFolder();
    const child = spawn(process.execPath, [
      join(__dirname, 'support/hanging-researcher.ts'),
      ...[fauxqs.endpoint, archive.pendingQueueUrl, archive.completedQueueUrl, dataDir],
    ]);
    await new Promise((stuck) => child.stdout.once('data', stuck));
    // Its result is sent some seconds after it is told of: all that it says is read before the others speak.
    let reported = false;
    while (!reported) reported = (await archive.reports()).some(({ clipInfo }) => clipInfo !== undefined);
    const living = running(fauxqs, archive, { dataDir });
    expect(await living.summary).toMatchObject({ leasesReturned: 0 });
    expect(await archive.reports()).toEqual([]);

    child.kill('SIGKILL');
    await new Promise((gone) => child.once('close', gone));
    // Once may be a power cut: it is tried again; after another one it is left alone.
    const earlier = new EndedAt(join(dataDir, 'leases'));
    const twice = { ...someClip(3), mediaUri: sampleUri('clips/big-wave.mp3') };
    for (const lease of ['l1', 'l2']) earlier.note(lease, mediumOf(twice), Date.now());
    earlier.close();
    await archive.publish(workItem({ clips: [someClip(2), twice] }));
    const next = running(fauxqs, archive, { dataDir });
    expect(await next.summary).toMatchObject({ leasesReturned: 1, items: 1, clipFailures: 1, pairs: 1 });
    expect(next.events[0]).toEqual({ kind: 'leases-returned', count: 1 });
    const [lastWord, ...others] = await archive.reports();
    expect(lastWord).toMatchObject({ leaseId: item.leaseId, revokeLease: true, clipInfo: { id: '2' } });
    expect(lastWord?.failure).toBe('the researcher ended at it');
    expect(others.map(({ failure }) => failure.slice(0, 23))).toEqual(['', '', 'the researcher ended at']);
    expect(others.every(({ leaseId }) => leaseId !== item.leaseId)).toBe(true);
    expect(await running(fauxqs, archive, { dataDir }).summary).toMatchObject({ leasesReturned: 0 });
  });

  test('A lease that could not be given back in time is given back at the next start', async () => {
    const archive = await fauxqs.archive();
    const item = workItem();
    await archive.publish(item);
    const dataDir = freshFolder();
    const real = new SqsResearcherQueues(fauxqs.sqs, archive.pendingQueueUrl, archive.completedQueueUrl);
    let reachable = true;
    const queues: ResearcherQueues = {
      receive: (wait, signal) => real.receive(wait, signal),
      delete: (receipt) => real.delete(receipt),
      send: (bodies) => (reachable ? real.send(bodies) : Promise.reject(new Error('no network'))),
    };
    const run = running(fauxqs, archive, { dataDir, queues, analysis: scripted(never), limits: { lastWordMs: 100 } });
    await run.saw('episode-opened');
    reachable = false;
    run.stop.abort();
    expect(await run.summary).toMatchObject({ end: 'interrupted', reportsLost: 1 });
    await archive.reports();
    expect(await running(fauxqs, archive, { dataDir }).summary).toMatchObject({ leasesReturned: 1 });
    expect(await archive.reports()).toMatchObject([{ leaseId: item.leaseId, revokeLease: true }]);
  });
});

describe('The next item of an episode', () => {
  test.each([1, 2])('needs neither its file nor those of the clips, by researcher %i', async (researchers) => {
    const archive = await fauxqs.archive();
    const dataDir = freshFolder();
    const works: EpisodeResearch[] = [];
    const analysis = (workers: number) => {
      const pool = new AnalyzerPool({ workers, workerFile: WORKER_FILE });
      const research = (work: EpisodeResearch) => {
        works.push(work);
        return pool.research(work);
      };
      return { research, close: () => pool.close() };
    };
    const item = () => workItem({ clips: sampleClips().slice(0, 2) });
    await archive.publish(item());
    if (researchers === 1) await archive.publish(item());
    const options = { dataDir, analysis, stopWhenIdle: 500 as const };
    await running(fauxqs, archive, options).summary;
    if (researchers === 2) {
      await archive.publish(item());
      await running(fauxqs, archive, options).summary;
    }
    const said = (await archive.reports()).map(({ leaseId: _, researchDate: __, ...report }) => report);
    expect(said).toHaveLength(6);
    expect(said.slice(3)).toEqual(said.slice(0, 3));
    const known = { hash: expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect([typeof works[0]!.episode, works[1]!.episode]).toEqual(['string', expect.objectContaining(known)]);
    expect(await Promise.all(works[1]!.clips)).toEqual([
      expect.objectContaining(known),
      expect.objectContaining(known),
    ]);
  });
});

describe('Trouble', () => {
  test('Hostile clips end their thread, fail alone, and the next clip is researched', async () => {
    const folder = freshFolder();
    const names = ['never.mp3', 'fine.mp3', 'memory.mp3', 'throws.mp3', 'exits.mp3', 'fine.mp3'];
    for (const name of names) writeFileSync(join(folder, name), name);
    const uri = (name: string) => pathToFileURL(join(folder, name)).href;
    const archive = await fauxqs.archive();
    const clips = names.map((name, index) =>
      perfectClipToFind({ id: String(index + 1), title: name, mediaUri: uri(name) }),
    );
    await archive.publish(workItem({ episode: { ...sampleEpisode(), mediaUri: uri('fine.mp3') }, clips }));
    const workerFile = join(__dirname, 'support/hostile-worker.cjs');
    const run = running(fauxqs, archive, {
      analysis: () => new AnalyzerPool({ workers: 1, workerFile, heapMegabytes: 32 }),
      limits: { clipTimeoutMs: 2_000 },
    });
    expect(await run.summary).toMatchObject({ pairs: 2, clipFailures: 4, episodeFailures: 0 });
    const [, ...reports] = await archive.reports();
    expect(reports.map(({ failure }) => failure)).toEqual([
      expect.stringContaining('did not go on for 2 s'),
      '',
      expect.stringContaining('out of memory'),
      expect.stringContaining('as asked'),
      expect.stringContaining('ended unexpectedly'),
      '',
    ]);
    expect(reports.map(({ revokeLease }) => revokeLease)).toEqual([false, false, false, false, false, true]);
  });

  test('An episode whose opening never ends fails, and its thread is ended', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'never.mp3'), 'never');
    const archive = await fauxqs.archive();
    const mediaUri = pathToFileURL(join(folder, 'never.mp3')).href;
    await archive.publish(workItem({ episode: { ...sampleEpisode(), mediaUri } }));
    const workerFile = join(__dirname, 'support/hostile-worker.cjs');
    const analysis = () => new AnalyzerPool({ workers: 1, workerFile });
    await running(fauxqs, archive, { analysis, limits: { episodeSilenceMs: 300 } }).summary;
    expect((await archive.reports())[1]).toMatchObject({
      failure: expect.stringContaining('the analysis of the episode did not go on'),
      revokeLease: true,
    });
  });

  test('A full or unwritable disk is nobody else’s fault: the item is given back without a failure', async () => {
    const archive = await fauxqs.archive();
    const dataDir = freshFolder();
    mkdirSync(join(dataDir, 'leases'));
    writeFileSync(join(dataDir, 'media'), 'a file where the folder should be');
    const mediaUri = 'http://media.example.org/episode.mp3';
    await archive.publish(workItem({ episode: { ...sampleEpisode(), mediaUri } }));
    const run = running(fauxqs, archive, { dataDir, allowPrivateAddresses: true });
    expect(await run.summary).toMatchObject({ episodeFailures: 0, unfinished: 1 });
    expect(run.events.find(({ kind }) => kind === 'trouble')).toMatchObject({
      reason: expect.stringContaining('this machine cannot keep the file'),
    });
    expect((await archive.reports())[1]).toMatchObject({ failure: '', revokeLease: true });
  });

  test('A queue that does not exist ends the researcher with its name', async () => {
    const archive = await fauxqs.archive();
    const run = running(fauxqs, archive, { pendingQueueUrl: `${archive.pendingQueueUrl}-not`, stopWhenIdle: false });
    await expect(run.summary).rejects.toThrow(/queue of work items refuses this researcher: .*does not exist/i);
  });

  test.each([
    ['no name', { name: '' }, 'name: 1–128 characters are expected, but 0 came'],
    ['too long a name', { name: 'x'.repeat(129) }, 'name: 1–128 characters are expected, but 129 came'],
    [
      'no item at once',
      { itemsAtOnce: 0 },
      'itemsAtOnce: a whole number from 1 to the number of workers (1) is expected',
    ],
    ['more items than threads', { itemsAtOnce: 2 }, 'but 2 came'],
    ['no workers', { workers: 0 }, 'workers: a whole number from 1 on is expected, but 0 came'],
  ])('%s is refused', async (_, options, message) => {
    const archive = await fauxqs.archive();
    await expect(running(fauxqs, archive, options).summary).rejects.toThrow(message);
  });
});
