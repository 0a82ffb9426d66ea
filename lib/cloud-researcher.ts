import type { Construct } from 'constructs';
import type { Alarms } from './alarms/alarms.ts';
import { functionAlarms } from './alarms/function-alarms.ts';
import { ArchivistFunction } from './archivist-function.ts';
import type { Settings } from './settings-table.ts';
import { oneByOne } from './triggers.ts';
import type { WorkQueue } from './work-queue.ts';

export interface CloudResearcherProps {
  readonly settings: Settings;
  readonly root: string;
  readonly pendingResearch: WorkQueue;
  readonly completedResearch: WorkQueue;
  readonly alarms: Alarms;
}

/** Researchers on Lambda, for an archive without a machine of its own: one work item a run. */
export class CloudResearcher extends ArchivistFunction {
  constructor(scope: Construct, { settings, root, pendingResearch, completedResearch, alarms }: CloudResearcherProps) {
    super(scope, 'Researcher', {
      settings,
      root,
      description: 'Takes one work item, listens, and reports what it finds.',
      timeout: settings.researcherTimeout,
      memory: settings.researcherMemory,
      disk: settings.researcherDisk,
    });
    oneByOne(this, pendingResearch, settings.researchers);
    this.function.addEnvironment('RESEARCHER_DISK_MEBIBYTES', String(settings.researcherDisk));
    this.told('pendingResearchQueue', pendingResearch.queue.queueUrl);
    this.uses('completedResearchQueue', completedResearch.queue, 'sqs:SendMessage');
    functionAlarms(alarms, this, {
      settings,
      scheduled: false,
      impact: 'Work items are not researched in the cloud; their leases end by themselves.',
    });
  }
}
