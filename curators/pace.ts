/** What a feed says of how often it is worth asking for: what came with it, and its text where it was sent. */
export interface SaidOfPace {
  /** The header, or ''. */
  readonly cacheControl: string;
  /** Of its first page; absent when nothing had changed. */
  readonly text?: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Of a feed that says nothing, or asks for a longer or shorter pace than is sensible; seconds. */
export const PACE = { usual: HOUR, least: 5 * MINUTE, most: DAY } as const;

/** The channel's own words stand before its items. */
const HEAD = 65_536;

const PERIODS: Readonly<Record<string, number>> = {
  hourly: HOUR,
  daily: DAY,
  weekly: 7 * DAY,
  monthly: 30 * DAY,
  yearly: 365 * DAY,
};

/**
 * Seconds until a feed is worth asking for again: the longest of what it says in `ttl` (RSS 2.0, minutes), in
 * `sy:updatePeriod` and `sy:updateFrequency` (RSS 1.0 syndication module), and in Cache-Control max-age (RFC 9111).
 * @param before what counted the last time: an answer without a text says only the header
 */
export function paceOf({ cacheControl, text }: SaidOfPace, before?: number): number {
  const [, age] = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(cacheControl) ?? [];
  const said = [age === undefined ? 0 : Number(age), text === undefined ? (before ?? 0) : paceIn(text.slice(0, HEAD))];
  const longest = Math.max(...said);
  return longest === 0 ? PACE.usual : Math.min(PACE.most, Math.max(PACE.least, longest));
}

function paceIn(head: string): number {
  const [, ttl] = /<ttl>\s{0,9}(\d{1,6})\s{0,9}<\/ttl>/i.exec(head) ?? [];
  const [, period = ''] = /<sy:updatePeriod>\s{0,9}([a-z]{5,7})\s{0,9}<\/sy:updatePeriod>/i.exec(head) ?? [];
  const [, frequency = '1'] = /<sy:updateFrequency>\s{0,9}(\d{1,4})\s{0,9}<\/sy:updateFrequency>/i.exec(head) ?? [];
  const every = (PERIODS[period.toLowerCase()] ?? 0) / Math.max(1, Number(frequency));
  return Math.max(ttl === undefined ? 0 : Number(ttl) * MINUTE, every);
}
