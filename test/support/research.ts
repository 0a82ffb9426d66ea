import type { Catalogue, ClipEntry } from '../../domain/collection.ts';
import type { Lease, Ledger } from '../../domain/ledger.ts';
import { newLedger } from '../../domain/ledger.ts';
import { episodeRank, inOrder } from '../../domain/order.ts';
import type { Report } from '../../domain/reports.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import type { Strikes } from '../../domain/strikes.ts';
import { perfectClip, perfectEpisode, without } from './perfect-messages.ts';

/** Ledgers, leases, clips and strikes for tables of rules: each builder has a harmless default and takes the difference. */

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** The present of the tests, ms since the epoch. */
export const NOW = Date.parse('2026-01-01T12:00:00Z');

export const settings: ResearchSettings = {
  leaseDuration: 7200,
  silenceLimit: 900,
  heartbeat: 300,
  rest1: 900,
  rest2: 7200,
  rest3: 86_400,
  retryRest: 900,
  strikeMemory: 86_400,
  unknownRetry: 300,
  reopenInterval: 3600,
  minimumWaiting: 1,
  clipsPerItem: 100,
};

/** A clip that came a day before `NOW`. */
export function aClip(ordinal: number, difference: Partial<ClipEntry> & { priority?: number } = {}): ClipEntry {
  const { priority = 0, ...rest } = difference;
  const info = without(perfectClip({ priority, title: `Clip ${ordinal}`, mediaUri: `https://c/${ordinal}` }), 'id');
  return { ordinal, version: 1, info, revision: 1, revisedAt: NOW - 24 * HOUR, ...rest };
}

export function aCatalogue(clips: readonly ClipEntry[], assignableVersion = 1): Catalogue {
  const inWork = inOrder(clips);
  return {
    assignableVersion,
    catalogueVersion: assignableVersion,
    clips: inWork,
    byOrdinal: new Map(inWork.map((clip) => [clip.ordinal, clip])),
  };
}

export const clipsOf = (...clips: ClipEntry[]) => {
  const byOrdinal = new Map(clips.map((clip) => [clip.ordinal, clip]));
  return (ordinal: number) => byOrdinal.get(ordinal);
};

export const RANK = episodeRank(perfectEpisode(), 1);

/** An open ledger without anything, of an episode that came a day before `NOW`. */
export function aLedger(difference: Partial<Ledger> = {}): Ledger {
  return { ...newLedger(1, RANK, NOW - 24 * HOUR), version: 1, ...difference };
}

/** An unsigned lease of clips 1, 2, 3, made now. */
export function aLease(difference: Partial<Lease> = {}): Lease {
  const clips = difference.clips ?? [1, 2, 3];
  return { id: 'lease', clips, left: clips, created: NOW, researcher: '', ...difference };
}

/** One strike by Anna, at rest until 15 min after `NOW`. */
export function someStrikes(difference: Partial<Strikes> = {}): Strikes {
  const strikers = [{ by: 'anna', at: NOW }];
  return { count: 1, restUntil: NOW + 15 * MINUTE, reason: 'no such file', strikers, revision: 1, ...difference };
}

/** A sign of life of the lease of `aLease`, sent now by Anna. */
export function aReport(difference: Partial<Report> = {}): Report {
  return {
    kind: 'signOfLife',
    leaseId: 'lease',
    sentAt: NOW,
    lastWord: false,
    researcher: 'anna',
    reason: '',
    ...difference,
  };
}
