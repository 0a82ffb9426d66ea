import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { BY_STATE, WITH_LEASES } from '../functions/stores/schema.ts';
import { ArchiveAlarms } from './alarms/archive-alarms.ts';
import { ArchivistFunction } from './archivist-function.ts';
import { ClientPolicies } from './client-policies.ts';
import { CloudResearcher } from './cloud-researcher.ts';
import { CollectionTable } from './collection-table.ts';
import { ArchiveDashboard } from './dashboard.ts';
import { FeedCurator } from './feed-curator.ts';
import { LeasesTable } from './leases-table.ts';
import { ARCHIVE, CHOOSE, indexArn, KEEP, LOOK_UP } from './permissions.ts';
import { curatedVisibility, researchSettings } from './settings.ts';
import type { Settings } from './settings-table.ts';
import { TestEvents } from './test-events.ts';
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
    const { settings, root, ...stackProps } = props;
    super(scope, id, { description: 'Answers where each clip was played in a podcast archive.', ...stackProps });
    const { queueRetention, deadLetterRetention } = settings;
    const research = JSON.stringify(researchSettings(settings));

    // Curators send what they find, again and again.
    const curated = {
      visibility: curatedVisibility(settings),
      retention: queueRetention,
      deadLetterRetention,
      receiveLimit: settings.curatedReceiveLimit,
    };
    const curatedClips = new WorkQueue(this, 'CuratedClips', curated);
    const curatedEpisodes = new WorkQueue(this, 'CuratedEpisodes', curated);

    const collection = new CollectionTable(this, 'Collection').table;
    const leases = new LeasesTable(this, 'Leases').table;

    const curation = { settings, root, timeout: settings.curationTimeout, memory: settings.curationMemory };
    const clipsArchivist = new ArchivistFunction(this, 'ClipsArchivist', {
      ...curation,
      description: 'Archives curated clips.',
    });
    triggeredBy(clipsArchivist, curatedClips, settings);
    clipsArchivist.uses('collectionTable', collection, ...ARCHIVE);
    clipsArchivist.uses('deadLetters', curatedClips.deadLetters, 'sqs:SendMessage');

    const episodesArchivist = new ArchivistFunction(this, 'EpisodesArchivist', {
      ...curation,
      description: 'Archives curated episodes and makes their ledgers.',
    });
    triggeredBy(episodesArchivist, curatedEpisodes, settings);
    episodesArchivist.uses('collectionTable', collection, ...ARCHIVE);
    episodesArchivist.uses('leasesTable', leases, ...KEEP);
    episodesArchivist.uses('deadLetters', curatedEpisodes.deadLetters, 'sqs:SendMessage');

    // Researchers take work items, one lease each.
    const pendingResearch = new WorkQueue(this, 'PendingResearch', {
      fifo: true,
      visibility: settings.pendingVisibility,
      retention: settings.pendingRetention,
      deadLetterRetention,
      receiveLimit: settings.pendingReceiveLimit,
    });
    const pendingResearchArchivist = new ArchivistFunction(this, 'PendingResearchArchivist', {
      settings,
      root,
      description: 'Ends leases, chooses what to research next, and publishes work items.',
      timeout: settings.assignTimeout,
      memory: settings.assignMemory,
    });
    everyMinute(pendingResearchArchivist);
    pendingResearchArchivist.told('researchSettings', research);
    pendingResearchArchivist.uses('collectionTable', collection, ...CHOOSE);
    // An episode whose ledger cannot be read is set aside by an update of its keys alone.
    pendingResearchArchivist.uses('leasesTable', leases, ...KEEP, 'dynamodb:UpdateItem');
    pendingResearchArchivist.permit(indexArn(leases, BY_STATE), ...LOOK_UP);
    pendingResearchArchivist.permit(indexArn(leases, WITH_LEASES), ...LOOK_UP);
    pendingResearchArchivist.uses(
      'pendingResearchQueue',
      pendingResearch.queue,
      'sqs:SendMessage',
      'sqs:GetQueueAttributes',
    );

    // They report what they found, and that they live.
    const completedResearch = new WorkQueue(this, 'CompletedResearch', {
      visibility: settings.drainVisibility,
      retention: queueRetention,
      deadLetterRetention,
      receiveLimit: settings.drainedReceiveLimit,
    });
    const completedResearchArchivist = new ArchivistFunction(this, 'CompletedResearchArchivist', {
      settings,
      root,
      description: 'Drains the completed research: records findings and keeps the ledgers.',
      timeout: settings.drainTimeout,
      memory: settings.drainMemory,
    });
    everyMinute(completedResearchArchivist);
    completedResearchArchivist.told('researchSettings', research);
    completedResearchArchivist.told('drainVisibility', String(settings.drainVisibility));
    completedResearchArchivist.uses(
      'completedResearchQueue',
      completedResearch.queue,
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
    );
    completedResearchArchivist.uses('collectionTable', collection, ...CHOOSE, 'dynamodb:PutItem');
    completedResearchArchivist.uses('leasesTable', leases, ...KEEP);
    completedResearchArchivist.uses('deadLetters', completedResearch.deadLetters, 'sqs:SendMessage');

    const queues = { curatedClips, curatedEpisodes, pendingResearch, completedResearch };
    const functions = { clipsArchivist, episodesArchivist, pendingResearchArchivist, completedResearchArchivist };
    const parts = { settings, queues, functions, tables: { collection, leases } };
    const alarms = new ArchiveAlarms(this, 'Alarms', parts);
    if (settings.researchers > 0)
      new CloudResearcher(this, { settings, root, pendingResearch, completedResearch, alarms });
    if (settings.feeds !== '' || settings.clipFeeds !== '') {
      new FeedCurator(this, { settings, root, curatedClips, curatedEpisodes, collection, alarms });
    }
    if (settings.dashboard === 'on') new ArchiveDashboard(this, 'Dashboard', parts, alarms);
    if (settings.testEvents !== 'off')
      new TestEvents(this, 'TestEvents', { mode: settings.testEvents, root, functions: Object.values(functions) });
    new ClientPolicies(this, 'Clients', { ...queues, leases });
    // The command line says by them until when a lease lives and a pair rests.
    new CfnOutput(this, 'ResearchSettings', { value: research });
  }
}
