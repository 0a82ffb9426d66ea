import { METRICS, metricsLine } from '../../functions/runtime/metrics.ts';

const environment = { POWERTOOLS_METRICS_NAMESPACE: 'Archivist', POWERTOOLS_SERVICE_NAME: 'drain' };
const NOW = 1_780_000_000_000;

test('METRICS-1: a line is in the embedded metric format, with the names, units and the dimension that alarms ask for', () =>
  expect(JSON.parse(metricsLine({ Findings: 3, BacklogAge: 12.5 }, NOW, environment)!)).toEqual({
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: 'Archivist',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'Findings', Unit: 'Count' },
            { Name: 'BacklogAge', Unit: 'Seconds' },
          ],
        },
      ],
    },
    service: 'drain',
    Findings: 3,
    BacklogAge: 12.5,
  }));

test('METRICS-2: what is 0 is not said, and with nothing else there is no line', () => {
  expect(metricsLine({ Findings: 0, Lapsed: 0 }, NOW, environment)).toBeUndefined();
  expect(metricsLine({}, NOW, environment)).toBeUndefined();
  expect(JSON.parse(metricsLine({ Findings: 0, Lapsed: 1 }, NOW, environment)!)).not.toHaveProperty('Findings');
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('METRICS-3: %p is no value', (value) =>
  expect(() => metricsLine({ Findings: value }, NOW, environment)).toThrow(/Findings must be a finite number/),
);

test('METRICS-4: within what the format takes: units of CloudWatch, a hundred metrics, names that collide with nothing', () => {
  const names = Object.keys(METRICS);
  expect(names.length).toBeLessThanOrEqual(100);
  expect(names.filter((name) => ['_aws', 'service'].includes(name))).toEqual([]);
  expect(new Set(Object.values(METRICS))).toEqual(new Set(['Count', 'Seconds']));
});
