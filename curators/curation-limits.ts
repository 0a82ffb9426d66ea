/** Bounds on what a source may cost. Feeds are strangers' documents: each of these was chosen to be met by no honest one. */
export interface CurationLimits {
  /** Bytes of one document, after decompression. The largest feeds of ten thousand entries have 30 to 40 MB. */
  readonly maxDocumentBytes: number;
  /** Bytes of all pages of a feed together: what is held in memory at once. */
  readonly maxTotalBytes: number;
  readonly maxPages: number;
  readonly maxEntries: number;
  /** Entries that are not well-formed: each costs nearly a millisecond, a hundred times as much as a good one. */
  readonly maxBroken: number;
  readonly maxRedirects: number;
  /** Milliseconds for one document, from the request to its last byte: an endless body ends here, or at its size. */
  readonly documentTimeMs: number;
  /** Milliseconds for all pages of a feed. */
  readonly totalTimeMs: number;
  /** Folders within folders. */
  readonly maxDepth: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: CurationLimits = {
  maxDocumentBytes: 50 * MIB,
  maxTotalBytes: 100 * MIB,
  maxPages: 1_000,
  maxEntries: 100_000,
  maxBroken: 10_000,
  maxRedirects: 5,
  documentTimeMs: 60_000,
  totalTimeMs: 600_000,
  maxDepth: 64,
};
