import type { Kind } from '../../domain/collection.ts';
import type { Name } from '../../domain/identity.ts';
import type { LedgerState } from '../../domain/ledger.ts';
import { FORMAT } from './schema.ts';

/** Fixed width, so that keys sort as numbers do; 12 digits are room for a million million. */
export const padded = (ordinal: number): string => ordinal.toString().padStart(12, '0');

/** Clips lie together in partitions of so many, so that a few queries in parallel read the catalogue. */
export const CLIPS_A_PARTITION = 1_000;

export const clipPartition = (ordinal: number): number => Math.floor((ordinal - 1) / CLIPS_A_PARTITION);

export const clipsKey = (partition: number): string => `${FORMAT}#clips#${partition}`;

export function entryKey(kind: Kind, ordinal: number): { pk: string; sk: string } {
  return kind === 'clip'
    ? { pk: clipsKey(clipPartition(ordinal)), sk: padded(ordinal) }
    : { pk: `${FORMAT}#episode#${ordinal}`, sk: 'entry' };
}

export const counterKey = (kind: Kind) => ({ pk: `${FORMAT}#counter`, sk: kind });

export const nameKey = (name: Name) => ({ pk: `${FORMAT}#name#${name}`, sk: 'name' });

export const findingKey = (episode: number, clip: number, variant: number) => ({
  pk: `${FORMAT}#episode#${episode}`,
  sk: `finding#${padded(clip)}#${variant}`,
});

/** Findings that were superseded lie beside the others of their episode, by clip and time; no index shows them. */
export const historyKey = (episode: number, clip: number, supersededAt: string, variant: number) => ({
  pk: `${FORMAT}#episode#${episode}`,
  sk: `history#${padded(clip)}#${supersededAt}#${variant}`,
});

export const findingOfClipKey = (clip: number): string => `${FORMAT}#clip#${clip}`;

/** The second part of the key leaves room for chunks of one ledger. */
export const ledgerKey = (episode: number) => ({ pk: `${FORMAT}#ledger#${padded(episode)}`, sk: 'ledger#0' });

export const episodeOfLedgerKey = (pk: string): number => Number(pk.split('#')[2]);

/** `clip` 0 is the episode itself. */
export const parkedReasonKey = (episode: number, clip: number) => ({
  pk: ledgerKey(episode).pk,
  sk: `parked#${padded(clip)}`,
});

export const controlKey = { pk: `${FORMAT}#control`, sk: 'control' };

/** What operators did, in the order of time. */
export const auditKey = (at: string, id: string) => ({ pk: `${FORMAT}#audit`, sk: `${at}#${id}` });

/** There while an import is under way. */
export const importKey = { pk: `${FORMAT}#import`, sk: 'import' };

/** The trailing 0 is the shard. */
export const stateKey = (state: LedgerState): string => `${FORMAT}#${state}#0`;

export const leasedKey = `${FORMAT}#leased#0`;
