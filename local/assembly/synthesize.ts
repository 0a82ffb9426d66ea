import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { settingsFrom } from '../../lib/settings.ts';
import type { Children } from '../processes/children.ts';
import { programFile, projectDir } from '../project.ts';
import { readJson } from '../write-json.ts';
import { fingerprint } from './fingerprint.ts';

/** Holds what an assembly was made from, inside of it. */
const FINGERPRINT = 'local-fingerprint';

/**
 * The cloud assembly of the stack with these settings, in `<dataDir>/cdk.out`; made anew only when the settings or
 * the sources have changed since. Runs the CDK app as the CDK's command line does (output folder and context in the
 * environment), without that command line: it needs no network and asks for no credentials.
 * @throws Error with what the app said, for example which setting is wrong.
 */
export async function synthesized(
  dataDir: string,
  settings: Readonly<Record<string, string>>,
  children: Children,
  log: (line: string) => void,
): Promise<string> {
  const folder = join(dataDir, 'cdk.out');
  const madeFrom = fingerprint(projectDir, settings);
  const marker = join(folder, FINGERPRINT);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === madeFrom) return folder;

  log('Synthesizing the stack.');
  const fresh = join(dataDir, 'cdk.out.unfinished');
  rmSync(fresh, { recursive: true, force: true });
  await runApp(fresh, settings, children);
  writeFileSync(join(fresh, FINGERPRINT), madeFrom);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return folder;
}

async function runApp(output: string, settings: Readonly<Record<string, string>>, children: Children): Promise<void> {
  const { context } = readJson(join(projectDir, 'cdk.json')) as { context: Record<string, unknown> };
  refuseUnsuitable({ ...context, ...settings });
  const app = await children.start('CDK app', {
    command: process.execPath,
    args: [programFile('bin/archivist.ts')],
    cwd: projectDir,
    env: {
      ...process.env,
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...context,
        ...settings,
        // What the command line adds: without it the template does not say where the bundles are.
        'aws:cdk:enable-asset-metadata': true,
        'aws:cdk:enable-path-metadata': true,
      }),
      // The template is validated by `npm run synth` and in the tests; here it would cost seconds at a start.
      CDK_VALIDATION: 'false',
    },
  });
  const said = await text(app.output);
  const ended = await app.ended;
  if (ended !== 0)
    throw new Error(`The stack could not be synthesized: ${whatTheAppSaid(said) || `the CDK app ended with ${ended}`}`);
}

/** Before the app does: its context is a plain object, where `__proto__` gets lost. */
function refuseUnsuitable(context: Readonly<Record<string, unknown>>): void {
  try {
    settingsFrom(Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)])));
  } catch (error) {
    throw new Error(`The stack could not be synthesized: ${(error as Error).message}`);
  }
}

/** The message of the error that ended the app, without the source line above it and the stack below. */
function whatTheAppSaid(output: string): string {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => /^(\w*Error|Invalid\w*)\b.*: /.test(line));
  if (first < 0) return output.trim().slice(-2_000);
  const length = lines.slice(first).findIndex((line) => /^\s+at /.test(line));
  return lines
    .slice(first, length < 0 ? undefined : first + length)
    .join('\n')
    .replace(/^\w+: /, '')
    .trim();
}
