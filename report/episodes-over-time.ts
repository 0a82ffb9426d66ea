import type { CollectedEpisode } from './collected.ts';
import { calendar } from './shared/calendar.ts';
import type { Timeline } from './shared/report-data.ts';

/** Episodes by year or month aired, without gaps. */
export function timelineOf(episodes: readonly CollectedEpisode[]): Timeline {
  const days = episodes.flatMap(({ aired }) => (aired === null ? [] : [aired]));
  const { unit, buckets, bucketOf } = calendar(days);
  let undated = 0;
  for (const { aired, state, researched, plays } of episodes) {
    const bucket = aired === null ? undefined : bucketOf(aired);
    if (bucket === undefined) {
      undated++;
      continue;
    }
    bucket[state === 'complete' ? 'complete' : researched > 0 ? 'begun' : 'untouched']++;
    bucket.plays += plays;
  }
  return { unit, buckets, undated };
}
