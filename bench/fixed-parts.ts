import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ArchivistStack } from '../lib/archivist-stack.ts';
import { defaultSettings } from '../lib/settings.ts';

interface Alarm {
  readonly Type: string;
  readonly Properties: { readonly Metrics?: readonly { readonly MetricStat?: unknown }[] };
}

/**
 * What the stack has that costs by the month, whatever happens: counted in its template.
 *
 * @returns `alarms`: the metrics that alarms watch, since each is charged; `metrics`: those of the code that say anything
 *   while nothing happens, which are none (functions/runtime/metrics.ts)
 */
export function fixedParts(root: string): { readonly alarms: number; readonly metrics: number } {
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
    return { alarms, metrics: 0 };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
