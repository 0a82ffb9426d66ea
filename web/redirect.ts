/**
 * Where a `Location` header leads; undefined if that is no http or https address. Each byte of a header comes as one
 * character: whatever encoding the server meant, it gets its bytes back.
 */
export function redirectTarget(location: string, from: URL): URL | undefined {
  const encoded = location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  const url = URL.parse(encoded, from.href);
  return url && isWeb(url) ? url : undefined;
}

export function isWeb(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}
