/** The lengths (code points) of what says where an entry comes from; curators shorten to these. */
export const SOURCE_LIMITS = { source: 250, sourceId: 2048, show: 250, revision: 128 } as const;

/**
 * More clips never go into one work item, a lease has a bitset of so many, and one message has at most as many results:
 * of 200 bytes a clip, 5,000 are what fits into a message of 1 MiB.
 */
export const MOST_CLIPS = 5_000;

/** So many stretches of an episode are told at most; a researcher joins the nearest of more. */
export const MOST_UNHEARD_STRETCHES = 100;
