import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { neverAskedRange, type RefusedRange } from './address-ranges.ts';
import { FetchError } from './fetch-error.ts';

/** As node:dns lookup with `all`; tests give their own. */
export type Resolve = (
  host: string,
  options: { all: true; family?: number },
  done: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => void;

export interface Guard {
  readonly refusedRange: RefusedRange;
  /** The host, with its port as in URL.host, that the user named himself: there only what is never asked is refused. */
  readonly namedHost?: string;
  /** What a refusal says behind the range: why, or what may be done. */
  readonly remedy: string;
  /** How names are resolved; node:dns by default. */
  readonly resolve?: Resolve;
  /** How long connecting may take. */
  readonly connectMs: number;
}

/**
 * Connects to addresses that may be asked only. It is asked at the very moment of connecting, and the socket connects to
 * what was judged, so a name that resolves to something else a moment later gains nothing; whoever is led elsewhere, by
 * a redirect or a link, comes by here again.
 */
export function guardedConnect(guard: Guard): buildConnector.connector {
  const strangers = connectorOf(guard.refusedRange, guard);
  const named = connectorOf(neverAskedRange, guard);
  return (options, done) => (options.host === guard.namedHost ? named : strangers)(options, done);
}

function connectorOf(refusedRange: RefusedRange, guard: Guard): buildConnector.connector {
  const { remedy, resolve, connectMs } = guard;
  const lookup = guardedLookup(refusedRange, remedy, resolve);
  // HTTP/1.1 alone: what is taken up where it ended was tried with that.
  const connect = buildConnector({ timeout: connectMs, allowH2: false, lookup });
  return (options, done) => {
    // A host named by its address is connected to without any lookup.
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) === 0 || refusedRange(host) === undefined) return connect({ ...options, hostname: host }, done);
    done(refusal(host, host, refusedRange, remedy), null);
  };
}

function guardedLookup(
  refusedRange: RefusedRange,
  remedy: string,
  resolveAll: Resolve = resolve as Resolve,
): LookupFunction {
  return (host, options, done) => {
    const family = typeof options.family === 'number' ? options.family : 0;
    resolveAll(host, { all: true, family }, (error, addresses) => {
      if (error) return done(error, '');
      const allowed = addresses.filter(({ address }) => refusedRange(address) === undefined);
      const [first] = allowed;
      if (!first) return done(refusal(host, addresses[0]?.address, refusedRange, remedy), '');
      if (options.all) return done(null, allowed);
      done(null, first.address, first.family);
    });
  };
}

function refusal(host: string, address: string | undefined, refusedRange: RefusedRange, remedy: string): FetchError {
  if (address === undefined) return new FetchError('unreachable', `${host} has no address`);
  const what = host === address ? address : `${host} is ${address}, which`;
  const never = neverAskedRange(address) !== undefined;
  return new FetchError(
    'refused',
    `${what} is no public address (${refusedRange(address)}); ${never ? 'nothing is ever fetched from there' : remedy}`,
  );
}
