import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { FetchError } from './fetch-error.ts';

/** As node:dns lookup with `all`; tests give their own. */
export type Resolve = (
  host: string,
  options: { all: true; family?: number },
  done: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => void;

/** The range for which an IP address is refused ("private", "loopback" …); undefined for one that may be asked. */
export type RefusedRange = (address: string) => string | undefined;

/**
 * A `lookup` for sockets that gives addresses that may be asked only. It is asked at the very moment of connecting, and the
 * socket connects to what it says, so a name that resolves to something else a moment later gains nothing.
 */
export function guardedLookup(refusedRange: RefusedRange, resolveAll: Resolve = resolve as Resolve): LookupFunction {
  return (host, options, done) => {
    const family = typeof options.family === 'number' ? options.family : 0;
    resolveAll(host, { all: true, family }, (error, addresses) => {
      if (error) return done(error, '');
      const allowed = addresses.filter(({ address }) => refusedRange(address) === undefined);
      const [first] = allowed;
      if (!first) return done(noAddress(host, addresses[0]?.address, refusedRange), '');
      if (options.all) return done(null, allowed);
      done(null, first.address, first.family);
    });
  };
}

/** Hosts named by address are connected to without any lookup, so they are checked by themselves. @throws FetchError */
export function assertAllowedHost(url: URL, refusedRange: RefusedRange): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && refusedRange(host) !== undefined) throw noAddress(host, host, refusedRange);
}

function noAddress(host: string, address: string | undefined, refusedRange: RefusedRange): FetchError {
  if (address === undefined) return new FetchError('unreachable', `${host} has no address`);
  const what = host === address ? address : `${host} is ${address}, which`;
  const range = refusedRange(address);
  const remedy =
    range === 'linkLocal'
      ? 'never fetched from there'
      : 'fetched from there only where that is allowed (--allow-private)';
  return new FetchError('refused', `${what} is no public address (${range}); media are ${remedy}`);
}
