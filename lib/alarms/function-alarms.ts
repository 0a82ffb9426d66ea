import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ArchivistFunction } from '../archivist-function.ts';
import { FIXED } from '../fixed.ts';
import type { Settings } from '../settings-table.ts';
import type { Alarms, ArchivistAlarmProps } from './alarms.ts';

export interface FunctionAlarmsProps {
  readonly settings: Settings;
  /** What stops, or comes late, while the function does not do its work. */
  readonly impact: string;
  /** Whether a schedule runs it every minute; else a queue does when there is something to do. */
  readonly scheduled: boolean;
  /** Whether nothing else tells that it fails: no queue grows, and no schedule runs it every minute. */
  readonly essential?: boolean;
}

const fiveMinutes = (statistic: string) => ({ period: Duration.minutes(5), statistic });
const eachMinute = (statistic: string) => ({ period: Duration.seconds(FIXED.schedulePeriod), statistic });

/**
 * Among so many minutes three failed runs count. An episode whose ledger is damaged fails one run and rests for
 * retryRest; in a shorter time its errors would never be three.
 */
function errorMinutes({ retryRest }: Settings): number {
  const fromErrorToError = Math.ceil(retryRest / FIXED.schedulePeriod) + 1;
  return Math.min(DAY_MINUTES, 2 * fromErrorToError + 5);
}
/** Periods of an alarm may make a day at most. */
const DAY_MINUTES = 1440;

/** Errors, throttles and long runs; and for a scheduled function its silence. */
export function functionAlarms(alarms: Alarms, archivist: ArchivistFunction, props: FunctionAlarmsProps): void {
  const { settings, impact, scheduled } = props;
  const { id } = archivist.node;
  const lambda = archivist.function;
  const timeoutMs = lambda.timeout!.toMilliseconds();
  const logs = `the log of ${archivist.service} for the last line with level ERROR`;

  alarms.add(`${id}Errors`, {
    // The next minute makes up for one failed run, so three count; a batch that fails as a whole counts alone.
    metric: lambda.metricErrors(scheduled ? eachMinute(Stats.SUM) : fiveMinutes(Stats.SUM)),
    threshold: 1,
    ...(scheduled ? { periods: errorMinutes(settings), breaching: 3 } : {}),
    impact,
    firstStep: `Read ${logs}.`,
    section: 'function-errors',
    essential: props.essential ?? false,
    // Lambda reports nothing when nothing ran; that is the business of the alarms for silence and age.
    missing: TreatMissingData.NOT_BREACHING,
  });
  alarms.add(`${id}Throttles`, {
    metric: lambda.metricThrottles(fiveMinutes(Stats.SUM)),
    threshold: 1,
    impact,
    firstStep:
      "Look at the account's concurrent executions of Lambda: another function uses them up, or the limit is that of a new account.",
    section: 'function-throttled',
    missing: TreatMissingData.NOT_BREACHING,
  });
  alarms.add(`${id}Duration`, {
    metric: lambda.metricDuration(fiveMinutes(Stats.MAXIMUM)),
    threshold: (timeoutMs * settings.timeoutShare) / 100,
    // Scheduled runs use the time they have when there is much to do; half an hour of it means that they fall behind.
    periods: scheduled ? 6 : 1,
    impact: `Runs take ${settings.timeoutShare} % of the timeout (${timeoutMs / 1000} s) or more and may be cut off. ${impact}`,
    firstStep: `See in the trace of ${archivist.service} what takes the time (-c tracing=on); more memory makes it faster.`,
    section: 'function-slow',
    missing: TreatMissingData.NOT_BREACHING,
  });
  if (!scheduled) return;
  if (settings.alarms === 'essential') alarms.add(`${id}Stopped`, stopped(lambda, settings, impact, archivist.service));
  alarms.add(`${id}Silent`, {
    metric: lambda.metricInvocations(eachMinute(Stats.SUM)),
    threshold: 1,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    periods: settings.silentMinutes,
    impact,
    firstStep: `See whether the schedule of ${archivist.service} is enabled and its role may invoke the function.`,
    section: 'schedule-silent',
    // No data is exactly what a schedule that does not fire looks like.
    missing: TreatMissingData.BREACHING,
  });
}

/**
 * One alarm instead of those for errors, throttles and silence: Lambda reports 0 errors of a run that went well, and
 * nothing at all when none ran. So a minute in which none went well counts, whatever the reason.
 */
function stopped(
  lambda: ArchivistFunction['function'],
  settings: Settings,
  impact: string,
  service: string,
): ArchivistAlarmProps {
  return {
    metric: lambda.metricErrors(eachMinute(Stats.SUM)),
    threshold: 1,
    periods: settings.silentMinutes,
    impact,
    firstStep: `Read the log of ${service} for the last line with level ERROR; if it has no line of the last minutes, its schedule does not run it.`,
    section: 'function-stopped',
    essential: true,
    missing: TreatMissingData.BREACHING,
  };
}
