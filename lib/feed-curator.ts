import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Alarms } from './alarms/alarms.ts';
import { functionAlarms } from './alarms/function-alarms.ts';
import { ArchivistFunction } from './archivist-function.ts';
import { feedsVariable } from './feeds-variable.ts';
import type { Settings } from './settings-table.ts';
import { scheduled } from './triggers.ts';
import type { WorkQueue } from './work-queue.ts';

export interface FeedCuratorProps {
  readonly settings: Settings;
  readonly root: string;
  readonly curatedClips: WorkQueue;
  readonly curatedEpisodes: WorkQueue;
  readonly collection: Table;
  readonly alarms: Alarms;
}

/** A curator in the stack itself, for feeds on the web. What it sent before it keeps in the Collection table. */
export class FeedCurator extends ArchivistFunction {
  constructor(scope: Construct, props: FeedCuratorProps) {
    const { settings, root, curatedClips, curatedEpisodes, collection, alarms } = props;
    super(scope, 'FeedCurator', {
      settings,
      root,
      description: 'Asks the feeds what is new, and sends that to the archive.',
      timeout: settings.feedTimeout,
      memory: settings.feedMemory,
    });
    scheduled(this, 'Period', settings.feedPeriod);
    this.told('feeds', feedsVariable(settings));
    this.uses('curatedClipsQueue', curatedClips.queue, 'sqs:SendMessage');
    this.uses('curatedEpisodesQueue', curatedEpisodes.queue, 'sqs:SendMessage');
    this.uses('collectionTable', collection, 'dynamodb:GetItem', 'dynamodb:PutItem');
    functionAlarms(alarms, this, {
      settings,
      scheduled: false,
      essential: true,
      impact: 'New episodes or clips of the feeds are not curated.',
    });
  }
}
