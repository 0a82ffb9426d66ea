/** How long things may take, ms unless named otherwise. */
export interface ResearcherLimits {
  /** Analysis of one clip; its thread is ended then, and the clip reported as failed. */
  readonly clipTimeoutMs: number;
  /** Opening the episode without any progress; its thread is ended then, and the episode reported as failed. */
  readonly episodeSilenceMs: number;
  /**
   * No progress of any kind: no more signs of life, and the item is given up. Longer than the two above, which end
   * whatever hangs; this is for a hang that they do not end.
   */
  readonly stalledAfterMs: number;
  /** For the last words when the researcher is stopped. */
  readonly lastWordMs: number;
  /** Between two signs of life where the work item names no interval. */
  readonly heartbeatMs: number;
  /** JavaScript heap of an analysing thread. */
  readonly heapMegabytes: number | undefined;
  /** Disk space for fetched media, for features of clips (27 KB for six seconds), and for those of episodes (17 MB an hour). */
  readonly mediaCacheBytes: number;
  readonly clipCacheBytes: number;
  readonly episodeCacheBytes: number;
}

const MINUTE = 60_000;
const MIB = 1024 * 1024;

export const DEFAULT_RESEARCHER_LIMITS: ResearcherLimits = {
  clipTimeoutMs: 5 * MINUTE,
  episodeSilenceMs: 5 * MINUTE,
  stalledAfterMs: 8 * MINUTE,
  lastWordMs: 10_000,
  heartbeatMs: 5 * MINUTE,
  heapMegabytes: undefined,
  mediaCacheBytes: 4_096 * MIB,
  clipCacheBytes: 1_024 * MIB,
  episodeCacheBytes: 1_024 * MIB,
};

/** Signs of life come a little earlier than asked for: sending takes time too. */
export const HEARTBEAT_SHARE = 0.8;
