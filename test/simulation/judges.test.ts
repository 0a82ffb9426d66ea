import type { Entry } from '../../domain/collection.ts';
import { bodyOf, type EpisodeInfo } from '../../domain/messages.ts';
import { archiveEntries } from '../../functions/curation/archive-entries.ts';
import { aClip } from '../support/research.ts';
import { checkIdentities } from './invariants/identity-rules.ts';
import { Witness } from './invariants/witness.ts';
import { usualPlanOf } from './world/plan.ts';
import { World } from './world/world.ts';

const description: EpisodeInfo = {
  initialDateCurated: '2025-01-01T00:00:00Z',
  lastDateCurated: '2025-01-01T00:00:00Z',
  ...{ curatorInformation: '', description: '', mediaType: 'audio/mpeg', priority: 0 },
  ...{ title: 'what others call it', mediaUri: 'https://a.example.org/1.mp3' },
};

/** What nobody named came first; its source calls it something else, and says late that it was at the same address. */
async function joined(): Promise<World> {
  const world = new World(usualPlanOf(1));
  const now = {
    ...description,
    source: 'show 1',
    sourceId: '2',
    title: 'Episode 2',
    ...on(5),
    mediaUri: 'https://a/2',
  };
  const { collection, ledgers } = world.archive;
  for (const info of [description, now, { ...now, ...on(2), mediaUri: description.mediaUri }]) {
    await archiveEntries('episode', [info], { collection, ledgers, clock: () => world.now });
    if ('sourceId' in info) world.truth.ofSources.episode.push(info);
  }
  return world;
}

const on = (day: number) => ({ lastDateCurated: `2025-02-0${day}T00:00:00Z` });

test('JUDGE-1: what was joined to another entry is as that one is, and that one as its newest description says', async () => {
  const world = await joined();
  const { episode } = world.archive.state;
  expect(episode.get(2)?.sameAs).toBe(1);
  checkIdentities(world, 'episode');
  expect(world.violation).toBeUndefined();

  const stands = episode.get(1) as Entry<EpisodeInfo>;
  episode.set(1, { ...stands, info: { ...stands.info, title: 'Episode 1' } });
  checkIdentities(world, 'episode');
  expect(world.violation).toMatchObject({ rule: 'IDENTITY', how: expect.stringContaining('described last') });
});

test('JUDGE-2: what was joined to another entry is not researched', async () => {
  const world = await joined();
  const { gone: _, ...ledger } = world.archive.state.ledgers.get(2) ?? {};
  world.archive.state.ledgers.set(2, ledger as never);
  checkIdentities(world, 'episode');
  expect(world.violation).toMatchObject({ rule: 'IDENTITY', how: expect.stringContaining('stands for it') });
});

test.each([
  ['2026-01-01T00:30:30Z', '2026-01-01T00:30:30.988Z', undefined],
  ['2026-01-01T00:30:30.988Z', '2026-01-01T00:30:30Z', 'COLLECTION'],
])('JUDGE-3: which description is older says the time that it means: after %s, %s', (before, after, rule) => {
  const world = new World(usualPlanOf(1));
  const { counters } = world.archive.state;
  counters.clip = { ...counters.clip, lastOrdinal: 1 };
  const old = aClip(1);
  const said = (lastDateCurated: string) => ({ ...old, info: { ...old.info, lastDateCurated } });
  world.archive.state.clip.set(1, said(after));
  const change = {
    ...{ kind: 'clip' as const, entries: [said(after)], names: [], ledgers: [] },
    ...{ raisesAssignable: false, raisesCatalogue: true },
  };
  new Witness(world).collectionChanged(world.process('clips', 0), change, [said(before)], []);
  expect(world.violation?.rule).toBe(rule);
});

test('JUDGE-4: what the queue gave up counts if it was taken in all the same, and else nothing is asked of its address', async () => {
  const world = new World(usualPlanOf(1));
  const { collection, ledgers } = world.archive;
  const { givenUp, ofSources, curated } = world.truth;
  const archive = (info: EpisodeInfo) =>
    archiveEntries('episode', [info], { collection, ledgers, clock: () => world.now });
  const giveUp = (info: EpisodeInfo) => {
    curated.set(bodyOf(info), { kind: 'episode', thing: 1, hopeless: false });
    givenUp.episode.push(bodyOf(info));
  };
  const said = { ...description, source: 'show 1', sourceId: '1', ...on(1) };
  const again = { ...said, ...on(2), title: 'Retitled' };
  const other = { ...said, ...on(3), sourceId: '2' };
  await archive(said);
  ofSources.episode.push(said);
  await archive(again);
  checkIdentities(world, 'episode');
  expect(world.violation?.rule).toBe('IDENTITY');

  world.violation = undefined;
  giveUp(again);
  // Of this one nobody knows whether it takes the address.
  giveUp(other);
  checkIdentities(world, 'episode');
  await archive(other);
  checkIdentities(world, 'episode');
  expect(world.violation).toBeUndefined();

  givenUp.episode.pop();
  checkIdentities(world, 'episode');
  expect(world.violation).toMatchObject({ rule: 'IDENTITY', how: expect.stringContaining('gone from its address') });
});
