/** What a medium may cost. Media come from strangers: each of these is met by every honest host. */
export interface FetchLimits {
  readonly maximumBytes: number;
  /** For the whole of a medium, with all tries. */
  readonly maximumMs: number;
  readonly maximumRedirects: number;
  /** The connection may be silent for so long before another one is tried. */
  readonly idleMs: number;
  /** Bytes a second, on average over each `slowWindowMs`. */
  readonly minimumSpeed: number;
  readonly slowWindowMs: number;
  /** Tries in a row that bring nothing new. */
  readonly fruitlessTries: number;
  readonly tries: number;
  /** Before the second try; doubles after each fruitless one. */
  readonly firstPauseMs: number;
  /** A busy server may ask for so long a pause (Retry-After); one that wants more is not asked again. */
  readonly longestPauseMs: number;
}

const MINUTE = 60_000;

export const DEFAULT_FETCH_LIMITS: FetchLimits = {
  maximumBytes: 2 * 1024 ** 3,
  maximumMs: 30 * MINUTE,
  maximumRedirects: 5,
  idleMs: 30_000,
  minimumSpeed: 8 * 1024,
  slowWindowMs: MINUTE,
  fruitlessTries: 4,
  tries: 40,
  firstPauseMs: 500,
  longestPauseMs: 2 * MINUTE,
};
