import { readFileSync } from 'node:fs';
import { METRICS } from '../../functions/runtime/metrics.ts';
import { RESEARCH_METRICS } from '../../lib/metrics.ts';
import { defaultSettings } from '../../lib/settings.ts';
import { EMITTED_BY_AWS } from './emitted-by-aws.ts';
import { ofType, synthesized } from './synthesized.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly properties: {
    readonly title: string;
    readonly alarms?: string[];
    readonly metrics?: unknown[][];
    readonly annotations?: { readonly horizontal: { readonly value: number }[] };
  };
}

const template = synthesized({ alarms: 'all', dashboard: 'on' });
const [[, dashboard]] = ofType<Record<string, unknown>>(template, 'AWS::CloudWatch::Dashboard') as [
  [string, Record<string, unknown>],
];
const { widgets } = JSON.parse(plainText(dashboard.DashboardBody)) as { widgets: Widget[] };
const titled = (title: string) => widgets.find(({ properties }) => properties.title === title)!;

describe('every metric that is shown', () => {
  const shown = widgets.flatMap(({ properties }) =>
    (properties.metrics ?? []).filter(([first]) => typeof first === 'string'),
  );

  test('is emitted, with exactly these dimensions, by AWS or by the code', () => {
    expect(shown.length).toBeGreaterThan(60);
    for (const metric of shown) {
      const [namespace, name, ...rest] = metric.filter((part) => typeof part === 'string') as [
        string,
        string,
        ...string[],
      ];
      const dimensions = Object.fromEntries(
        rest.flatMap((part, index) => (index % 2 === 0 ? [[part, rest[index + 1]]] : [])),
      );
      if (namespace === 'Archivist') {
        expect(Object.keys(dimensions)).toEqual(['service']);
        expect(RESEARCH_METRICS[name as keyof typeof RESEARCH_METRICS].services).toContain(dimensions.service);
      } else {
        const emitted =
          EMITTED_BY_AWS[namespace]?.[name]?.dimensions.map((names) => names.split(',').sort().join()) ?? [];
        expect({ name, emitted }).toEqual({
          name,
          emitted: expect.arrayContaining([Object.keys(dimensions).sort().join()]),
        });
      }
    }
  });

  test('of the code is all that the code emits', () => {
    const names = shown.filter(([namespace]) => namespace === 'Archivist').map(([, name]) => name);
    expect([...new Set(names)].sort()).toEqual(Object.keys(METRICS).sort());
    expect(Object.keys(RESEARCH_METRICS).sort()).toEqual(Object.keys(METRICS).sort());
  });

  test('comes from the service that its handler says', () => {
    for (const service of ['pending-research-archivist', 'completed-research-archivist'] as const) {
      const handler = readFileSync(`functions/${service}/handler.ts`, 'utf8');
      const emitted = Object.keys(METRICS).filter((name) => handler.includes(`    ${name}: `));
      const expected = Object.entries(RESEARCH_METRICS).filter(([, { services }]) =>
        (services as readonly string[]).includes(service),
      );
      expect(emitted.sort()).toEqual(expected.map(([name]) => name).sort());
    }
  });
});

describe('the layout', () => {
  test('puts all alarms first, then queues over functions over tables over research', () => {
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm');
    expect(widgets[0]).toMatchObject({ type: 'alarm', x: 0, y: 0, width: 24 });
    expect(widgets[0]?.properties.alarms).toHaveLength(alarms.length);
    const rows = ['CuratedClips: messages', 'ClipsArchivist: runs', 'Collection: units', 'Now'].map(
      (title) => titled(title).y,
    );
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(new Set(rows).size).toBe(4);
  });

  test('fills each row', () => {
    for (const y of new Set(widgets.map((widget) => widget.y)))
      expect(widgets.filter((widget) => widget.y === y).reduce((width, widget) => width + widget.width, 0)).toBe(24);
  });

  test.each([
    ['CuratedClips: oldest message (s)', defaultSettings.curatedAgeLimit],
    ['PendingResearch: oldest message (s)', defaultSettings.pendingAgeLimit],
    ['CompletedResearch: oldest message (s)', defaultSettings.completedAgeLimit],
    ['ClipsArchivist: duration (ms)', 48_000],
    ['CompletedResearchArchivist: duration (ms)', 40_000],
    ['Failed outcomes of the hour (%)', 50],
    ['Wasted work of the hour (duplicates / recorded, %)', 5],
    ['PendingResearch: messages', 1],
    ['Leases: refused', 1],
  ])('draws the threshold into %s at %d', (title, value) =>
    expect(titled(title).properties.annotations?.horizontal).toEqual([expect.objectContaining({ value })]),
  );
});

test('The output leads to the dashboard', () => {
  expect(dashboard.DashboardName).toBe('Archivist');
  expect(plainText(template.Outputs.DashboardUrl?.Value)).toMatch(
    /^https:\/\/AWS::Region[.]console[.].*#dashboards\/dashboard\/Archivist$/,
  );
});

/** A joined text with the names of what it refers to. */
function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref } = value as Record<string, unknown>;
  if (join) return (join as [string, unknown[]])[1].map(plainText).join('');
  return Ref ? String(Ref) : (attribute as string[]).join('.');
}
