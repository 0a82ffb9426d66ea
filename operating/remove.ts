import { existsSync } from 'node:fs';
import { Bitset } from '../domain/bitset.ts';
import type { Ledger } from '../domain/ledger.ts';
import { entryRemoved, held, pairsUnparked, requeued } from '../domain/operating.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, changeClips, changeEpisode, changeLedgers, eachEpisode } from './change.ts';
import { chosenClips, chosenEpisodes } from './chosen.ts';
import { Failure } from './failure.ts';
import { ledgerPages } from './reading/all-ledgers.ts';
import { FEW_CLIPS, findingsOfClip } from './reading/findings.ts';
import { findingsToGo, writeRemoved } from './removed-findings.ts';
import { listed } from './select.ts';
import { counted } from './terminal.ts';

/**
 * What came by mistake goes, and what was found of it is deleted. Its names and its ordinal stay taken: no curator that still
 * has it brings it back as another entry, no results that are under way are taken, and no ordinal means two things. A removal
 * that was broken off is done again.
 * @param out the file that gets it and its findings first, a JSON line each; as an export, nobody else may read it
 * @throws Failure when the file is there already, or a selector names nothing
 */
export async function removal(
  client: ArchiveClient,
  kind: 'clip' | 'episode',
  selectors: readonly string[],
  out: string,
): Promise<Change> {
  if (existsSync(out)) throw new Failure(`${out} is there already: name another file with --out.`);
  const isClip = kind === 'clip';
  const entries = await (isClip ? chosenClips : chosenEpisodes)(client, selectors, { withRemoved: true });
  const counts = await findingsToGo(client, kind, entries);
  const going = entries.filter(({ ordinal, removed }) => removed !== true || (counts.get(ordinal) ?? 0) > 0);
  const findings = going.reduce((sum, { ordinal }) => sum + (counts.get(ordinal) ?? 0), 0);
  return {
    what: `remove ${counted(going.length, kind)} with ${counted(findings, 'finding')}`,
    count: going.length,
    details: [
      ...listed(going),
      `  What was found goes to ${out} first, and is deleted. Names and ids stay taken: nothing brings it back but \`restore --${kind}\`.`,
    ],
    hints: [`What was found is in ${out}.`],
    apply: async () => {
      const ordinals = going.map(({ ordinal }) => ordinal);
      await writeRemoved(client, kind, ordinals, out);
      await (isClip ? clipsRemoved : episodesRemoved)(client, ordinals);
      return going.length;
    },
  };
}

/** First of all nothing is researched of them any more, nor recorded; then no ledger knows of them; then findings go. */
async function clipsRemoved(client: ArchiveClient, clips: readonly number[]): Promise<void> {
  await changeClips(client, clips, entryRemoved, false);
  const removed = Bitset.of(clips);
  const isRemoved = (clip: number) => removed.has(clip);
  const without = (ledger: Ledger) => requeued(pairsUnparked(ledger, isRemoved), ledger.researched.and(removed));
  // A damaged ledger is named when it is changed.
  const concerned: number[] = [];
  const asked = { withRemoved: true, unreadable: concerned };
  for await (const ledgers of ledgerPages(client, undefined, asked)) {
    for (const ledger of ledgers) {
      const isOne = ledger.researched.and(removed).size > 0 || pairsUnparked(ledger, isRemoved) !== ledger;
      if (isOne) concerned.push(ledger.episode);
    }
  }
  await changeLedgers(client, concerned, without);
  const erased = new Set(clips);
  const episodes = clips.length > FEW_CLIPS ? await everyEpisode(client) : await episodesWith(client, clips);
  await eachEpisode(episodes, (episode) => client.operations.erase(episode, erased));
}

async function everyEpisode({ collection }: ArchiveClient): Promise<number[]> {
  const { lastOrdinal } = await collection.counter('episode');
  return Array.from({ length: lastOrdinal }, (_, index) => index + 1);
}

/** Episodes in which one of the clips was found, whatever ledgers know of it. */
async function episodesWith(client: ArchiveClient, clips: readonly number[]): Promise<Set<number>> {
  const episodes = new Set<number>();
  for (const clip of clips) for await (const { episode } of findingsOfClip(client, clip)) episodes.add(episode);
  return episodes;
}

async function episodesRemoved(client: ArchiveClient, episodes: readonly number[]): Promise<void> {
  await changeLedgers(client, episodes, (ledger) => {
    const empty = requeued(
      pairsUnparked(ledger, () => true),
      ledger.researched,
    );
    return held(empty, 'removed');
  });
  await eachEpisode(episodes, async (episode) => {
    await changeEpisode(client, episode, entryRemoved);
    return client.operations.erase(episode);
  });
}
