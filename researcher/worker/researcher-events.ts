import type { ClipToFind, EpisodeInfo } from '../../domain/messages.ts';
import type { Play } from '../analyzer/find-clips.ts';

/** Why the work on an item ended. */
export type LeaseEnd = 'finished' | 'episode-failed' | 'interrupted' | 'stalled' | 'local-trouble';

interface OfItem {
  readonly leaseId: string;
  readonly episode: EpisodeInfo;
}

interface OfClip extends OfItem {
  readonly clip: ClipToFind;
  /** Place of the clip in its work item, from 0. */
  readonly index: number;
  /** Clips of the work item. */
  readonly clips: number;
}

/** What goes on in a researcher, for progress bars, logs and summaries. */
export type ResearcherEvent =
  /** Leases that an earlier run left behind, killed perhaps, were given back. */
  | { readonly kind: 'leases-returned'; readonly count: number }
  /** The queue of work items is empty. Told once, until the next item. */
  | { readonly kind: 'waiting' }
  | (OfItem & { readonly kind: 'item-received'; readonly clips: number })
  /** Not worked on, and deleted. */
  | (OfItem & { readonly kind: 'item-dropped'; readonly reason: string })
  /** A message that is no work item; left to the queue, which makes it a dead letter in the end. */
  | { readonly kind: 'item-unreadable'; readonly reason: string }
  /** Bytes of a medium arrive. `index` of a clip; the episode has none. */
  | (OfItem & {
      readonly kind: 'fetching';
      readonly index?: number;
      readonly title: string;
      readonly receivedBytes: number;
      readonly totalBytes?: number;
    })
  | (OfItem & { readonly kind: 'episode-opened'; readonly durationNs: number; readonly format: string })
  /** Share of the analysis that is done, 0..1. */
  | (OfItem & { readonly kind: 'progress'; readonly share: number })
  | (OfClip & {
      readonly kind: 'pair';
      readonly plays: readonly Play[];
      /** Weaker places; not reported. */
      readonly possible: readonly Play[];
      /** False: too plain for any match to prove something; reported as a negative. */
      readonly distinctive: boolean;
    })
  | (OfClip & { readonly kind: 'clip-failed'; readonly reason: string })
  | (OfItem & { readonly kind: 'episode-failed'; readonly reason: string })
  /** The last word of the lease was sent. `reported`: clips with a result or a failure. */
  | (OfItem & {
      readonly kind: 'lease-done';
      readonly reported: number;
      readonly clips: number;
      readonly end: LeaseEnd;
    })
  /** Something did not work and is tried again, after `nextTryMs` where that is known. */
  | { readonly kind: 'trouble'; readonly doing: string; readonly reason: string; readonly nextTryMs?: number }
  /** Reports that were not taken by the queue: `refused` by it, or `unsent` when time was up. */
  | (OfItem & { readonly kind: 'reports-lost'; readonly count: number; readonly reason: string });

export type OnEvent = (event: ResearcherEvent) => void;

/** What a run did. */
export interface ResearcherSummary {
  /** Work items that were begun. */
  items: number;
  /** Pairs with a result, and of them those with at least one play. */
  pairs: number;
  findings: number;
  plays: number;
  /** Pairs that are negative because the clip is too plain to prove anything. */
  notDistinctive: number;
  clipFailures: number;
  episodeFailures: number;
  dropped: number;
  unreadable: number;
  /** Items whose work was not finished: Ctrl-C, or trouble of this machine. Their rest goes to others. */
  unfinished: number;
  leasesReturned: number;
  reportsLost: number;
  end: 'idle' | 'interrupted';
}

export const emptySummary = (): ResearcherSummary => ({
  items: 0,
  pairs: 0,
  findings: 0,
  plays: 0,
  notDistinctive: 0,
  clipFailures: 0,
  episodeFailures: 0,
  dropped: 0,
  unreadable: 0,
  unfinished: 0,
  leasesReturned: 0,
  reportsLost: 0,
  end: 'idle',
});

/** Adds one event to a summary. */
export function count(summary: ResearcherSummary, event: ResearcherEvent): void {
  switch (event.kind) {
    case 'leases-returned':
      summary.leasesReturned += event.count;
      break;
    case 'item-received':
      summary.items++;
      break;
    case 'item-dropped':
      summary.dropped++;
      break;
    case 'item-unreadable':
      summary.unreadable++;
      break;
    case 'pair':
      summary.pairs++;
      summary.plays += event.plays.length;
      if (event.plays.length > 0) summary.findings++;
      if (!event.distinctive) summary.notDistinctive++;
      break;
    case 'clip-failed':
      summary.clipFailures++;
      break;
    case 'episode-failed':
      summary.episodeFailures++;
      break;
    case 'lease-done':
      if (event.reported < event.clips && event.end !== 'episode-failed') summary.unfinished++;
      break;
    case 'reports-lost':
      summary.reportsLost += event.count;
      break;
    default:
  }
}
