import type { Kind } from '../../../domain/collection.ts';
import type { ClipInfo, EpisodeInfo } from '../../../domain/messages.ts';

/** What really was said and is so, as nobody in the archive knows it: the judge's side. */

export interface Said {
  /** `refused`: nonsense about a pair that it names; `revoked`: an operator took the lease away. */
  readonly kind: 'revoked' | 'result' | 'clipFailure' | 'refused' | 'episodeFailure' | 'sign' | 'garbage' | 'unknown';
  readonly leaseId: string;
  readonly episode: number;
  readonly clip: number;
  readonly offsets: readonly number[];
  readonly lastWord: boolean;
  readonly researcher: string;
  readonly sentAt: number;
  /** Of a result: which recordings its work item named, and whether they were sent back. */
  readonly of?: Recordings | undefined;
  /** Of a result that tells its clip by these names alone: whose they are when it is read is another question. */
  readonly byName?: { readonly title: string; readonly mediaUri: string } | undefined;
  /** What more one message says, each of a pair; the message itself is a sign of life then. */
  readonly parts?: readonly Said[];
}

export interface Recordings {
  readonly episode: string | undefined;
  readonly clip: string | undefined;
  readonly told: boolean;
  /** Where the clip's file was. */
  readonly mediaUri: string | undefined;
}

export interface Curated {
  readonly kind: 'clip' | 'episode';
  /** The thing that is meant, whatever it is called. 0: nothing sensible. */
  readonly thing: number;
  readonly hopeless: boolean;
  /** Of what a source names, by somebody who does not: it may find the entry, make another, or fit nothing that is there. */
  readonly hearsay?: true;
}

/** A recording of a clip or an episode, what its curator calls it, and since when it is there. */
export interface Recorded {
  readonly number: number;
  readonly revision: string | undefined;
  readonly at: number;
}

/**
 * A lease as it was made, the numbers of the recordings that it is for, where they are not the first, and the media revisions
 * as the run knew them that made it (absent: the first ones).
 */
export interface Leased {
  readonly episode: number;
  readonly clips: readonly number[];
  readonly at: number;
  readonly episodeRecording?: number | undefined;
  readonly clipRecordings?: ReadonlyMap<number, number> | undefined;
  readonly revision?: number;
  readonly clipRevisions?: ReadonlyMap<number, number>;
}

export interface Struck {
  readonly by: string;
  readonly at: number;
}

export class Truth {
  /** Messages to the completed-research queue, by id and by body. */
  readonly said = new Map<string, Said>();
  readonly bodies = new Map<string, Said>();
  readonly ofLease = new Map<string, Said[]>();
  /** `episode/clip` of every result that was ever sent. */
  readonly reported = new Set<string>();
  /** `episode/clip` → every result that was ever sent. */
  readonly results = new Map<string, Said[]>();
  /** Those that tell their clip by names alone. */
  readonly byName: Said[] = [];
  /** `kind/ordinal` of what was ever replaced → its recordings in their order, as far as anybody saw them. */
  readonly recordings = new Map<string, Recorded[]>();
  readonly curated = new Map<string, Curated>();
  /** Acknowledged descriptions of what sources name. */
  readonly ofSources: { readonly [K in Kind]: (ClipInfo & Pick<EpisodeInfo, 'dateAired'>)[] } = {
    clip: [],
    episode: [],
  };
  /** Curated messages that the queue gave up: each may have been taken in by a run that died before it said so. */
  readonly givenUp: { readonly [K in Kind]: string[] } = { clip: [], episode: [] };
  /** `kind/ordinal` of what was gone from its address once: results of it may have been turned away. */
  readonly wasGone = new Set<string>();
  /** `kind/thing` → ordinal. */
  readonly ordinals = new Map<string, number>();
  /** Leases that were ever made, and those that ended. */
  readonly leases = new Map<string, Leased>();
  readonly ended = new Set<string>();
  /** Counted strikes of `pair e/c/revision`, `clip c/revision`, `episode e/revision`. */
  readonly strikes = new Map<string, Struck[]>();
  /** Failures that have counted: `lease/clip`, `lease/episode`. */
  readonly counted = new Set<string>();
  /** Until when a pair must not be leased, by `e/c/revision`. */
  readonly rests = new Map<string, number>();
  /** Leases of clips that had strikes of their own. */
  readonly suspects = new Set<string>();
  /** Lease → the clip that its researcher died or hung at. */
  readonly fellAt = new Map<string, number>();

  say(id: string, body: string, said: Said): void {
    this.said.set(id, said);
    this.bodies.set(body, said);
    for (const part of [said, ...(said.parts ?? [])]) this.hear(part);
  }

  /** An operator ends a lease: no message says so. */
  revoke(leaseId: string, episode: number, sentAt: number): void {
    const nothing = { clip: 0, offsets: [], researcher: '' };
    this.hear({ kind: 'revoked', leaseId, episode, ...nothing, lastWord: true, sentAt });
  }

  private hear(said: Said): void {
    if (said.leaseId !== '') {
      const before = this.ofLease.get(said.leaseId);
      if (before === undefined) this.ofLease.set(said.leaseId, [said]);
      else before.push(said);
    }
    if (said.kind !== 'result') return;
    if (said.byName !== undefined) this.byName.push(said);
    const pair = `${said.episode}/${said.clip}`;
    this.reported.add(pair);
    const before = this.results.get(pair);
    if (before === undefined) this.results.set(pair, [said]);
    else before.push(said);
  }

  /** What was said of a lease up to a time. */
  saidUntil(leaseId: string, horizon: number): Said[] {
    return (this.ofLease.get(leaseId) ?? []).filter(({ sentAt }) => sentAt <= horizon);
  }
}

interface Played {
  readonly id?: string | undefined;
  readonly mediaUri: string;
  readonly revision?: string | undefined;
}

const numberOf = (revision = ''): number => Number(revision.replace(/\D/g, ''));

/** Of the file of a recording: each address has its own. */
export const hashOf = ({ mediaUri, revision = '' }: Omit<Played, 'id'>): string => `${mediaUri} ${revision}`;

/** What whoever had the files says of them. */
export const factsOf = (episode: Played, clip: Played) => ({
  episodeHash: hashOf(episode),
  clipHash: hashOf(clip),
  episodeDuration: 10,
  clipDuration: 5,
});

/** Where a clip plays: a function of the two and their recordings, so that every honest researcher finds the same. ns */
export function playsAt(episode: Played, clip: Played): number[] {
  const recordings = numberOf(episode.revision) * 7 + numberOf(clip.revision) * 13;
  const mixed =
    ((Math.imul(Number(episode.id), 2_654_435_761) ^ Math.imul(Number(clip.id), 40_503)) + recordings) >>> 0;
  if (mixed % 3 !== 0) return [];
  return Array.from({ length: 1 + (mixed % 2) }, (_, index) => 1_000_000_000 * (7 + (mixed % 600) + 90 * index));
}
