const addresses = (list: string): string[] => (list === '' ? [] : list.split(','));

/** The feeds of the settings as the feed curator reads them from its environment. */
export function feedsVariable({ feeds, clipFeeds }: { readonly feeds: string; readonly clipFeeds: string }): string {
  return JSON.stringify({ episodes: addresses(feeds), clips: addresses(clipFeeds) });
}

/** @returns the first address that is none. */
export function wrongAddress(list: string): string | undefined {
  return addresses(list).find((address) => !URL.canParse(address));
}
