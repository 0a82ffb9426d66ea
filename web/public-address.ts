import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/**
 * Refuses what resolves to an address of this machine or of a private network: a feed must not make its curator ask
 * the routers, printers and metadata services around it. (The name is resolved again for the request itself; who
 * needs to exclude that a name changes in between gives a `fetch` that checks the address it connects to.)
 *
 * @throws Error naming the address.
 */
export async function checkPublicAddress(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = ipaddr.isValid(host) ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
  for (const address of addresses) {
    const range = privateRange(address);
    if (range === undefined) continue;
    throw new Error(`${url.hostname} is ${address}, which is no public address (${range}); a feed may not lead there`);
  }
}

const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');

/** The range of an IP address that is not public ("private", "loopback", "linkLocal" …); undefined for a public one. */
export function privateRange(address: string): string | undefined {
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range !== 'unicast') return range;
  // Of IPv6 only 2000::/3 is given out; the rest is reserved, or an old way to write IPv4.
  return parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL) ? 'reserved' : undefined;
}
