import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/runtime/environment.ts';
import { BY_STATE, WITH_LEASES } from '../functions/stores/schema.ts';
import { ArchivistFunction } from './archivist-function.ts';
import { ClientPolicies } from './client-policies.ts';
import { CollectionTable } from './collection-table.ts';
import { LeasesTable } from './leases-table.ts';
import { curatedVisibility, researchSettings, type Settings } from './settings.ts';
import { everyMinute, triggeredBy } from './triggers.ts';
import { WorkQueue } from './work-queue.ts';

export interface ArchivistStackProps extends StackProps {
  readonly settings: Settings;
  /** Folder of the project, where the functions' sources are. */
  readonly root: string;
}

/**
 * The whole archive, in the order in which its data flows: curated clips and episodes → collection → pending research →
 * researchers → completed research → findings.
 */
export class ArchivistStack extends Stack {
  constructor(scope: Construct, id: string, props: ArchivistStackProps) {
    super(scope, id, { description: 'Answers where each clip was played in a podcast archive.', ...props });
    const { settings, root } = props;
    const common = { settings, root };
    const research = JSON.stringify(researchSettings(settings));

    const curated = {
      visibility: curatedVisibility(settings),
      retention: settings.queueRetention,
      deadLetterRetention: settings.deadLetterRetention,
      receiveLimit: settings.curatedReceiveLimit,
    };
    const curatedClips = new WorkQueue(this, 'CuratedClips', curated);
    const curatedEpisodes = new WorkQueue(this, 'CuratedEpisodes', curated);

    const collection = new CollectionTable(this, 'Collection').table;
    const leases = new LeasesTable(this, 'Leases').table;

    const clipsArchivist = new ArchivistFunction(this, 'ClipsArchivist', {
      ...common,
      description: 'Archives curated clips.',
      timeout: settings.curationTimeout,
      memory: settings.curationMemory,
      environment: {
        [ENVIRONMENT.collectionTable]: collection.tableName,
        [ENVIRONMENT.deadLetters]: curatedClips.deadLetters.queueUrl,
      },
    });
    triggeredBy(clipsArchivist, curatedClips, settings);
    clipsArchivist.permit(collection.tableArn, ...ARCHIVE);
    clipsArchivist.permit(curatedClips.deadLetters.queueArn, 'sqs:SendMessage');

    const episodesArchivist = new ArchivistFunction(this, 'EpisodesArchivist', {
      ...common,
      description: 'Archives curated episodes and makes their ledgers.',
      timeout: settings.curationTimeout,
      memory: settings.curationMemory,
      environment: {
        [ENVIRONMENT.collectionTable]: collection.tableName,
        [ENVIRONMENT.leasesTable]: leases.tableName,
        [ENVIRONMENT.deadLetters]: curatedEpisodes.deadLetters.queueUrl,
      },
    });
    triggeredBy(episodesArchivist, curatedEpisodes, settings);
    episodesArchivist.permit(collection.tableArn, ...ARCHIVE);
    episodesArchivist.permit(leases.tableArn, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    episodesArchivist.permit(curatedEpisodes.deadLetters.queueArn, 'sqs:SendMessage');

    const pendingResearch = new WorkQueue(this, 'PendingResearch', {
      fifo: true,
      visibility: settings.pendingVisibility,
      retention: settings.pendingRetention,
      deadLetterRetention: settings.deadLetterRetention,
      receiveLimit: settings.pendingReceiveLimit,
    });
    const pendingResearchArchivist = new ArchivistFunction(this, 'PendingResearchArchivist', {
      ...common,
      description: 'Ends leases, chooses what to research next, and publishes work items.',
      timeout: settings.assignTimeout,
      memory: settings.assignMemory,
      environment: {
        [ENVIRONMENT.collectionTable]: collection.tableName,
        [ENVIRONMENT.leasesTable]: leases.tableName,
        [ENVIRONMENT.pendingResearchQueue]: pendingResearch.queue.queueUrl,
        [ENVIRONMENT.researchSettings]: research,
      },
    });
    everyMinute(pendingResearchArchivist);
    pendingResearchArchivist.permit(collection.tableArn, ...CATALOGUE, 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    pendingResearchArchivist.permit(leases.tableArn, ...LEDGERS);
    pendingResearchArchivist.permit(indexArn(leases, BY_STATE), 'dynamodb:Query');
    pendingResearchArchivist.permit(indexArn(leases, WITH_LEASES), 'dynamodb:Query');
    pendingResearchArchivist.permit(pendingResearch.queue.queueArn, 'sqs:SendMessage', 'sqs:GetQueueAttributes');

    const completedResearch = new WorkQueue(this, 'CompletedResearch', {
      visibility: settings.drainVisibility,
      retention: settings.queueRetention,
      deadLetterRetention: settings.deadLetterRetention,
      receiveLimit: settings.drainedReceiveLimit,
    });
    const completedResearchArchivist = new ArchivistFunction(this, 'CompletedResearchArchivist', {
      ...common,
      description: 'Drains the completed research: records findings and keeps the ledgers.',
      timeout: settings.drainTimeout,
      memory: settings.drainMemory,
      environment: {
        [ENVIRONMENT.collectionTable]: collection.tableName,
        [ENVIRONMENT.leasesTable]: leases.tableName,
        [ENVIRONMENT.completedResearchQueue]: completedResearch.queue.queueUrl,
        [ENVIRONMENT.deadLetters]: completedResearch.deadLetters.queueUrl,
        [ENVIRONMENT.researchSettings]: research,
        [ENVIRONMENT.drainVisibility]: String(settings.drainVisibility),
      },
    });
    everyMinute(completedResearchArchivist);
    completedResearchArchivist.permit(collection.tableArn, ...CATALOGUE, 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    completedResearchArchivist.permit(leases.tableArn, ...LEDGERS);
    completedResearchArchivist.permit(
      completedResearch.queue.queueArn,
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
    );
    completedResearchArchivist.permit(completedResearch.deadLetters.queueArn, 'sqs:SendMessage');

    new ClientPolicies(this, 'Clients', { curatedClips, curatedEpisodes, pendingResearch, completedResearch });
  }
}

/** Reads, and the single actions of which a transaction is made. */
const CATALOGUE = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const ARCHIVE = [...CATALOGUE, 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'];
const LEDGERS = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
];

/** The one index, not `/index/*`. */
function indexArn(table: Table, index: { readonly name: string }): string {
  return `${table.tableArn}/index/${index.name}`;
}
