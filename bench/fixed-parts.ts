import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ArchivistStack } from '../lib/archivist-stack.ts';
import { defaultSettings } from '../lib/settings.ts';
import type { FixedParts } from './prices.ts';

interface Alarm {
  readonly Type: string;
  readonly Properties: { readonly Metrics?: readonly { readonly MetricStat?: unknown }[] };
}

/**
 * What the stack has that costs by the month, whatever happens: counted in its template.
 *
 * @returns `alarms`: the metrics that alarms watch, since each is charged; `metrics`: those of the code that say anything
 *   while nothing happens, which are none (functions/runtime/metrics.ts); `dashboards` and `keys`
 */
export function fixedParts(root: string): FixedParts {
  const outdir = mkdtempSync(join(tmpdir(), 'archivist-bench-'));
  process.env.CDK_VALIDATION = 'false';
  try {
    const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
    const app = new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } });
    new ArchivistStack(app, 'Archivist', { settings: defaultSettings, root });
    const { Resources } = app.synth().getStackByName('Archivist').template as {
      Resources: Record<string, Alarm>;
    };
    const alarms = Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => Properties.Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1)
      .reduce((sum, watched) => sum + watched, 0);
    const count = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type).length;
    return { alarms, metrics: 0, dashboards: count('AWS::CloudWatch::Dashboard'), keys: count('AWS::KMS::Key') };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
