import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { researchMetric } from '../metrics.ts';
import type { Settings } from '../settings-table.ts';
import type { Alarms } from './alarms.ts';

const hour = Duration.hours(1);

/** Alarms on the research itself, from the metrics that the code emits. */
export function researchAlarms(alarms: Alarms, settings: Settings): void {
  alarms.add('ParkedPairs', {
    metric: researchMetric(settings, 'Parked'),
    threshold: 1,
    impact:
      'Pairs or an episode were given up after four strikes: they are never researched until their media moves or somebody un-parks them.',
    firstStep: 'Ask why: the reason stands on the ledger; try to play the media URI yourself.',
    section: 'pairs-parked',
    // Nothing is emitted when nothing was parked.
    missing: TreatMissingData.NOT_BREACHING,
  });
  alarms.add('ResultsFail', {
    metric: failedShare(settings),
    threshold: settings.failedShare,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    impact: `More than ${settings.failedShare} % of the outcomes of the last hour are failures: a media host is down, or a researcher is broken; research goes on around it.`,
    firstStep:
      'See whether the failures name one host (then wait, nothing is parked by an outage) or one researcher (then stop it).',
    section: 'results-fail',
    // No outcome at all is no failure; that nobody researches has its own alarm.
    missing: TreatMissingData.NOT_BREACHING,
  });
  alarms.add('ResearchersGone', {
    metric: researchMetric(settings, 'WaitingUnattended', Duration.minutes(1)),
    threshold: 1,
    periods: settings.goneMinutes,
    essential: true,
    impact: 'Work waits and no researcher is alive: nothing is researched.',
    firstStep: 'Start a researcher, or see why the last one stopped: its machine, its network, its permissions.',
    section: 'researchers-gone',
    // Said by each run of the pending-research archivist while it is so; when that is silent, its own alarm speaks.
    missing: TreatMissingData.NOT_BREACHING,
  });
  alarms.add('WorkWasted', {
    metric: wastedShare(settings),
    threshold: settings.wastedShare,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    impact: `More than ${settings.wastedShare} % of the results of the last hour were there already: researchers do work twice.`,
    firstStep:
      'Compare late results with lapses: leases that end too early (raise silenceLimit or leaseDuration) or a researcher that repeats itself.',
    section: 'work-wasted',
    // No result, no waste.
    missing: TreatMissingData.NOT_BREACHING,
  });
}

/** Failures in percent of the outcomes of an hour; 0 while there are too few to tell. */
export function failedShare(settings: Settings): IMetric {
  return new MathExpression({
    expression: `IF(FILL(failures,0)+FILL(recorded,0)>=${settings.outcomesLeast}, 100*FILL(failures,0)/(FILL(failures,0)+FILL(recorded,0)), 0)`,
    usingMetrics: {
      failures: researchMetric(settings, 'Failures', hour),
      recorded: researchMetric(settings, 'PairsResearched', hour),
    },
    label: 'Failed outcomes (%)',
    period: hour,
  });
}

/** Duplicates in percent of what was recorded in an hour; 0 while there is too little to tell. */
export function wastedShare(settings: Settings): IMetric {
  return new MathExpression({
    expression: `IF(FILL(duplicates,0)+FILL(recorded,0)>=${settings.outcomesLeast}, 100*FILL(duplicates,0)/IF(FILL(recorded,0)>0, FILL(recorded,0), 1), 0)`,
    usingMetrics: {
      duplicates: researchMetric(settings, 'DuplicateResults', hour),
      recorded: researchMetric(settings, 'PairsResearched', hour),
    },
    label: 'Wasted work (duplicates / recorded, %)',
    period: hour,
  });
}
