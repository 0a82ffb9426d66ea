/**
 * Keys and indexes of the two tables: the one place that deploy time (lib/) and run time (stores/) share.
 *
 * Every key begins with the format version, so that a later layout can live beside this one; the trailing number of
 * an index key is a shard, always 0 today.
 */
export const FORMAT = '1';

export const PARTITION_KEY = 'pk';
export const SORT_KEY = 'sk';

/** Collection table, sparse: only findings carry `clipKey`. Lists the episodes of a clip, or (scanned) all findings. */
export const FINDINGS_BY_CLIP = { name: 'findingsByClip', partitionKey: 'clipKey', sortKey: 'episodeKey' } as const;

/** Leases table: the index of assignment. Nominates episodes of one state in the order of `position`. */
export const BY_STATE = { name: 'byState', partitionKey: 'stateKey', sortKey: 'position' } as const;

/** Leases table, sparse: only ledgers with leases carry `leasedKey`. One query gives every live lease. */
export const WITH_LEASES = {
  name: 'withLeases',
  partitionKey: 'leasedKey',
  sortKey: 'pk',
  projected: ['leases'],
} as const;
