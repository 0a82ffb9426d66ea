import { existsSync, writeFileSync } from 'node:fs';
import { toJson } from '../domain/messages.ts';
import { clipRetired, held } from '../domain/operating.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, changeClips, changeLedgers, eachEpisode } from './change.ts';
import { chosenClips, chosenEpisodes } from './chosen.ts';
import { Failure } from './failure.ts';
import { readAllLedgers } from './reading/all-ledgers.ts';
import { findingsInEpisode, findingsOfClip } from './reading/findings.ts';
import { allOf } from './reading/parts.ts';
import { requeueEpisode } from './requeue.ts';
import { listed } from './select.ts';
import type { StoredFinding } from './tables/dynamo-operations.ts';
import { counted } from './terminal.ts';

/**
 * What came by mistake goes: it is retired, and what was found of it becomes history, so that nothing shows or counts it.
 * Its names and its ordinal stay taken: no curator brings it back as another entry.
 * @param out the file that gets it and its findings first, a JSON line each
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
  const entries = isClip ? await chosenClips(client, selectors) : await chosenEpisodes(client, selectors);
  const ordinals = new Set(entries.map(({ ordinal }) => ordinal));
  const { ledgers } = await readAllLedgers(client);
  const pairs = new Map<number, Set<number>>();
  for (const { episode, researched } of ledgers) {
    if (!isClip && !ordinals.has(episode)) continue;
    const of = isClip ? [...ordinals].filter((clip) => researched.has(clip)) : [...researched];
    if (of.length > 0) pairs.set(episode, new Set(of));
  }
  const found: { readonly entry: (typeof entries)[number]; readonly findings: StoredFinding[] }[] = [];
  for (const entry of entries) {
    const reading = isClip ? findingsOfClip(client, entry.ordinal) : findingsInEpisode(client, entry.ordinal);
    found.push({ entry, findings: await allOf(reading) });
  }
  const findings = found.reduce((sum, one) => sum + one.findings.length, 0);
  // By ordinals: an id may be the title of another entry.
  const retire = () =>
    isClip
      ? changeClips(client, [...ordinals], clipRetired, false)
      : changeLedgers(client, ordinals, (ledger) => held(ledger, 'retired'));
  const already = isClip
    ? entries.filter((entry) => entry.retired === true).length
    : ledgers.filter((ledger) => ordinals.has(ledger.episode) && ledger.held === 'retired').length;
  return {
    what: `remove ${counted(entries.length, kind)} with ${counted(findings, 'finding')}`,
    count: entries.length - already + pairs.size,
    details: [
      ...listed(entries),
      `  What was found goes to ${out} first. Names and ids stay taken: nothing brings it back but \`restore --${kind}\`.`,
    ],
    hints: [`What was found is in ${out}.`],
    apply: async () => {
      const lines = found.map(({ entry: { info, ordinal }, findings: its }) =>
        JSON.stringify({ kind, id: ordinal, info: toJson(info), findings: its }),
      );
      writeFileSync(out, `${lines.join('\n')}\n`, { flag: 'wx' });
      // Retired first: what is requeued must not be given out again.
      const retired = await retire();
      await eachEpisode(pairs.keys(), (episode) => requeueEpisode(client, episode, pairs.get(episode) ?? new Set()), 4);
      return retired + pairs.size;
    },
  };
}
