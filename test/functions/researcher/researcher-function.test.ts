import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { webServer } from '../../curators/support/web-server.ts';
import { bundled, invoked } from '../../researcher/worker/support/bundle.ts';
import { Fauxqs, type TestArchive } from '../../researcher/worker/support/fauxqs.ts';
import {
  freshFolder,
  ROOT,
  removeFreshFolders,
  sampleClips,
  sampleEpisode,
  someClip,
  workItem,
} from '../../researcher/worker/support/work.ts';

jest.setTimeout(60_000);

const server = webServer();
let fauxqs: Fauxqs;
let bundle: string;
beforeAll(async () => {
  fauxqs = await Fauxqs.start();
  bundle = await bundled('researcher', freshFolder());
});
afterAll(() => {
  fauxqs.stop();
  removeFreshFolders();
});

const environment = (archive: TestArchive) => ({
  ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
  AWS_ENDPOINT_URL_SQS: fauxqs.endpoint,
  PENDING_RESEARCH_QUEUE_URL: archive.pendingQueueUrl,
  COMPLETED_RESEARCH_QUEUE_URL: archive.completedQueueUrl,
  RESEARCHER_DATA: freshFolder(),
  RESEARCHER_LOCAL_FILES: 'true',
  POWERTOOLS_SERVICE_NAME: 'researcher',
});

/** What Lambda's event source mapping makes of the queue's next message. */
async function nextEvent(archive: TestArchive) {
  const { Messages = [] } = await fauxqs.sqs.send(new ReceiveMessageCommand({ QueueUrl: archive.pendingQueueUrl }));
  return {
    Records: Messages.map(({ MessageId, Body, ReceiptHandle }) => ({
      ...{ messageId: MessageId!, body: Body!, receiptHandle: ReceiptHandle! },
    })),
  };
}

test('The bundle researches real audio in a thread of its own file, and reports it', async () => {
  const archive = await fauxqs.archive();
  const item = workItem({ clips: sampleClips() });
  await archive.publish(item);
  const { result, log } = await invoked(bundle, await nextEvent(archive), environment(archive));
  expect(result).toMatchObject({ items: 1, pairs: 9, findings: 5, plays: 7, clipFailures: 1, unfinished: 0 });
  const [sign, ...reports] = await archive.reports();
  expect(sign?.clipInfo).toBeUndefined();
  expect(reports.map(({ clipInfo }) => clipInfo?.id)).toEqual(item.clips.map(({ id }) => id));
  expect(reports.at(-1)).toMatchObject({ revokeLease: true, researcher: 'cloud-researcher' });
  expect(await archive.waiting()).toEqual([]);
  expect(log).not.toMatch(/warning/i);
  expect(log).toContain('"message":"Items researched"');
});

test('Files are not read, unless the environment says that they are', async () => {
  const archive = await fauxqs.archive();
  await archive.publish(workItem({ clips: [someClip(1)] }));
  const { RESEARCHER_LOCAL_FILES: _, ...cloud } = environment(archive);
  const { result } = await invoked(bundle, await nextEvent(archive), cloud);
  expect(result).toMatchObject({ pairs: 0, episodeFailures: 1 });
});

test('Private addresses are not asked, unless the environment says that they are', async () => {
  const archive = await fauxqs.archive();
  server().serve('/episode.mp3', readFileSync(join(ROOT, 'samples/episodes/harbour-lights-41.mp3')));
  const episode = { ...sampleEpisode(), mediaUri: server().url('/episode.mp3') };
  await archive.publish(workItem({ episode, clips: sampleClips() }));
  const cloud = await invoked(bundle, await nextEvent(archive), environment(archive));
  expect(cloud.result).toMatchObject({ pairs: 0, episodeFailures: 1 });
  expect(server().requests).toEqual([]);

  await archive.publish(workItem({ episode, clips: sampleClips() }));
  const allowed = { ...environment(archive), RESEARCHER_PRIVATE_ADDRESSES: 'true' };
  const { result } = await invoked(bundle, await nextEvent(archive), allowed);
  expect(result).toMatchObject({ pairs: 9, findings: 5, episodeFailures: 0 });
});

test('When its time is nearly up, the rest of the item is given back', async () => {
  const archive = await fauxqs.archive();
  await archive.publish(workItem());
  const { result } = await invoked(bundle, await nextEvent(archive), environment(archive), 25_000);
  expect(result).toMatchObject({ items: 1, pairs: 0, unfinished: 1, clipFailures: 0, episodeFailures: 0 });
  expect((await archive.reports()).at(-1)).toMatchObject({ revokeLease: true, failure: '' });
});

test('The sample event, long past its deadline, is dropped', async () => {
  const archive = await fauxqs.archive();
  const file = join(ROOT, 'functions/researcher/events/item-past-its-deadline.json');
  const { result } = await invoked(bundle, JSON.parse(readFileSync(file, 'utf8')), environment(archive));
  expect(result).toMatchObject({ items: 0, dropped: 1 });
  expect(await archive.reports()).toEqual([]);
});

test.each([
  ['is no work item', { Records: [{ messageId: '1', body: '{}', receiptHandle: 'r' }] }, /^NoWorkItem: .*leaseId/],
  ['is no event of SQS', {}, /^TypeError: Expected an SQS event/],
])('What %s is an error, so that it comes again and ends as a dead letter', async (_, event, error) => {
  const archive = await fauxqs.archive();
  expect((await invoked(bundle, event, environment(archive))).error).toMatch(error);
});

test('Without its queues the function says which variable is not set', async () => {
  const archive = await fauxqs.archive();
  const { COMPLETED_RESEARCH_QUEUE_URL: _, ...rest } = environment(archive);
  expect((await invoked(bundle, { Records: [] }, rest)).error).toContain('COMPLETED_RESEARCH_QUEUE_URL is not set');
});
