import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOptions } from '../../cli/script.ts';
import { Job } from './job.ts';
import { installed, startMiniStack } from './ministack.ts';

interface Options {
  readonly log?: true;
  readonly install?: true;
}

const options = scriptOptions<Options>(
  {
    name: 'cloud',
    description: `The stack deployed: bootstrap, deploy, the whole job with the stack's own roles and the clients' policies, a move, an
update, a removal. On MiniStack, an emulator of AWS on this machine, with its IAM enforced. Needs Python 3.10 or newer and
openssl; installs the emulator into node_modules when it is not there.`,
    examples: ['', '--log 2> cloud.log'],
    more: 'The last line is JSON: {"deployed":true,"denials":0,"plays":17,"commands":{…}}. Progress goes to stderr.\nExit code 1: something was denied or was not as it should be. Without Python it says so and ends with 0.',
  },
  (command) =>
    command
      .option('--install', 'only install the emulator, for the tests')
      .option('--log', "what the emulator wrote in the end, the functions' logs among it, to stderr"),
);

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function main(): Promise<number> {
  const why = installed();
  if (why !== undefined) {
    say(`Skipped: ${why}. The stack is not deployed.`);
    return 0;
  }
  if (options.install) {
    say('MiniStack is installed.');
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'archivist-cloud-'));
  const ministack = await startMiniStack({ secured: true });
  let failed = true;
  try {
    const result = await new Job(ministack, folder, say).run();
    failed = result.denials > 0;
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return failed ? 1 : 0;
  } catch (error) {
    say((error as Error).message);
    return 1;
  } finally {
    if (failed || options.log) say(ministack.log());
    await ministack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
