/** Where features are kept, and how many. */
export interface CacheOptions {
  /** A folder of its own; made when missing. Several threads and processes may share it. */
  readonly folder: string;
  /** What the features of clips, and those of episodes, may take in bytes; 1 GiB each by default. */
  readonly clipBytes?: number;
  readonly episodeBytes?: number;
}

export const DEFAULT_CACHE_BYTES = 1_024 * 1_048_576;
