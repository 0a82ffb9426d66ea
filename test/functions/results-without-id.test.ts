import { bodyOf, completedItem } from '../../domain/messages.ts';
import { MINUTE, TriedArchive } from './tried-archive.ts';

/** A bulletin: one address, at which its source puts another entry after the other. */
const AT = { source: 'feed', mediaUri: 'https://x.example/latest.mp3' };
const NINE = { ...AT, sourceId: '9', title: "Nine o'clock", dateAired: '2025-01-01T09:00:00Z' };
const TEN = {
  ...AT,
  sourceId: '10',
  title: "Ten o'clock",
  dateAired: '2025-01-01T10:00:00Z',
  lastDateCurated: '2025-02-01T00:00:00Z',
};

const said = (tried: TriedArchive, episode: object, clip: object) =>
  tried.archive.completedMessages.send(
    bodyOf(completedItem(tried.episodeInfo(episode), { clipInfo: clip as never, clipOffsets: [7] })),
  );
const found = (tried: TriedArchive) => [...tried.archive.state.findings.keys()];

async function withEpisodes(): Promise<TriedArchive> {
  const tried = await new TriedArchive().filled(0, 1);
  await tried.episodes(tried.episodeInfo(NINE));
  await tried.episodes(tried.episodeInfo(TEN));
  return tried;
}

const CLIP = { title: 'clip 1', mediaUri: 'https://media.example.org/clip/1.mp3' };

test('RESOLVE-2: what its source calls an episode decides before the address', async () => {
  const tried = await withEpisodes();
  said(tried, NINE, CLIP);
  await tried.record();
  // It is gone from its address, and keeps what it has; nothing new is taken of it.
  expect(found(tried)).toEqual([]);
  said(tried, TEN, CLIP);
  await tried.record();
  expect(found(tried)).toEqual(['2/1']);
});

test('RESOLVE-3: without what its source calls it, an episode is the one at its address only if all else agrees', async () => {
  const { sourceId: _nine, source: _, ...nine } = NINE;
  const { sourceId: _ten, source: __, ...ten } = TEN;
  const tried = await withEpisodes();
  said(tried, nine, CLIP);
  expect(await tried.record()).toMatchObject({ findings: 0, researched: 0 });
  said(tried, ten, CLIP);
  expect(await tried.record()).toMatchObject({ findings: 1 });
  expect(found(tried)).toEqual(['2/1']);
  tried.pass(24 * 60 * MINUTE);
  await tried.record();
  expect(tried.archive.completedMessages.messages).toEqual([]);
  expect(found(tried)).toEqual(['2/1']);
});

test('RESOLVE-4: so of clips, of which one that was there before may even have the same title', async () => {
  const tried = await new TriedArchive().filled(1, 0);
  const episode = { title: 'episode 1', mediaUri: 'https://media.example.org/episode/1.mp3' };
  await tried.clips(tried.clipInfo({ ...AT, sourceId: 'a', title: 'Jingle' }));
  said(tried, episode, { mediaUri: AT.mediaUri, title: 'Jingle' });
  expect(await tried.record()).toMatchObject({ findings: 1 });
  await tried.clips(tried.clipInfo({ ...AT, sourceId: 'b', title: 'Jingle', lastDateCurated: TEN.lastDateCurated }));
  await tried.clips(tried.clipInfo({ ...AT, sourceId: 'c', title: 'Other', lastDateCurated: '2025-03-01T00:00:00Z' }));
  said(tried, episode, { mediaUri: AT.mediaUri, title: 'Jingle' });
  expect(await tried.record()).toMatchObject({ findings: 0, researched: 0 });
  said(tried, episode, { mediaUri: AT.mediaUri, title: 'Other' });
  expect(await tried.record()).toMatchObject({ findings: 1 });
  expect(found(tried)).toEqual(['1/1', '1/3']);
});

test('RESOLVE-5: an entry that its source calls by no id is the one at its address, whatever its title', async () => {
  const tried = await new TriedArchive().filled(1, 1);
  said(
    tried,
    { title: 'episode 2', mediaUri: 'https://media.example.org/episode/2.mp3' },
    { ...CLIP, title: 'Renamed' },
  );
  expect(await tried.record()).toMatchObject({ findings: 1 });
});

/** What came first and unnamed turns out to be what its source names: that stands for both, under the first ordinal. */
const FIRST = { title: 'Found somewhere', mediaUri: 'https://elsewhere.example/1.mp3' };
const LATE = { ...NINE, mediaUri: FIRST.mediaUri, lastDateCurated: '2025-01-02T00:00:00Z' };
const NOW_AT = { ...NINE, mediaUri: 'https://x.example/9.mp3', lastDateCurated: '2025-01-03T00:00:00Z' };

test('RESOLVE-6: a result of an episode that was joined to another one is of the one that stands for both', async () => {
  const tried = await new TriedArchive().filled(0, 1);
  for (const info of [FIRST, NOW_AT, LATE]) await tried.episodes(tried.episodeInfo(info));
  expect(tried.archive.state.episode.get(2)?.sameAs).toBe(1);
  said(tried, NOW_AT, CLIP);
  await tried.record();
  expect(found(tried)).toEqual(['1/1']);
  const { source: _, sourceId: __, ...byAddress } = NOW_AT;
  tried.archive.state.findings.clear();
  said(tried, byAddress, CLIP);
  await tried.record();
  expect(found(tried)).toEqual(['1/1']);
});

test('RESOLVE-7: so of clips, where the one that was joined had been gone from its address', async () => {
  const tried = await new TriedArchive().filled(1, 0);
  const episode = { title: 'episode 1', mediaUri: 'https://media.example.org/episode/1.mp3' };
  const clip = ({ dateAired: _, ...info }: typeof NINE & { lastDateCurated?: string }) => tried.clipInfo(info);
  await tried.clips(tried.clipInfo(FIRST), clip(NOW_AT));
  await tried.clips(clip({ ...TEN, mediaUri: NOW_AT.mediaUri }));
  await tried.clips(clip(LATE), clip({ ...NOW_AT, lastDateCurated: '2025-03-01T00:00:00Z' }));
  expect(tried.archive.state.clip.get(2)).toMatchObject({ gone: true, sameAs: 1 });
  said(tried, episode, { mediaUri: NOW_AT.mediaUri, title: NOW_AT.title });
  await tried.record();
  expect(found(tried)).toEqual(['1/1']);
});

test('RESOLVE-8: a lease from before its episode was joined to another one hears what is said for it', async () => {
  const tried = await new TriedArchive({ minimumWaiting: 2 }).filled(0, 1);
  await tried.episodes(tried.episodeInfo(NOW_AT));
  await tried.episodes(tried.episodeInfo({ ...FIRST, source: 'elsewhere', sourceId: '1' }));
  await tried.assign();
  const items = [tried.take(), tried.take()];
  const { episode, leaseId } = items.find((item) => item.episode.id === '2') ?? tried.take();
  await tried.episodes(tried.episodeInfo({ ...FIRST, source: NINE.source, sourceId: NINE.sourceId }));
  expect(tried.archive.state.episode.get(2)?.sameAs).toBe(1);
  const { id: _, ...withoutId } = episode;
  tried.archive.completedMessages.send(bodyOf(completedItem(withoutId, { leaseId, researcher: 'ann' })));
  await tried.record();
  expect(tried.ledger(2).leases).toMatchObject([{ id: leaseId, signed: tried.now }]);
});

test('RESOLVE-9: what is called as only the one that was joined is called may be of another file, and is turned away', async () => {
  const tried = await new TriedArchive().filled(1, 0);
  const episode = { title: 'episode 1', mediaUri: 'https://media.example.org/episode/1.mp3' };
  const { dateAired: _, ...nine } = NOW_AT;
  await tried.clips(tried.clipInfo(nine), tried.clipInfo(FIRST));
  await tried.clips(tried.clipInfo({ ...nine, mediaUri: FIRST.mediaUri, lastDateCurated: LATE.lastDateCurated }));
  expect(tried.archive.state.clip.get(2)?.sameAs).toBe(1);
  said(tried, episode, FIRST);
  await tried.record();
  expect(tried.ledger(1).researched.has(1)).toBe(false);
  expect(tried.archive.completedMessages.messages).toEqual([]);
});
