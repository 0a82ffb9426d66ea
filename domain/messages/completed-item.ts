import type { CompletedResearchItem, EpisodeInfo } from './definitions.ts';

/** A completed research item that says nothing but what `fields` say: without any, a sign of life without a lease. */
export function completedItem(
  episodeInfo: EpisodeInfo,
  fields: Partial<Omit<CompletedResearchItem, 'episodeInfo'>> = {},
): CompletedResearchItem {
  return {
    episodeInfo,
    episodeDuration: 0,
    episodeHash: '',
    unheard: [],
    clipDuration: 0,
    clipHash: '',
    clipOffsets: [],
    leaseId: '',
    revokeLease: false,
    researcher: '',
    analyzer: '',
    clipScores: [],
    clipHeardFrom: [],
    clipHeardTo: [],
    failure: '',
    results: [],
    notFound: [],
    ...fields,
  };
}
