import { leaseRevoked } from '../domain/operating.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, changeLedgers } from './change.ts';
import { chosenEpisodes } from './chosen.ts';
import { leaseSentence } from './explain-pair.ts';
import { Failure } from './failure.ts';
import { ledgersWith } from './reading/all-ledgers.ts';
import { allOf } from './reading/parts.ts';
import { counted } from './terminal.ts';

export interface RevokeFilter {
  readonly leases: readonly string[];
  readonly researcher?: string;
  readonly episode?: readonly string[];
  readonly all?: boolean;
}

const LISTED = 20;

/** Leases that are to end: what they have not reported goes back to the pool, and nobody is charged. */
export async function revocation(client: ArchiveClient, filter: RevokeFilter): Promise<Change> {
  const { location } = client;
  const now = Date.now();
  const episodes =
    filter.episode && new Set((await chosenEpisodes(client, filter.episode)).map(({ ordinal }) => ordinal));
  const leased = (await allOf(ledgersWith(client, ['leases']))).flat().sort((a, b) => a.episode - b.episode);
  const live = leased.flatMap(({ episode, leases }) => leases.map((lease) => ({ episode, lease })));
  const unknown = filter.leases.filter((id) => !live.some(({ lease }) => lease.id === id));
  if (unknown.length > 0) throw new Failure(`There is no live lease ${unknown.join(', ')}; \`status\` lists them.`);
  const concerned = live.filter(
    ({ episode, lease }) =>
      lease.lastWord === undefined &&
      (filter.leases.length === 0 || filter.leases.includes(lease.id)) &&
      (filter.researcher === undefined || lease.researcher === filter.researcher) &&
      episodes?.has(episode) !== false,
  );
  const lines = concerned
    .slice(0, LISTED)
    .map(({ lease }) => `  ${leaseSentence(lease, { now, settings: location.settings })}`);
  if (concerned.length > LISTED) lines.push(`  … and ${concerned.length - LISTED} more`);
  const unsigned = concerned.filter(({ lease }) => lease.signed === undefined).length;
  return {
    what: `end ${counted(concerned.length, 'lease')}`,
    count: concerned.length,
    details: lines,
    hints: [
      'They end as soon as everything that was reported until now is recorded; later results are recorded too.',
      ...(unsigned > 0
        ? [`${counted(unsigned, 'work item')} may still be taken by a researcher, whose results count.`]
        : []),
    ],
    apply: async () => {
      const ids = Map.groupBy(concerned, ({ episode }) => episode);
      let ended = 0;
      await changeLedgers(client, ids.keys(), (ledger) => {
        let next = ledger;
        for (const { lease } of ids.get(ledger.episode) ?? []) next = leaseRevoked(next, lease.id, Date.now());
        return next;
      });
      for (const { length } of ids.values()) ended += length;
      return ended;
    },
  };
}
