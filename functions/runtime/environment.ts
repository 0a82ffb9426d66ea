import * as z from 'zod/mini';
import { MOST_CLIPS } from '../../domain/messages.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';

/** Names of the environment variables that the stack gives to the functions. */
export const ENVIRONMENT = {
  collectionTable: 'COLLECTION_TABLE',
  leasesTable: 'LEASES_TABLE',
  pendingResearchQueue: 'PENDING_RESEARCH_QUEUE_URL',
  completedResearchQueue: 'COMPLETED_RESEARCH_QUEUE_URL',
  curatedClipsQueue: 'CURATED_CLIPS_QUEUE_URL',
  curatedEpisodesQueue: 'CURATED_EPISODES_QUEUE_URL',
  /** JSON of the feeds to curate: { "episodes": [address …], "clips": [address …] }. */
  feeds: 'FEEDS',
  /** The dead-letter queue of the queue that the function consumes. */
  deadLetters: 'DEAD_LETTERS_QUEUE_URL',
  /** JSON of ResearchSettings. */
  researchSettings: 'RESEARCH_SETTINGS',
  /** Seconds a message of the completed-research queue stays hidden after a receive. */
  drainVisibility: 'DRAIN_VISIBILITY_SECONDS',
} as const;

const seconds = z.number().check(z.nonnegative());

const researchSettings: z.ZodMiniType<ResearchSettings> = z.object({
  leaseDuration: seconds,
  silenceLimit: seconds,
  heartbeat: seconds,
  rest1: seconds,
  rest2: seconds,
  rest3: seconds,
  retryRest: seconds,
  strikeMemory: seconds,
  unknownRetry: seconds,
  reopenInterval: seconds,
  minimumWaiting: z.int().check(z.nonnegative()),
  clipsPerItem: z.int().check(z.minimum(1), z.maximum(MOST_CLIPS)),
});

/** The value of one environment variable. @throws Error that names the variable, when it is not set. */
export function fromEnvironment(name: keyof typeof ENVIRONMENT, environment = process.env): string {
  const value = environment[ENVIRONMENT[name]];
  if (!value)
    throw new Error(
      `The environment variable ${ENVIRONMENT[name]} is not set; the stack sets it on every function that reads it.`,
    );
  return value;
}

/** @throws Error when the variable is missing or its JSON is not a complete ResearchSettings. */
export function researchSettingsFromEnvironment(environment = process.env): ResearchSettings {
  return researchSettings.parse(JSON.parse(fromEnvironment('researchSettings', environment)));
}
