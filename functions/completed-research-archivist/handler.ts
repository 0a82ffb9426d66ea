import { SqsCompletedQueue, SqsDeadLetters } from '../queues/sqs-queues.ts';
import { dynamoDb, sqs, sqsWithoutRetries } from '../runtime/clients.ts';
import { fromEnvironment, researchSettingsFromEnvironment } from '../runtime/environment.ts';
import { scheduledHandler } from '../runtime/scheduled-handler.ts';
import { DynamoCollection } from '../stores/dynamo-collection.ts';
import { DynamoLedgers } from '../stores/dynamo-ledgers.ts';
import { recordResearch } from './drain.ts';

const client = dynamoDb();
const queues = sqs();
const collectionTable = fromEnvironment('collectionTable');
const leasesTable = fromEnvironment('leasesTable');
const collection = new DynamoCollection(client, collectionTable, leasesTable);
const ledgers = new DynamoLedgers(client, leasesTable, collectionTable);
const completedQueue = new SqsCompletedQueue(queues, fromEnvironment('completedResearchQueue'), sqsWithoutRetries());
const deadLetters = new SqsDeadLetters(queues, fromEnvironment('deadLetters'));
const settings = researchSettingsFromEnvironment();
const visibilityMs = Number(fromEnvironment('drainVisibility')) * 1000;

/** Drains the queue of results: records them, renews leases, and says up to when everything is known. */
export const handler = scheduledHandler(
  (context) =>
    recordResearch({
      collection,
      ledgers,
      completedQueue,
      deadLetters,
      understanding: () => import('./understand.ts'),
      settings,
      clock: Date.now,
      timeLeft: () => context.getRemainingTimeInMillis(),
      runId: context.awsRequestId,
      visibilityMs,
    }),
  (summary) => ({
    PairsResearched: summary.researched,
    Findings: summary.findings,
    Negatives: summary.negatives,
    LateResults: summary.late,
    DuplicateResults: summary.duplicates,
    Failures: summary.failuresCounted,
    Struck: summary.clipsStruck + summary.episodesStruck,
    Parked: summary.parked,
  }),
);
