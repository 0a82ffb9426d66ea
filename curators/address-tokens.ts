/**
 * Parameters of an address that say who may fetch it, and until when, rather than what it is: as content networks and
 * podcast hosts name them.
 */
const NAMES =
  /^(?:access[_-]?token|api[_-]?key|auth|authorization|awsaccesskeyid|cachebuster|exp|expires?|expiry|hdnea|hdnts|hmac|jwt|key-pair-id|nonce|policy|session(?:id)?|sid|sig|signature|tk|token|ts|timestamp|valid(?:from|to)|verify|x-amz-[\w-]+|x-goog-[\w-]+|__token__|_)$/i;

/** A value that no name would have: long, of letters and digits mixed, or a time in seconds or milliseconds. */
const LOOKS_LIKE_TOKEN = /^(?=.*\d)(?=.*[a-z])[\w.~+/=%-]{20,}$|^1\d{9}(?:\d{3})?$/i;

/** A path segment of signed addresses: `exp=…~hmac=…`, or a JSON web token. */
const SIGNED_SEGMENT = /^(?:[a-z]+=[^/~]*~[^/]*hmac=|eyJ[\w-]+\.[\w-]+\.[\w-]+$)/i;

/** An address without what changes from one look to the next while it leads to the same: of two that agree only that differs. */
export function withoutTokens(address: URL): string {
  const kept = [...address.searchParams].filter(([name, value]) => !NAMES.test(name) && !LOOKS_LIKE_TOKEN.test(value));
  const path = address.pathname.split('/').map((segment) => (SIGNED_SEGMENT.test(segment) ? '*' : segment));
  const query = kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`;
  return `${address.protocol}//${address.host}${path.join('/')}${query}`;
}
