import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { BY_STATE, FINDINGS_BY_CLIP, WITH_LEASES } from '../../functions/stores/schema.ts';
import type { ArchivistFunction } from '../archivist-function.ts';
import type { Settings } from '../settings-table.ts';
import type { WorkQueue } from '../work-queue.ts';
import { Alarms } from './alarms.ts';
import { functionAlarms } from './function-alarms.ts';
import { queueAlarms } from './queue-alarms.ts';
import { researchAlarms } from './research-alarms.ts';
import { tableAlarms } from './table-alarms.ts';

/** The parts of an archive that are watched. */
export interface ArchiveParts {
  readonly settings: Settings;
  readonly queues: Readonly<
    Record<'curatedClips' | 'curatedEpisodes' | 'pendingResearch' | 'completedResearch', WorkQueue>
  >;
  readonly functions: Readonly<
    Record<
      'clipsArchivist' | 'episodesArchivist' | 'pendingResearchArchivist' | 'completedResearchArchivist',
      ArchivistFunction
    >
  >;
  readonly tables: Readonly<Record<'collection' | 'leases', Table>>;
}

/** Every alarm of the archive, in the order of its data flow, with what it means there. */
export class ArchiveAlarms extends Alarms {
  constructor(scope: Construct, id: string, { settings, queues, functions, tables }: ArchiveParts) {
    super(scope, id, settings);
    for (const [queue, what] of [
      [queues.curatedClips, 'clips'],
      [queues.curatedEpisodes, 'episodes'],
    ] as const)
      queueAlarms(this, queue, {
        deadLetterImpact: `Curated ${what} were refused: they are not in the collection, or not up to date.`,
        deadLetterFirstStep: `${READ_REASON} A curator usually has to mend its feed.`,
        ageLimit: settings.curatedAgeLimit,
        ageImpact: `Curated ${what} are not archived, so new ones are not researched; nothing is lost.`,
        ageFirstStep: `See whether the ${what} archivist fails, is throttled or is disabled as a consumer of the queue.`,
        ageSection: 'curation-behind',
        // Its age tells whatever keeps the function from its work.
        essential: ['deadLetters', 'age'],
      });
    queueAlarms(this, queues.pendingResearch, {
      deadLetterImpact:
        'A work item was received again and again and never deleted; its lease ends by itself, so nothing is lost.',
      deadLetterFirstStep:
        'See whether a researcher crashes on receipt or may not delete messages; then purge the dead letters, never redrive them.',
      ageLimit: settings.pendingAgeLimit,
      ageImpact: 'Nobody takes the work that waits: nothing is researched.',
      ageFirstStep: 'See whether researchers run and may receive from the queue.',
      ageSection: 'work-items-wait',
      // Nothing is lost with a work item, and that nobody takes any has an alarm of its own.
      essential: [],
    });
    queueAlarms(this, queues.completedResearch, {
      deadLetterImpact: 'Results were refused: their pairs count as not researched and are done again.',
      deadLetterFirstStep: `${READ_REASON} A researcher usually has to be mended.`,
      ageLimit: settings.completedAgeLimit,
      ageImpact: 'Results are not recorded and no lease ends meanwhile; nothing is lost.',
      ageFirstStep: 'See whether the completed-research archivist fails, is throttled or uses all its time.',
      ageSection: 'results-wait',
      // That nothing is recorded any more is told by the alarm of the function; this one says that it cannot keep up.
      essential: ['deadLetters'],
    });

    const triggered = { settings, scheduled: false };
    functionAlarms(this, functions.clipsArchivist, { ...triggered, impact: 'Curated clips come late or not at all.' });
    functionAlarms(this, functions.episodesArchivist, {
      ...triggered,
      impact: 'Curated episodes come late or not at all.',
    });
    const scheduled = { settings, scheduled: true };
    functionAlarms(this, functions.pendingResearchArchivist, {
      ...scheduled,
      impact: 'Leases do not end and researchers get no new work.',
    });
    functionAlarms(this, functions.completedResearchArchivist, {
      ...scheduled,
      impact: 'Results wait in their queue and no lease ends.',
    });
    tableAlarms(this, 'Collection', tables.collection, [FINDINGS_BY_CLIP.name]);
    tableAlarms(this, 'Leases', tables.leases, [BY_STATE.name, WITH_LEASES.name]);
    researchAlarms(this, settings);
  }
}

const READ_REASON =
  'Read the reason in the message attributes of a dead letter: it names the field, the limit and what came.';
