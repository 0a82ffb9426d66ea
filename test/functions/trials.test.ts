import type { CompletedResearchItem } from '../../domain/messages.ts';
import { isUntried } from '../../domain/trial.ts';
import { MINUTE, NOTHING_SAID, SECOND, TriedArchive } from './tried-archive.ts';

const measured = { ...NOTHING_SAID, clipInfo: { id: '1' }, clipHash: 'of the file of before', clipDuration: 5 };

/** An archive whose first clip is at another address since its work item was taken. */
async function movedMeanwhile() {
  const tried = await new TriedArchive({ clipsPerItem: 2 }).filled(2, 2);
  await tried.assign();
  const item = tried.take();
  const { id: _, ...info } = item.clips[0]!;
  tried.pass(SECOND);
  const mediaUri = 'https://other.example.org/1.mp3';
  await tried.clips({ ...tried.clipInfo(), ...info, mediaUri, lastDateCurated: '2025-03-01T00:00:00Z' });
  tried.pass(SECOND);
  const seemsUntried = () => isUntried(tried.archive.state.control, tried.archive.state.clip.get(1)!);
  return { tried, item, info, mediaUri, seemsUntried };
}

describe('TRIAL-5: a file is tried when somebody has reported that file', () => {
  test.each<[string, Partial<CompletedResearchItem>]>([
    ['by its id alone', { notFound: ['1'] }],
    ['with a length and a hash', { results: [measured] }],
  ])('not by a result of a work item that was made before it came: %s', async (_, fields) => {
    const { tried, item, seemsUntried } = await movedMeanwhile();
    tried.say(item, fields);
    expect(await tried.record()).toMatchObject({ researched: 1 });
    expect(tried.archive.state.clip.get(1)?.facts).toBeUndefined();
    expect(seemsUntried()).toBe(true);
  });

  test('and a result of the file of before clears nothing that the new one struck', async () => {
    const { tried, item } = await movedMeanwhile();
    const clip = tried.archive.state.clip.get(1)!;
    const strikes = { count: 1, restUntil: 0, reason: '', strikers: [], revision: clip.revision };
    tried.archive.state.clip.set(1, { ...clip, strikes });
    tried.say(item, { notFound: ['1'] });
    expect(await tried.record()).toMatchObject({ researched: 1 });
    expect(tried.archive.state.clip.get(1)?.strikes).toEqual(strikes);
  });

  test('by one of a work item that was made since', async () => {
    const { tried, item, seemsUntried } = await movedMeanwhile();
    tried.say(item);
    await tried.record();
    await tried.assign();
    const next = tried.take();
    expect(next.episode.id).not.toBe(item.episode.id);
    tried.say(next, { results: [measured] });
    await tried.record();
    expect(seemsUntried()).toBe(false);
    expect(tried.archive.state.clip.get(1)?.facts).toMatchObject({ hash: measured.clipHash });
  });

  test('by one that names its address, whatever its lease', async () => {
    const { tried, item, info, mediaUri, seemsUntried } = await movedMeanwhile();
    tried.say(item, { clipInfo: { ...info, id: '1', mediaUri }, leaseId: '' });
    await tried.record();
    expect(seemsUntried()).toBe(false);
  });
});

test('TRIAL-6: what struck since it was reported is tried by one work item at a time, until it is reported again', async () => {
  const tried = await new TriedArchive({ minimumWaiting: 4 }).filled(4, 2);
  await tried.allTried();
  await tried.assign();
  const [item, second, third] = [tried.take(), tried.take(), tried.take()];
  tried.say(item, { clipInfo: item.clips[0]!, failure: 'it cannot be decoded' });
  for (const other of [item, second, third]) tried.say(other, { revokeLease: true });
  await tried.drainedUntilNow();
  tried.pass(61 * MINUTE);
  await tried.drainedUntilNow();
  await tried.assign();
  const holding = () =>
    [...tried.archive.state.ledgers.values()].flatMap(({ leases }) =>
      leases.filter(({ clips, created }) => clips.includes(1) && created === tried.now),
    );
  expect(holding()).toMatchObject([{ clips: [1], struck: true }]);
});
