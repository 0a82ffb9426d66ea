import { App, Validations } from 'aws-cdk-lib';
import { ArchivistStack } from '../lib/archivist-stack.ts';
import { settingsFrom } from '../lib/settings.ts';
import type { Settings } from '../lib/settings-table.ts';

/** The CDK app, and the only reader of its context: `cdk synth -c leaseDuration=3600`. */
const app = new App();
const settings = fromContext(app.node.getAllContext());
new ArchivistStack(app, settings.stackName, { settings, root: `${import.meta.dirname}/..` });
// At a start on this machine nothing is validated, and the installed command has no checks.
if (process.env.CDK_VALIDATION !== 'false') {
  const { AwsSolutionsChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

/** Ends the app with what to change, without a stack trace, when the context asks for what cannot be. */
function fromContext(context: Record<string, unknown>): Settings {
  try {
    return settingsFrom(Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)])));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
