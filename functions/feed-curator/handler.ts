import { dynamoDb, sqs } from '../runtime/clients.ts';
import { fromEnvironment } from '../runtime/environment.ts';
import { scheduledHandler } from '../runtime/scheduled-handler.ts';
import { logger } from '../runtime/telemetry.ts';
import { curateAllFeeds } from './curate-all-feeds.ts';
import { DynamoCurationStore } from './dynamo-curation-store.ts';
import { feedsFrom } from './feeds.ts';
import { SqsCuratedQueue } from './sqs-curated-queue.ts';

const feeds = feedsFrom(fromEnvironment('feeds'));
const queues = sqs();
const store = new DynamoCurationStore(dynamoDb(), fromEnvironment('collectionTable'));
const clips = new SqsCuratedQueue(queues, fromEnvironment('curatedClipsQueue'));
const episodes = new SqsCuratedQueue(queues, fromEnvironment('curatedEpisodesQueue'));

/** Asks the feeds what is new, and sends that to the archive. */
export const handler = scheduledHandler(
  (context) =>
    curateAllFeeds(feeds, {
      queues: { clips, episodes },
      store,
      clock: Date.now,
      timeLeft: () => context.getRemainingTimeInMillis(),
      onProblem: (feed, what, reason) => logger.warn('Entry skipped', { feed, what, reason }),
      onNotice: (feed, notice) => logger.warn('The feed', { feed, notice }),
    }),
  () => ({}),
);
