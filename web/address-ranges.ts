import ipaddr from 'ipaddr.js';
import { embeddedIpv4 } from './embedded-ipv4.ts';

/** The range for which an IP address is refused ("private", "loopback" …); undefined for one that may be asked. */
export type RefusedRange = (address: string) => string | undefined;

const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Where clouds tell a machine its secrets, besides link-local addresses. The wire server is a public address, and the
 * others are in ranges that private networks use too.
 */
const METADATA: readonly string[] = [
  '168.63.129.16/32', // Azure's wire server
  '100.100.100.200/32', // Alibaba Cloud
  '192.0.0.192/32', // Oracle Cloud, classic
  'fd00:ec2::/32', // AWS: metadata, pod identity, names and time
  'fd20:ce::254/128', // Google Cloud
  'fd00:c1::a9fe:a9fe/128', // Oracle Cloud
  'fd00:42::42/128', // Scaleway
];

const METADATA_RANGES = METADATA.map((range) => ipaddr.parseCIDR(range));

/** Hosts that are written into IPv6 addresses of any network: a translator's prefix is known to its network alone. */
const METADATA_HOSTS: ReadonlySet<string> = new Set([
  '169.254.169.254', // most clouds
  '169.254.170.2', // AWS: credentials of containers
  '169.254.170.23', // AWS: pod identity
  '169.254.0.23', // Tencent Cloud
  '169.254.42.42', // Scaleway
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
]);

/**
 * The range of an IP address that is not public ("private", "loopback", "linkLocal", "cloudMetadata" …); undefined for
 * a public one.
 */
export function privateRange(address: string): string | undefined {
  const never = neverAskedRange(address);
  if (never !== undefined) return never;
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range !== 'unicast') return range;
  // Of IPv6 only 2000::/3 is given out; the rest is reserved, or an old way to write IPv4.
  return parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL) ? 'reserved' : undefined;
}

/**
 * Refused even where private addresses are allowed: no feed and no medium is there, but the metadata services of
 * clouds are, in IPv4, in IPv6, and in IPv6 addresses that translators make of IPv4 ones.
 *
 * @returns "linkLocal", "cloudMetadata", or undefined for an address that may be asked where private ones may.
 */
export function neverAskedRange(address: string): string | undefined {
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'linkLocal') return 'linkLocal';
  if (METADATA_RANGES.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))) {
    return 'cloudMetadata';
  }
  if (parsed instanceof ipaddr.IPv4) return undefined;
  const { certain, possible } = embeddedIpv4(parsed);
  for (const embedded of certain) {
    const range = neverAskedRange(embedded);
    if (range !== undefined) return range;
  }
  return possible.some((embedded) => METADATA_HOSTS.has(embedded)) ? 'cloudMetadata' : undefined;
}
