import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResearcherEvent } from '../../../researcher/worker/researcher-events.ts';
import { runResearcher } from '../../../researcher/worker/run-researcher.ts';
import { Fauxqs } from './support/fauxqs.ts';
import {
  freshFolder,
  removeFreshFolders,
  SAMPLES,
  sampleClips,
  sampleEpisode,
  WORKER_FILE,
  workItem,
} from './support/work.ts';

jest.setTimeout(60_000);

interface Expected {
  toleranceSeconds: number;
  findings: { episode: string; clip: string; offsetsSeconds: number[] }[];
}
const truth = JSON.parse(readFileSync(join(SAMPLES, 'expected.json'), 'utf8')) as Expected;

let fauxqs: Fauxqs;
beforeAll(async () => {
  fauxqs = await Fauxqs.start();
});
afterAll(() => {
  fauxqs.stop();
  removeFreshFolders();
});

test('Real audio, real queues, real threads: every play of the samples is reported, in order, as the messages say', async () => {
  const archive = await fauxqs.archive();
  const clips = sampleClips();
  const items = [41, 42].map((number) => workItem({ episode: sampleEpisode(number), clips }));
  for (const item of items) await archive.publish(item);
  const events: ResearcherEvent[] = [];
  const summary = await runResearcher({
    ...archive,
    sqs: fauxqs.sqs,
    name: 'samples-researcher',
    workers: 2,
    workerFile: WORKER_FILE,
    dataDir: freshFolder(),
    allowFiles: true,
    stopWhenIdle: 1_000,
    signal: new AbortController().signal,
    ffmpeg: false,
    onEvent: (event) => events.push(event),
  });

  expect(summary).toMatchObject({ items: 2, pairs: 18, findings: 9, plays: 13, clipFailures: 2, end: 'idle' });
  expect(await archive.waiting()).toEqual([]);
  const reports = await archive.reports();
  for (const item of items) {
    const ofItem = reports.filter(({ leaseId }) => leaseId === item.leaseId);
    const [sign, ...rest] = ofItem;
    expect(sign).toMatchObject({ revokeLease: false, failure: '', researcher: 'samples-researcher' });
    expect(sign?.clipInfo).toBeUndefined();
    expect(rest.map(({ clipInfo }) => clipInfo?.id)).toEqual(clips.map(({ id }) => id));
    expect(rest.map(({ revokeLease }) => revokeLease)).toEqual(clips.map((_, index) => index === clips.length - 1));
    for (const report of rest) {
      expect(report.episodeInfo).toEqual(item.episode);
      expect(report.analyzer).toMatch(/^.+@.+$/);
      const number = item.episode.title.slice(-2);
      const title = clips.find(({ id }) => id === report.clipInfo?.id)?.title;
      const found = truth.findings.find(({ episode, clip }) => episode.startsWith(number) && clip === title);
      expect(report.clipOffsets.length).toBe(found?.offsetsSeconds.length ?? 0);
      for (const [index, seconds] of (found?.offsetsSeconds ?? []).entries()) {
        expect(Math.abs(report.clipOffsets[index]! / 1e9 - seconds)).toBeLessThan(truth.toleranceSeconds);
      }
      expect(report.clipScores).toHaveLength(report.clipOffsets.length);
      if (title === 'The lost tape') {
        expect(report.failure).toContain('HTML');
        continue;
      }
      expect(report).toMatchObject({ failure: '', episodeHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
      // Of what was not found no more than the id is said, unless it is asked for.
      if (found === undefined) continue;
      expect(report.clipHash).toMatch(/^[0-9a-f]{64}$/);
      expect(report.episodeDuration).toBeGreaterThan(40e9);
      expect(report.clipDuration).toBeGreaterThan(1e9);
    }
  }
  expect(events.filter(({ kind }) => kind === 'lease-done')).toMatchObject([
    { reported: 10, clips: 10, end: 'finished' },
    { reported: 10, clips: 10, end: 'finished' },
  ]);
});
