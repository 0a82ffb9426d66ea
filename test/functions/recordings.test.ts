import type { ClipInfo, CompletedResearchItem, PendingResearchItem } from '../../domain/messages.ts';
import { MINUTE, TriedArchive } from './tried-archive.ts';

/** Files that are replaced while runs, work items and results of the older ones are under way. */

const FOLDER = 'folder:show';
const NOTHING = {
  ...{ clipDuration: 0, clipHash: '', clipOffsets: [], clipScores: [], clipHeardFrom: [], clipHeardTo: [] },
  failure: '',
};

class Replaced extends TriedArchive {
  private days = 1;

  /** The clip or the episode, with another content of its file from the second time on. */
  readonly clip = (revision: string) => this.clips(this.ofFolder('clip.mp3', revision));
  readonly episode = (revision: string) =>
    this.episodes({ ...this.ofFolder('episode.mp3', revision), dateAired: '2025-01-01T20:00:00Z' });

  private ofFolder(sourceId: string, revision: string): ClipInfo {
    const lastDateCurated = `2025-01-0${++this.days}T00:00:00Z`;
    const mediaUri = `file:///show/${sourceId}`;
    return this.clipInfo({ source: FOLDER, sourceId, title: sourceId, mediaUri, revision, lastDateCurated });
  }

  /** Does something once, right after the next run has read the clips. */
  afterClipsAreRead(what: () => Promise<unknown>): void {
    const { collection } = this.archive;
    const read = collection.catalogue.bind(collection);
    collection.catalogue = async () => {
      const catalogue = await read();
      collection.catalogue = read;
      await what();
      return catalogue;
    };
  }

  /** The next work item, when all that rests may be leased. */
  async nextItem(): Promise<PendingResearchItem> {
    await this.drainedUntilNow();
    this.pass(20 * MINUTE);
    await this.drainedUntilNow();
    await this.assign();
    return this.take();
  }

  get recordedClips(): number[] {
    return [...this.ledger().researched];
  }
}

async function replaced(): Promise<Replaced> {
  const archive = new Replaced();
  await archive.clip('c1');
  await archive.episode('e1');
  return archive;
}

type Said = Partial<CompletedResearchItem>;
const WAYS: readonly (readonly [string, (clip: PendingResearchItem['clips'][number]) => Said])[] = [
  ['a finding by itself', (clip) => ({ clipInfo: clip, clipOffsets: [7] })],
  ['a negative by itself', (clip) => ({ clipInfo: clip })],
  [
    'a finding in a list',
    ({ id, revision }) => ({ results: [{ ...NOTHING, clipInfo: { id: id!, revision: revision! }, clipOffsets: [7] }] }),
  ],
  [
    'a negative in a list',
    ({ id, revision }) => ({ results: [{ ...NOTHING, clipInfo: { id: id!, revision: revision! } }] }),
  ],
  ['a finding by its id alone', ({ id }) => ({ results: [{ ...NOTHING, clipInfo: { id: id! }, clipOffsets: [7] }] })],
  ['a range of what was not found', ({ id }) => ({ notFound: [id!] })],
];

describe.each(WAYS)('RECORDING-6: %s', (_, said) => {
  test('of a clip whose file was replaced while the item was out is not of the new one', async () => {
    const tried = await replaced();
    await tried.assign();
    const item = tried.take();
    await tried.clip('c2');
    tried.say(item, said(item.clips[0]!));
    expect(await tried.record()).toMatchObject({ outdated: 1, researched: 0, findings: 0 });
    expect([tried.recordedClips, [...tried.archive.state.findings]]).toEqual([[], []]);

    const again = await tried.nextItem();
    expect(again.clips).toMatchObject([{ id: '1', revision: 'c2' }]);
    // And the same of the new one is.
    tried.say(again, said(again.clips[0]!));
    expect(await tried.record()).toMatchObject({ outdated: 0, researched: 1 });
  });

  test('of an item that a run made who had read the clips before is not of the new one either', async () => {
    const tried = await replaced();
    tried.afterClipsAreRead(async () => {
      tried.pass(1_000);
      await tried.clip('c2');
      // A lease is as old as its writing, whatever its run has read.
      tried.pass(1_000);
    });
    await tried.assign();
    const item = tried.take();
    expect(item.clips).toMatchObject([{ revision: 'c1' }]);
    expect(tried.ledger().leases[0]?.created).toBeGreaterThan(tried.archive.state.clip.get(1)?.recording?.at ?? 0);
    tried.say(item, said(item.clips[0]!));
    expect(await tried.record()).toMatchObject({ outdated: 1, researched: 0, findings: 0 });
  });

  test('that a drain records who had read the clips before counts for the old one alone', async () => {
    const tried = await replaced();
    await tried.assign();
    const item = tried.take();
    tried.say(item, { ...said(item.clips[0]!), clipHash: 'of c1', clipDuration: 3 });
    tried.afterClipsAreRead(() => tried.clip('c2'));
    await tried.record();
    const { clip, findings } = tried.archive.state;
    expect(clip.get(1)).toMatchObject({ recording: { number: 2 } });
    expect(clip.get(1)?.facts).toBeUndefined();
    expect((findings.get('1/1') ?? []).every(({ clipRecording }) => clipRecording === undefined)).toBe(true);
    expect((await tried.nextItem()).clips).toMatchObject([{ id: '1', revision: 'c2' }]);
  });
});

test('RECORDING-7: a work item names the recording that its episode has when it is leased, however early the run read its entry', async () => {
  const tried = await replaced();
  const { collection } = tried.archive;
  const entries = collection.entries.bind(collection);
  let read = 0;
  collection.entries = async (kind, ordinals) => {
    const found = await entries(kind, ordinals);
    if (kind === 'episode' && ++read === 1) await tried.episode('e2');
    return found;
  };
  await tried.assign();
  const item = tried.take();
  expect(tried.ledger().recording?.revision).toBe('e2');
  expect(item.episode.revision).toBe('e2');
});

test('RECORDING-8: a finding of an older recording does not say that the one of now was found', async () => {
  const tried = await replaced();
  await tried.assign();
  const old = tried.take();
  tried.say(old, { clipInfo: old.clips[0]!, clipOffsets: [7] });
  tried.afterClipsAreRead(async () => {
    await tried.clip('c2');
    // Meanwhile another drain turns the same result away, and the new recording is researched: it is not played.
    tried.pass(2 * MINUTE);
    await tried.record();
    await tried.assign();
    const item = tried.take();
    tried.say(item, { clipInfo: item.clips[0]! });
    await tried.record();
  });
  await tried.record();
  expect(tried.ledger().clipRecordings?.get(1)).toBe(2);
  expect([...(tried.ledger().found ?? [])]).toEqual([]);
});

test('RECORDING-10: what was stored as a finding of now is one when its report comes again without its lease', async () => {
  const tried = await replaced();
  await tried.clip('c2');
  await tried.episode('e2');
  await tried.assign();
  const item = tried.take();
  const id = item.clips[0]?.id ?? '';
  const found = { results: [{ ...NOTHING, clipInfo: { id }, clipOffsets: [7] }] };
  tried.say(item, found);
  const write = jest.spyOn(tried.archive.ledgers, 'write').mockRejectedValueOnce(new Error('Throttled'));
  expect(await tried.record()).toMatchObject({ findings: 1, undeleted: 1 });
  write.mockRestore();
  // Another one whom the same work item reached did not hear it; so the lease ends before the report comes again.
  tried.say(item, { researcher: 'bert', notFound: [id] });
  expect(await tried.record()).toMatchObject({ researched: 1, negatives: 1 });
  await tried.assign();
  expect([tried.ledger().leases, [...(tried.ledger().found ?? [])]]).toEqual([[], []]);
  tried.pass(2 * MINUTE);
  expect(await tried.record()).toMatchObject({ outdated: 0, findings: 0, undeleted: 0 });
  expect([...(tried.ledger().found ?? [])]).toEqual([1]);

  // The same of another, who may have heard it in any recording, is turned away.
  tried.say(item, { ...found, researcher: 'carl' });
  expect(await tried.record()).toMatchObject({ outdated: 1, findings: 0 });
});

test('RECORDING-12: what was turned away when its finding would have been stored does not count when its ledger is written', async () => {
  const tried = await new TriedArchive().filled(0, 1);
  const at = (sourceId: string, day: number) =>
    tried.episodes(
      tried.episodeInfo({
        ...{ source: FOLDER, sourceId, title: sourceId, mediaUri: 'https://x.example/latest.mp3' },
        lastDateCurated: `2025-02-0${day}T00:00:00Z`,
      }),
    );
  await at('nine', 1);
  await tried.assign();
  const item = tried.take();
  await at('ten', 2);
  tried.say(item, { clipInfo: item.clips[0]!, clipOffsets: [7] });
  const { ledgers } = tried.archive;
  const write = ledgers.write.bind(ledgers);
  ledgers.write = async (change) => {
    ledgers.write = write;
    // It is back at its address.
    await at('nine', 3);
    return write(change);
  };
  await tried.record();
  const { researched, found, leases } = tried.ledger(1);
  expect(tried.archive.state.episode.get(1)?.gone).toBeUndefined();
  expect([researched.has(1), found?.has(1) ?? false, tried.archive.state.findings.size]).toEqual([false, false, 0]);
  expect(leases).toMatchObject([{ left: [] }]);
});
