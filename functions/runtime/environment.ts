import { MOST_CLIPS } from '../../domain/messages/limits.ts';
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

/** From the least to the most of each; durations are in seconds. */
const RESEARCH_SETTINGS: Readonly<Record<keyof ResearchSettings, readonly [least: number, most: number]>> = {
  leaseDuration: [0, Infinity],
  silenceLimit: [0, Infinity],
  heartbeat: [0, Infinity],
  rest1: [0, Infinity],
  rest2: [0, Infinity],
  rest3: [0, Infinity],
  retryRest: [0, Infinity],
  strikeMemory: [0, Infinity],
  unknownRetry: [0, Infinity],
  reopenInterval: [0, Infinity],
  minimumWaiting: [0, Infinity],
  clipsPerItem: [1, MOST_CLIPS],
};

/** Whole numbers, as they are counted. */
const COUNTS: ReadonlySet<string> = new Set<keyof ResearchSettings>(['minimumWaiting', 'clipsPerItem']);

/** The value of one environment variable. @throws Error that names the variable, when it is not set. */
export function fromEnvironment(name: keyof typeof ENVIRONMENT, environment = process.env): string {
  const value = environment[ENVIRONMENT[name]];
  if (!value)
    throw new Error(
      `The environment variable ${ENVIRONMENT[name]} is not set; the stack sets it on every function that reads it.`,
    );
  return value;
}

/** @throws Error when the variable is missing, or its JSON is no complete ResearchSettings: which is wrong, its limits, and what came */
export function researchSettingsFromEnvironment(environment = process.env): ResearchSettings {
  const given = JSON.parse(fromEnvironment('researchSettings', environment)) as Partial<Record<string, unknown>> | null;
  const settings = Object.entries(RESEARCH_SETTINGS).map(([name, [least, most]]) => {
    const value = given?.[name];
    const fits = typeof value === 'number' && value >= least && value <= most;
    if (fits && (Number.isInteger(value) || !COUNTS.has(name))) return [name, value] as const;
    const what = COUNTS.has(name) ? 'a whole number' : 'a number of seconds';
    const limits = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
    throw new Error(
      `${name} in the environment variable ${ENVIRONMENT.researchSettings} must be ${what}, ${limits}, but ${JSON.stringify(value)} came.`,
    );
  });
  return Object.fromEntries(settings) as unknown as ResearchSettings;
}
