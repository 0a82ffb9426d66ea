import { type EpisodeEntry, priorityOf } from '../domain/collection.ts';
import { reranked } from '../domain/ledger.ts';
import { prioritised } from '../domain/operating.ts';
import { rankOf } from '../domain/order.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, changeClips, eachEpisode, persistently } from './change.ts';
import { chosenClips, chosenEpisodes } from './chosen.ts';
import { nameOfEntry } from './select.ts';
import { counted } from './terminal.ts';

const LISTED = 10;

/** Gives clips or episodes an operator's priority, or with undefined the curated one again. */
export async function prioritisation(
  client: ArchiveClient,
  kind: 'clip' | 'episode',
  selectors: readonly string[],
  priority: number | undefined,
): Promise<Change> {
  const all = kind === 'clip' ? await chosenClips(client, selectors) : await chosenEpisodes(client, selectors);
  const entries = all.filter((entry) => prioritised(entry, priority) !== entry);
  const ordinals = entries.map(({ ordinal }) => ordinal);
  const lines = entries
    .slice(0, LISTED)
    .map((entry) => `  ${nameOfEntry(entry)}: ${priorityOf(entry)} → ${priority ?? entry.info.priority}`);
  if (entries.length > LISTED) lines.push(`  … and ${entries.length - LISTED} more`);
  const goal = priority === undefined ? 'the curated priority again' : `priority ${priority}`;
  return {
    what: `give ${counted(entries.length, kind)} ${goal}`,
    count: entries.length,
    details: lines,
    hints: priority === undefined ? [] : ['Curators no longer change it, until it is given back with --clear.'],
    apply: () =>
      kind === 'clip'
        ? changeClips(client, ordinals, (clip) => prioritised(clip, priority), false)
        : eachEpisode(ordinals, (episode) => persistently(() => prioritiseEpisode(client, episode, priority))),
  };
}

/** Entry and rank change in one transaction, or the index of assignment would lie. */
async function prioritiseEpisode(
  { collection, ledgers }: ArchiveClient,
  episode: number,
  priority: number | undefined,
): Promise<number> {
  const entry = (await collection.entries('episode', [episode])).get(episode);
  const ledger = await ledgers.read(episode);
  if (entry === undefined || ledger === undefined) throw new Error('it has no entry or no ledger');
  const next: EpisodeEntry = prioritised(entry, priority);
  if (next === entry) return 0;
  const ranked = reranked(ledger, rankOf(next));
  await collection.change({
    kind: 'episode',
    entries: [next],
    names: [],
    raisesAssignable: false,
    raisesCatalogue: false,
    ledgers: ranked === ledger ? [] : [ranked],
  });
  return 1;
}
