import { BenchArchive, type BenchEmulators } from '../bench-archive.ts';
import { consumedBy, inTurn } from '../consumed.ts';
import { costOf, type Operation, operation } from '../figures.ts';
import { clipItems, episodeItems, ledgerItems, syntheticClip, syntheticEpisode, upTo, writeAll } from '../synthetic.ts';
import type { PairRows } from '../yardstick/pair-rows.ts';

/** The episodes that are there are complete with so many clips. */
const CLIPS_OF_COMPLETE = 1_000;

/** A clip alone and ten in a batch, at each number of episodes; the yardstick besides. */
export async function addingClips(
  emulators: BenchEmulators,
  rows: PairRows,
  sizes: readonly number[],
): Promise<Operation[]> {
  const operations: Operation[] = [];
  for (const [index, episodes] of sizes.entries()) {
    const archive = await BenchArchive.open(emulators);
    const { client, names, meter } = archive;
    if (episodes > 0) {
      await writeAll(client, names.collection, episodeItems(upTo(episodes), episodes));
      await writeAll(
        client,
        names.leases,
        ledgerItems(upTo(episodes), 'COMPLETE', { clips: CLIPS_OF_COMPLETE, now: archive.now }),
      );
    }
    const measured = async (step: () => Promise<void>, count: number) => costOf(await consumedBy(meter, step), count);
    const all = upTo(episodes);
    const first = 1 + index * 11;
    const ten = upTo(10).map((n) => first + n);
    operations.push(
      operation(
        `clip alone, ${episodes} episodes`,
        'clip',
        await measured(() => archive.archive('clip', [syntheticClip(1)]), 1),
        await measured(() => rows.addClip(first, all), 1),
      ),
      operation(
        `clip in a batch of ten, ${episodes} episodes`,
        'clip',
        await measured(() => archive.archive('clip', ten.map(syntheticClip)), 10),
        await measured(() => inTurn(ten, (clip) => rows.addClip(clip, all)), 10),
      ),
    );
  }
  return operations;
}

/** An episode alone, at each number of clips; the yardstick besides. */
export async function addingEpisodes(
  emulators: BenchEmulators,
  rows: PairRows,
  sizes: readonly number[],
): Promise<Operation[]> {
  const operations: Operation[] = [];
  for (const [index, clips] of sizes.entries()) {
    const archive = await BenchArchive.open(emulators);
    if (clips > 0) await writeAll(archive.client, archive.names.collection, clipItems(clips));
    const add = () => archive.archive('episode', [syntheticEpisode(1)]);
    const ofYardstick = () => rows.addEpisode(100_000 + index, upTo(clips));
    operations.push(
      operation(
        `episode alone, ${clips} clips`,
        'episode',
        costOf(await consumedBy(archive.meter, add)),
        costOf(await consumedBy(archive.meter, ofYardstick)),
      ),
    );
  }
  return operations;
}
