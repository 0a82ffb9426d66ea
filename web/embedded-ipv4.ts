import ipaddr from 'ipaddr.js';

/** Prefixes behind which an IPv4 address stands in the last 32 bits. */
const AT_THE_END = [
  '::/96', // IPv4-compatible, RFC 4291 §2.5.5.1
  '::ffff:0:0/96', // IPv4-mapped, RFC 4291 §2.5.5.2
  '::ffff:0:0:0/96', // IPv4-translated, RFC 2765
  '64:ff9b::/96', // NAT64, RFC 6052 §2.1
].map((range) => ipaddr.IPv6.parseCIDR(range));

const LOCAL_NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b:1::/48'); // RFC 8215
const SIX_TO_FOUR = ipaddr.IPv6.parseCIDR('2002::/16'); // RFC 3056
const TEREDO = ipaddr.IPv6.parseCIDR('2001::/32'); // RFC 4380

/** Where RFC 6052 §2.2 puts the four bytes, for each length of a prefix; byte 8 is left out. */
const TRANSLATED = [
  [4, 5, 6, 7],
  [5, 6, 7, 9],
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
  [12, 13, 14, 15],
] as const;

export interface EmbeddedIpv4 {
  /** The prefix says that this IPv4 address is meant. */
  readonly certain: readonly string[];
  /** Where a translator with a prefix of its own network, or ISATAP, would have written one. */
  readonly possible: readonly string[];
}

/** The IPv4 addresses that an IPv6 address may stand for. */
export function embeddedIpv4(address: ipaddr.IPv6): EmbeddedIpv4 {
  const bytes = address.toByteArray();
  const at = (places: readonly number[]) => places.map((place) => bytes[place]).join('.');
  const possible = TRANSLATED.map(at);
  if (AT_THE_END.some(([network, bits]) => address.match(network, bits))) {
    return { certain: [at([12, 13, 14, 15])], possible };
  }
  if (address.match(...LOCAL_NAT64)) return { certain: [at([6, 7, 9, 10]), at([12, 13, 14, 15])], possible };
  if (address.match(...SIX_TO_FOUR)) return { certain: [at([2, 3, 4, 5])], possible };
  if (address.match(...TEREDO)) {
    const client = bytes.slice(12).map((byte) => 255 - byte);
    return { certain: [at([4, 5, 6, 7]), client.join('.')], possible };
  }
  return { certain: [], possible };
}
