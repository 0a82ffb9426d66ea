/** A media URI that a page may load and link. */
export interface SafeMedia {
  readonly href: string;
  readonly kind: 'web' | 'file';
  /** The host of a web address. */
  readonly host: string;
}

/**
 * Only web addresses and files of the viewer's own machine may be loaded. Everything else that a feed can name (scripts,
 * data, shares of other machines, which would be sent the viewer's credentials) is shown as text.
 */
export function safeMedia(uri: string): SafeMedia | undefined {
  if (isLeftOut(uri) || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    // Credentials in an address serve to make it look like another one.
    return url.username || url.password ? undefined : { href: url.href, kind: 'web', host: url.host };
  }
  // A path that begins with two slashes names a share, too.
  const local = url.protocol === 'file:' && url.host === '' && !/^\/[/\\]|%2f%2f|%5c/i.test(url.pathname);
  return local ? { href: url.href, kind: 'file', host: '' } : undefined;
}

/** Whether only the host of an address is told: no URL has a bare ellipsis. */
export const isLeftOut = (uri: string): boolean => uri.endsWith('…');
