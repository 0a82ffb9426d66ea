import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { METRICS } from '../functions/runtime/telemetry.ts';
import { ArchivistStack } from '../lib/archivist-stack.ts';
import { defaultSettings } from '../lib/settings.ts';

/** What the stack has that costs by the month, whatever happens: counted in its template. */
export function fixedParts(root: string): { readonly alarms: number; readonly metrics: number } {
  const outdir = mkdtempSync(join(tmpdir(), 'archivist-bench-'));
  process.env.CDK_VALIDATION = 'false';
  try {
    const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
    const app = new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } });
    new ArchivistStack(app, 'Archivist', { settings: defaultSettings, root });
    const { Resources } = app.synth().getStackByName('Archivist').template as {
      Resources: Record<string, { Type: string }>;
    };
    const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').length;
    return { alarms, metrics: Object.keys(METRICS).length };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
