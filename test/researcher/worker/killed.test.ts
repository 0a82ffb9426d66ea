import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bodyOf, type CompletedResearchItem, pairsOf } from '../../../domain/messages.ts';
import { WorkingOn } from '../../../researcher/worker/working-on.ts';
import { MINUTE, SECOND, TriedArchive } from '../../functions/tried-archive.ts';
import { until } from '../../local/support/until.ts';
import { Fauxqs } from './support/fauxqs.ts';
import { running } from './support/running.ts';
import { freshFolder, removeFreshFolders, sampleUri } from './support/work.ts';

jest.setTimeout(60_000);

let fauxqs: Fauxqs;
beforeAll(async () => {
  fauxqs = await Fauxqs.start();
});
afterAll(() => {
  fauxqs.stop();
  removeFreshFolders();
});

/** As many as go into one message, and as many more as are held back when it is killed. */
const TOGETHER = 100;
const AFTER = 110;
const CLIPS = 120;

test('KILLED-1: of who is killed nothing is lost but what was not sent, and it says at its restart what it ended at', async () => {
  const archive = await new TriedArchive({ clipsPerItem: CLIPS }).filled(1, CLIPS);
  await archive.allTried();
  await archive.assign();
  const { leaseId, episode, clips, ...rest } = archive.take();
  // The archive's addresses lead nowhere; what is researched here is known by its ids.
  const files = { episode: sampleUri('episodes/harbour-lights-41.mp3'), clip: sampleUri('clips/dishes.mp3') };
  const queues = await fauxqs.archive();
  await queues.publish({
    ...{ leaseId, ...rest, deadline: '2999-01-01T00:00:00Z' },
    episode: { ...episode, mediaUri: files.episode },
    clips: clips.map(({ factsWanted: _, ...clip }) => ({ ...clip, mediaUri: files.clip })),
  });

  const dataDir = freshFolder();
  const child = spawn(process.execPath, [
    join(__dirname, 'support/hanging-researcher.ts'),
    ...[fauxqs.endpoint, queues.pendingQueueUrl, queues.completedQueueUrl, dataDir, String(AFTER)],
  ]);
  const said: CompletedResearchItem[] = [];
  const pairsSaid = () => said.flatMap(pairsOf).map(({ clipInfo }) => Number(clipInfo.id));
  const gone = new Promise((resolve) => child.once('close', resolve));
  while (pairsSaid().length < TOGETHER) said.push(...(await queues.messages()));
  // A hundred results are on their way before it has come so far.
  const workingOn = new WorkingOn(join(dataDir, 'leases'));
  await until('it is at the clip that ends it', () => workingOn.read(leaseId)?.id === String(AFTER + 1), 30_000);
  child.kill('SIGKILL');
  await gone;
  said.push(...(await queues.messages()));
  for (const message of said) archive.archive.completedMessages.send(bodyOf(message));
  await archive.record();
  const sent = pairsSaid();
  expect(sent).toEqual(clips.slice(0, sent.length).map(({ id }) => Number(id)));
  expect([...archive.ledger().researched]).toEqual(sent);

  expect(await running(fauxqs, queues, { dataDir }).summary).toMatchObject({ leasesReturned: 1 });
  for (const message of await queues.messages()) archive.archive.completedMessages.send(bodyOf(message));
  archive.pass(SECOND);
  await archive.drainedUntilNow();
  expect(await archive.assign()).toMatchObject({ ended: { revoked: 1, lapsed: 0 } });
  const struck = [...archive.archive.state.clip.values()].filter(({ strikes }) => (strikes?.count ?? 0) > 0);
  expect(struck.map(({ ordinal, strikes }) => [ordinal, strikes?.reason])).toEqual([
    [AFTER + 1, 'the researcher ended at it'],
  ]);
  // What was handed back rests for a quarter of an hour; then all that was not sent comes back, that clip last and alone.
  archive.pass(16 * MINUTE);
  expect(await archive.assign()).toMatchObject({ published: 1 });
  const unsent = clips.slice(sent.length).map(({ id }) => Number(id));
  expect([...archive.ledger().researched]).toEqual(sent);
  const innocent = unsent.filter((clip) => clip !== AFTER + 1);
  expect(archive.ledger().leases.flatMap(({ left }) => left)).toEqual(innocent);
  const again = archive.take();
  archive.say(again, { notFound: innocent.map(String), revokeLease: true });
  await archive.record();
  archive.pass(SECOND);
  await archive.drainedUntilNow();
  expect(await archive.assign()).toMatchObject({ published: 1 });
  expect(archive.ledger().leases.flatMap(({ left }) => left)).toEqual([AFTER + 1]);
});
