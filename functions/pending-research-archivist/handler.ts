import { randomUUID } from 'node:crypto';
import { SqsPendingQueue } from '../queues/sqs-queues.ts';
import { dynamoDb, sqs } from '../runtime/clients.ts';
import { fromEnvironment, researchSettingsFromEnvironment } from '../runtime/environment.ts';
import { scheduledHandler } from '../runtime/scheduled-handler.ts';
import { DynamoCollection } from '../stores/dynamo-collection.ts';
import { DynamoLedgers } from '../stores/dynamo-ledgers.ts';
import { assignResearch } from './assign-research.ts';

const client = dynamoDb();
const collectionTable = fromEnvironment('collectionTable');
const leasesTable = fromEnvironment('leasesTable');
const collection = new DynamoCollection(client, collectionTable, leasesTable);
const ledgers = new DynamoLedgers(client, leasesTable, collectionTable);
const pendingQueue = new SqsPendingQueue(sqs(), fromEnvironment('pendingResearchQueue'));
const settings = researchSettingsFromEnvironment();

/** Ends leases, decides whether more work is wanted, and leases and publishes it. */
export const handler = scheduledHandler(
  (context) =>
    assignResearch({
      collection,
      ledgers,
      pendingQueue,
      settings,
      clock: Date.now,
      timeLeft: () => context.getRemainingTimeInMillis(),
      newLeaseId: randomUUID,
    }),
  (summary) => ({
    WorkItemsPublished: summary.published,
    Waiting: summary.waiting,
    Researchers: summary.researchers,
    BacklogAge: Math.round(summary.backlogAgeMs / 1000),
    WaitingUnattended: summary.waiting > 0 && summary.researchers === 0 ? 1 : 0,
    Lapsed: summary.ended.lapsed,
    Struck: summary.struck,
    Parked: summary.parked,
  }),
);
