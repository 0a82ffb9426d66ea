import type { PendingResearchItem } from '../../domain/messages.ts';
import { FetchError } from '../../web/fetch-error.ts';
import type { FetchedMedia, MediaFetcher } from '../../web/fetch-media.ts';
import type { CacheOptions } from '../analyzer/cache-options.ts';
import type { ClipOutcome, EpisodeResearch } from '../analyzer/pool.ts';
import { MediaError } from '../media/decode.ts';
import { ClipFetches } from './clip-fetches.ts';
import type { HeldLeases } from './held-leases.ts';
import { Outbox } from './outbox.ts';
import { Pulse } from './pulse.ts';
import { type ClipDone, ReportBatch } from './report-batch.ts';
import { Reports } from './report-bodies.ts';
import type { LeaseEnd, OnEvent } from './researcher-events.ts';
import { HEARTBEAT_SHARE, type ResearcherLimits } from './researcher-limits.ts';
import type { ResearcherQueues } from './work-queue.ts';
import { mediumOf } from './working-on.ts';

/** What is needed to work through one item. */
export interface ItemTools {
  readonly queues: Pick<ResearcherQueues, 'send'>;
  readonly media: Pick<MediaFetcher, 'fetch' | 'fetchUnless'>;
  readonly analysis: { research(work: EpisodeResearch): Promise<void> };
  readonly features: CacheOptions;
  /** Whether features of what has this hash are kept. */
  readonly kept: { readonly clip: (hash: string) => boolean; readonly episode: (hash: string) => boolean };
  /** Media of clips that ended this researcher again and again, by `mediumOf`. */
  readonly feared: ReadonlySet<string>;
  readonly leases: Pick<HeldLeases, 'hold' | 'working' | 'release'>;
  readonly researcher: string;
  readonly limits: ResearcherLimits;
  readonly clock: () => number;
  readonly onEvent: OnEvent;
}

const ENDED_BEFORE = 'the researcher ended at it more than once, and does not try it again today';

/** The work stopped because nothing went on any more. */
class Stalled extends Error {
  override readonly name = 'Stalled';
}

/**
 * Works through one item: a sign of life, then `taken` (the message may go), then clip by clip in the item's order, and
 * the last word at the end, whatever the end is. Results are reported together, when there are enough of them or the first
 * has waited for some seconds; each in a message of its own, and each clip after the other, where the item asks for it.
 *
 * @param signal stops the work; what was done is reported, the rest given back.
 * @throws FetchError of kind "local" after the last word, when this machine cannot go on (its disk is full …), and
 *   the queue's error when that refuses this researcher as such; the lease stays on disk then, for the next start.
 */
export async function researchItem(
  item: PendingResearchItem,
  taken: () => Promise<void>,
  tools: ItemTools,
  signal: AbortSignal,
): Promise<LeaseEnd> {
  return new ItemWork(item, tools, signal).run(taken);
}

class ItemWork {
  readonly #item: PendingResearchItem;
  readonly #tools: ItemTools;
  readonly #signal: AbortSignal;
  /** Stops this item, for whatever reason. */
  readonly #stop = new AbortController();
  readonly #outbox: Outbox;
  readonly #reports: Reports;
  readonly #batch: ReportBatch;
  readonly #of;
  /** Place of the clip that is being worked on, the first of several; undefined while it is the episode. */
  #at: number | undefined;
  #opened = false;
  #reported = 0;
  #lastWordSaid = false;

  constructor(item: PendingResearchItem, tools: ItemTools, signal: AbortSignal) {
    const { queues, onEvent, researcher, clock } = tools;
    this.#item = item;
    this.#tools = tools;
    this.#signal = signal;
    this.#of = { leaseId: item.leaseId, episode: item.episode };
    this.#reports = new Reports(item, researcher, clock);
    this.#batch = new ReportBatch({ send: (done) => this.#outbox.push(this.#reports.results(done, false)) });
    this.#outbox = new Outbox({
      queues,
      onLost: (count, reason) => onEvent({ kind: 'reports-lost', ...this.#of, count, reason }),
      onTrouble: (reason, nextTryMs) => onEvent({ kind: 'trouble', doing: 'sending a report', reason, nextTryMs }),
    });
  }

  async run(taken: () => Promise<void>): Promise<LeaseEnd> {
    const { leases, limits, onEvent } = this.#tools;
    const { leaseId, clips, heartbeatSeconds } = this.#item;
    const stopped = () => this.#stop.abort(this.#signal.reason);
    if (this.#signal.aborted) stopped();
    this.#signal.addEventListener('abort', stopped, { once: true });
    leases.hold({ leaseId, lastWord: this.#reports.lastWord() });
    const pulse = new Pulse({
      intervalMs: HEARTBEAT_SHARE * (heartbeatSeconds > 0 ? heartbeatSeconds * 1_000 : limits.heartbeatMs),
      stalledAfterMs: limits.stalledAfterMs,
      lastSentAt: () => this.#outbox.lastSentAt,
      beat: () => this.#outbox.idle && this.#outbox.push(this.#reports.signOfLife(this.#at)),
      onStalled: () => this.#stop.abort(new Stalled(`nothing went on for ${limits.stalledAfterMs / 1_000} s`)),
    });
    let end: LeaseEnd;
    let trouble: unknown;
    try {
      this.#outbox.push(this.#reports.signOfLife());
      await this.#outbox.emptiedOr(this.#signal, limits.lastWordMs);
      this.#stop.signal.throwIfAborted();
      await taken();
      await this.#research(pulse);
      end = 'finished';
    } catch (error) {
      end = this.#endOf(error);
      if (end === 'local-trouble') trouble = this.#stop.signal.aborted ? this.#stop.signal.reason : error;
    } finally {
      this.#signal.removeEventListener('abort', stopped);
      pulse.stop();
    }
    this.#batch.flush();
    if (!this.#lastWordSaid) this.#outbox.push(this.#reports.lastWord(), true);
    await this.#outbox.emptiedOr(this.#signal, limits.lastWordMs);
    if (this.#outbox.lastWordTaken) leases.release(leaseId);
    onEvent({ kind: 'lease-done', ...this.#of, reported: this.#reported, clips: clips.length, end });
    if (trouble) throw trouble;
    return end;
  }

  async #research(pulse: Pulse): Promise<void> {
    const { media, analysis, features, feared, kept, limits, onEvent } = this.#tools;
    const { episode, clips } = this.#item;
    const signal = this.#stop.signal;
    signal.throwIfAborted();
    const fetching = (title: string, index?: number) => (receivedBytes: number, totalBytes: number | undefined) => {
      pulse.progress();
      onEvent({
        kind: 'fetching',
        ...this.#of,
        ...(index !== undefined && { index }),
        title,
        receivedBytes,
        ...(totalBytes !== undefined && { totalBytes }),
      });
    };
    const ofEpisode = { signal, onProgress: fetching(episode.title) };
    const files: FetchedMedia[] = [];
    const pathOf = (file: FetchedMedia) => {
      files.push(file);
      return file.path;
    };
    const had = await media.fetchUnless(kept.episode, episode.mediaUri, ofEpisode);
    const file = async () => pathOf(await media.fetch(episode.mediaUri, ofEpisode));
    const source = 'hash' in had ? { hash: had.hash, file } : pathOf(had);
    pulse.progress();
    const ofClip = (title: string, index: number) => ({ signal, onProgress: fetching(title, index) });
    const fetches = new ClipFetches(clips, {
      fetch: ({ mediaUri, title }, index) => media.fetch(mediaUri, ofClip(title, index)),
      fetchUnlessKept: ({ mediaUri, title }, index) => media.fetchUnless(kept.clip, mediaUri, ofClip(title, index)),
      refusal: (clip) => (feared.size > 0 && feared.has(mediumOf(clip)) ? ENDED_BEFORE : undefined),
      // What this machine cannot do is not the clip's fault.
      onLocalTrouble: (error) => this.#stop.abort(error),
    });
    try {
      await analysis.research({
        episode: source,
        clips: fetches.sources,
        cache: features,
        clipTimeoutMs: limits.clipTimeoutMs,
        episodeSilenceMs: limits.episodeSilenceMs,
        oneByOne: this.#item.reportEach === true,
        signal,
        onWorking: (indices) => this.#workingOn(indices),
        onEpisode: (decoded) => {
          pulse.progress();
          files[0]?.identify(decoded.hash);
          this.#opened = true;
          this.#reports.episode = decoded;
          const { durationNs, format } = decoded;
          onEvent({ kind: 'episode-opened', ...this.#of, durationNs, format });
        },
        onClip: (index, outcome) => {
          pulse.progress();
          fetches.done(index, outcome.kind === 'researched' ? outcome.media.hash : undefined);
          if (!signal.aborted) this.#clipDone(index, outcome);
        },
        onProgress: (share) => {
          pulse.progress();
          onEvent({ kind: 'progress', ...this.#of, share });
        },
      });
    } finally {
      await fetches.close();
      for (const one of files) await one.release();
    }
  }

  /** A thread may be ended and replaced; if all of this process is, the next one says at which clip, if that is certain. */
  #workingOn(indices: readonly number[]): void {
    this.#at = indices[0] ?? this.#at;
    const [only] = indices.length === 1 ? indices : [];
    const clip = only === undefined ? undefined : this.#item.clips[only];
    const atWork = clip?.id === undefined ? undefined : { id: clip.id, medium: mediumOf(clip) };
    this.#tools.leases.working(this.#item.leaseId, atWork);
  }

  #clipDone(index: number, outcome: ClipOutcome): void {
    const clip = this.#item.clips[index]!;
    const clips = this.#item.clips.length;
    const about = { ...this.#of, clip, index, clips };
    const { onEvent } = this.#tools;
    this.#reported++;
    this.#report({ index, outcome }, index === clips - 1);
    if (outcome.kind === 'failed') {
      onEvent({ kind: 'clip-failed', ...about, reason: outcome.failure });
    } else {
      const { plays, possible, distinctive } = outcome.found;
      onEvent({ kind: 'pair', ...about, plays, possible, distinctive });
    }
  }

  #report(done: ClipDone, lastWord: boolean): void {
    this.#lastWordSaid ||= lastWord;
    if (this.#item.reportEach === true) {
      this.#outbox.push(this.#reports.result(done, lastWord), lastWord);
      return;
    }
    this.#batch.add(done, !lastWord);
    if (lastWord) this.#outbox.push(this.#reports.results(this.#batch.take(), true), true);
  }

  #endOf(error: unknown): LeaseEnd {
    const { onEvent } = this.#tools;
    const reason: unknown = this.#stop.signal.aborted ? this.#stop.signal.reason : error;
    if (this.#signal.aborted) return 'interrupted';
    if (reason instanceof Stalled && this.#opened) {
      const index = this.#reported;
      this.#reported++;
      const failure = `the analysis hung: ${reason.message}`;
      this.#report({ index, outcome: { kind: 'failed', failure } }, true);
      const { clips } = this.#item;
      onEvent({ kind: 'clip-failed', ...this.#of, clip: clips[index]!, index, clips: clips.length, reason: failure });
      return 'stalled';
    }
    const ofEpisode =
      reason instanceof Stalled ||
      (reason instanceof FetchError && reason.kind !== 'local') ||
      (reason instanceof MediaError && reason.subject !== 'clip');
    if (!ofEpisode) return 'local-trouble';
    this.#lastWordSaid = true;
    this.#batch.flush();
    this.#outbox.push(this.#reports.episodeFailure(reason.message), true);
    onEvent({ kind: 'episode-failed', ...this.#of, reason: reason.message });
    return 'episode-failed';
  }
}
