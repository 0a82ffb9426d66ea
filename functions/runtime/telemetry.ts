import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** One structured line an outcome; service and level come from the environment. */
export const logger = new Logger();

/** Embedded metric format: metrics are log lines. */
const metrics = new Metrics();

/** Metrics that the code emits, with their units: the dashboard and the alarms show these and no others. */
export const METRICS = {
  WorkItemsPublished: MetricUnit.Count,
  Waiting: MetricUnit.Count,
  Researchers: MetricUnit.Count,
  BacklogAge: MetricUnit.Seconds,
  WaitingUnattended: MetricUnit.Count,
  Lapsed: MetricUnit.Count,
  PairsResearched: MetricUnit.Count,
  Findings: MetricUnit.Count,
  Negatives: MetricUnit.Count,
  LateResults: MetricUnit.Count,
  DuplicateResults: MetricUnit.Count,
  Failures: MetricUnit.Count,
  Struck: MetricUnit.Count,
  Parked: MetricUnit.Count,
} as const;

/**
 * Writes the metrics of one run as one line. At once, not by middleware: that warns of every invocation without any.
 * What is 0 is left out: CloudWatch charges by the hour for each metric that says anything, and an idle archive has
 * nothing to say. Alarms and graphs take nothing for 0.
 */
export function emit(values: Partial<Record<keyof typeof METRICS, number>>): void {
  const said = (Object.entries(values) as [keyof typeof METRICS, number][]).filter(([, value]) => value !== 0);
  if (said.length === 0) return;
  for (const [name, value] of said) metrics.addMetric(name, METRICS[name], value);
  metrics.publishStoredMetrics();
}

/** Each log line says of which invocation it is. */
export const logContext = injectLambdaContext(logger, { resetKeys: true });
