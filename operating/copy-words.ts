import type { EpisodeEntry } from '../domain/collection.ts';
import type { FullFinding } from './reading/findings.ts';
import { spoken } from './spoken.ts';
import type { StoredFinding } from './tables/dynamo-operations.ts';
import { position } from './terminal.ts';

/*
 * Copies of an episode with other advertisements, in words: a play at another time in each is one play.
 */

/** `another copy of 58 min`, as far as its length is known. */
export function copyName({ episodeFacts }: Pick<StoredFinding, 'episodeFacts'>): string {
  const { durationNs } = episodeFacts;
  return durationNs === 0 ? 'another copy' : `another copy of ${spoken(durationNs / 1e6)}`;
}

/** Whether the times of a finding are those of another copy than the one whose length the entry tells. */
export function isOfAnotherCopy(finding: Pick<StoredFinding, 'episodeFacts'>, { facts }: EpisodeEntry): boolean {
  const { hash } = finding.episodeFacts;
  return hash !== '' && facts !== undefined && facts.hash !== '' && facts.hash !== hash;
}

/** `00:14:35 in another copy`, of one play; by whom it was heard at another time in the same copy is no matter. */
export function otherTimes({ alsoAt }: Pick<FullFinding, 'alsoAt'>, index: number): string[] {
  const places = (alsoAt?.get(index) ?? []).filter(({ isOtherCopy }) => isOtherCopy);
  return [...new Set(places.map(({ offsetNs }) => `${position(offsetNs)} in another copy`))];
}
