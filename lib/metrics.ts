import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { metricsNamespace } from './archivist-function.ts';
import type { Settings } from './settings-table.ts';

const PENDING = 'pending-research-archivist';
const COMPLETED = 'completed-research-archivist';

/**
 * What the code emits (embedded metric format), and which service emits it; nothing means 0. Gauges are read once a run.
 */
export const RESEARCH_METRICS = {
  WorkItemsPublished: { services: [PENDING], kind: 'count' },
  Lapsed: { services: [PENDING], kind: 'count' },
  Waiting: { services: [PENDING], kind: 'gauge' },
  Researchers: { services: [PENDING], kind: 'gauge' },
  BacklogAge: { services: [PENDING], kind: 'gauge' },
  /** 1 of a run that saw work wait and nobody who could take it. */
  WaitingUnattended: { services: [PENDING], kind: 'count' },
  PairsResearched: { services: [COMPLETED], kind: 'count' },
  Findings: { services: [COMPLETED], kind: 'count' },
  Negatives: { services: [COMPLETED], kind: 'count' },
  LateResults: { services: [COMPLETED], kind: 'count' },
  DuplicateResults: { services: [COMPLETED], kind: 'count' },
  Failures: { services: [COMPLETED], kind: 'count' },
  Struck: { services: [PENDING, COMPLETED], kind: 'count' },
  Parked: { services: [PENDING, COMPLETED], kind: 'count' },
} as const satisfies Record<string, { services: readonly string[]; kind: 'count' | 'gauge' }>;
export type ResearchMetric = keyof typeof RESEARCH_METRICS;

/** A metric of the code over all services that emit it: counts are summed, of gauges the highest is taken. */
export function researchMetric(
  settings: Settings,
  name: ResearchMetric,
  period: Duration = Duration.minutes(5),
): IMetric {
  const { services, kind } = RESEARCH_METRICS[name];
  const metrics = services.map(
    (service) =>
      new Metric({
        namespace: metricsNamespace(settings),
        metricName: name,
        dimensionsMap: { service },
        statistic: kind === 'gauge' ? Stats.MAXIMUM : Stats.SUM,
        period,
        label: name,
      }),
  );
  if (kind === 'gauge') return sumOf(metrics, name, name.toLowerCase(), period);
  return metrics.length === 1 ? metrics[0]! : sumOf(metrics, name, name.toLowerCase());
}

/**
 * The sum of metrics of which some may have no data: a plain sum would have none either, and blind its alarm.
 *
 * @param prefix of the ids inside the expression; differs for sums that meet in one expression or graph
 */
export function sumOf(
  metrics: readonly IMetric[],
  label: string,
  prefix: string,
  period = Duration.minutes(5),
): IMetric {
  const named = metrics.map((metric, index) => [`${prefix}${index}`, metric] as const);
  return new MathExpression({
    expression: named.map(([id]) => `FILL(${id},0)`).join('+'),
    usingMetrics: Object.fromEntries(named),
    label,
    period,
  });
}
