/** Longest part of an address that is shown. */
const LONGEST_SHOWN = 200;

/**
 * An address as it may be shown, in logs, errors, summaries, the audit, reports and dead letters: of one in the web where
 * it leads, `https://media.example/…`. User, path and query are left out, for private feeds and media have their secrets
 * there, and nothing tells a secret part of a path from another. Paths of this machine's own files stay.
 *
 * @param address anything that somebody took for an address.
 */
export function shownAddress(address: string): string {
  const url = URL.parse(address);
  if (url?.protocol === 'file:') return cut(address);
  if (url?.host) return cut(`${url.protocol}//${url.host}${isBare(url) ? '/' : '/…'}`);
  if (url) return cut(`${url.protocol}…`);
  // No address, or one that refers to another. What stands before an @ is a user, wherever it begins.
  if (address.includes('@')) return '…';
  const end = address.search(/[/?#]/);
  return end < 0 ? cut(address) : cut(`${address.slice(0, end)}/…`);
}

/** A source as its keeper named it: of a feed in the web where it leads, and the path of a file or folder. */
export function shownSource(source: string): string {
  return /^\w{2,}:/.test(source) ? shownAddress(source) : source;
}

/** What an entry is called: its title, or where the medium is of one that has none. */
export function nameOrAddress({ title, mediaUri }: { readonly title: string; readonly mediaUri: string }): string {
  return title || shownAddress(mediaUri);
}

const isBare = ({ username, password, pathname, search, hash }: URL): boolean =>
  username === '' && password === '' && pathname === '/' && search === '' && hash === '';

const cut = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
