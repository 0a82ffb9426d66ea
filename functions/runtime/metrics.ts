/** Metrics that the code emits, with their units: the dashboard and the alarms show these and no others. */
export const METRICS = {
  WorkItemsPublished: 'Count',
  Waiting: 'Count',
  Researchers: 'Count',
  BacklogAge: 'Seconds',
  WaitingUnattended: 'Count',
  Lapsed: 'Count',
  PairsResearched: 'Count',
  Findings: 'Count',
  Negatives: 'Count',
  LateResults: 'Count',
  DuplicateResults: 'Count',
  Failures: 'Count',
  Struck: 'Count',
  Parked: 'Count',
} as const;

export type Metric = keyof typeof METRICS;

/** The variables that Powertools takes, so that the log and the metrics of a function go by one name. */
const NAMESPACE = 'POWERTOOLS_METRICS_NAMESPACE';
const SERVICE = 'POWERTOOLS_SERVICE_NAME';
const DISABLED = 'POWERTOOLS_METRICS_DISABLED';

/**
 * The metrics of one run as a line in CloudWatch's embedded metric format ("Specification: Embedded metric format"), which
 * takes 100 metrics a line and a time in ms; by the one dimension `service`.
 * What is 0 is left out: CloudWatch charges by the hour for each metric that says anything, and an idle archive has
 * nothing to say. Alarms and graphs take nothing for 0.
 * @returns undefined where there is nothing to say
 * @throws RangeError when a value is no number that CloudWatch takes
 */
export function metricsLine(
  values: Partial<Record<Metric, number>>,
  now: number,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const said = (Object.entries(values) as [Metric, number][]).filter(([, value]) => value !== 0);
  if (said.length === 0) return undefined;
  for (const [name, value] of said) {
    if (!Number.isFinite(value)) throw new RangeError(`The metric ${name} must be a finite number, but ${value} came`);
  }
  const Metrics = said.map(([Name]) => ({ Name, Unit: METRICS[Name] }));
  const service = environment[SERVICE] ?? 'service_undefined';
  const directive = { Namespace: environment[NAMESPACE] ?? 'Archivist', Dimensions: [['service']], Metrics };
  return JSON.stringify({
    _aws: { Timestamp: now, CloudWatchMetrics: [directive] },
    service,
    ...Object.fromEntries(said),
  });
}

/** Writes them: Lambda keeps a line of JSON as it is where its format of logs is JSON, and CloudWatch finds the metrics in it. */
export function emit(values: Partial<Record<Metric, number>>): void {
  const line = process.env[DISABLED] === 'true' ? undefined : metricsLine(values, Date.now());
  if (line !== undefined) process.stdout.write(`${line}\n`);
}
