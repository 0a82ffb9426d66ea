import { existsSync, writeFileSync } from 'node:fs';
import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { toJson } from '../domain/messages.ts';
import { entryRemoved, held, pairsUnparked, requeued } from '../domain/operating.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, changeClips, changeEpisode, changeLedgers, eachEpisode } from './change.ts';
import { chosenClips, chosenEpisodes } from './chosen.ts';
import { Failure } from './failure.ts';
import { findingsInEpisode, findingsOfClip } from './reading/findings.ts';
import { allOf } from './reading/parts.ts';
import { listed } from './select.ts';
import type { StoredFinding } from './tables/dynamo-operations.ts';
import { counted } from './terminal.ts';

interface Removed {
  readonly entry: ClipEntry | EpisodeEntry;
  readonly findings: readonly StoredFinding[];
}

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
  const found: Removed[] = [];
  for (const entry of entries) {
    const reading = isClip ? findingsOfClip(client, entry.ordinal) : findingsInEpisode(client, entry.ordinal);
    const findings = await allOf(reading);
    if (entry.removed !== true || findings.length > 0) found.push({ entry, findings });
  }
  const findings = found.reduce((sum, one) => sum + one.findings.length, 0);
  return {
    what: `remove ${counted(found.length, kind)} with ${counted(findings, 'finding')}`,
    count: found.length,
    details: [
      ...listed(found.map(({ entry }) => entry)),
      `  What was found goes to ${out} first, and is deleted. Names and ids stay taken: nothing brings it back but \`restore --${kind}\`.`,
    ],
    hints: [`What was found is in ${out}.`],
    apply: async () => {
      const ordinals = found.map(({ entry }) => entry.ordinal);
      // With their descriptions, which nothing else keeps.
      const whole = new Map<number, ClipEntry | EpisodeEntry>(await client.collection.entries(kind, ordinals));
      const lines = found.map(({ entry, findings: its }) => {
        const { info, ordinal } = whole.get(entry.ordinal) ?? entry;
        return JSON.stringify({ kind, id: ordinal, info: toJson(info), findings: its });
      });
      writeFileSync(out, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 });
      await (isClip ? clipsRemoved : episodesRemoved)(client, ordinals);
      return found.length;
    },
  };
}

/** First of all nothing is researched of them any more, nor recorded; then no ledger knows of them; then findings go. */
async function clipsRemoved(client: ArchiveClient, clips: readonly number[]): Promise<void> {
  await changeClips(client, clips, entryRemoved, false);
  const { lastOrdinal } = await client.collection.counter('episode');
  const episodes = Array.from({ length: lastOrdinal }, (_, index) => index + 1);
  const removed = new Set(clips);
  await changeLedgers(client, episodes, (ledger) =>
    requeued(
      pairsUnparked(ledger, (clip) => removed.has(clip)),
      clips,
    ),
  );
  for (const clip of clips) {
    const found = await allOf(findingsOfClip(client, clip));
    await eachEpisode(new Set(found.map(({ episode }) => episode)), (episode) =>
      client.operations.erase(episode, clip),
    );
  }
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
