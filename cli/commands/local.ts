import type { Command } from 'commander';
import { describeSettings } from '../../lib/settings.ts';
import { runArchive } from '../../local/run-archive.ts';
import { tell } from '../../operating/terminal.ts';

interface LocalOptions {
  readonly data: string;
  readonly period?: string;
  readonly set?: readonly string[];
  readonly dynamodb?: string;
  readonly allowPrivate?: boolean;
}

export function localCommand(command: Command): void {
  command
    .requiredOption('--data <dir>', 'folder that keeps all its state')
    .option('--period <seconds>', 'how often the schedules fire (default: as the stack says, every minute)')
    .option('--set <name=value...>', 'settings of the stack, as for cdk deploy -c (below)')
    .option('--dynamodb <emulator>', 'dynoxide, or java for the official DynamoDB Local')
    .option('--allow-private', 'its researcher (--set researchers=1) fetches media from private addresses too')
    .addHelpText(
      'after',
      `
Its queues, tables and functions are in DIR/stack.json when it is ready.

Examples:
  $ npm run -s archivist -- local --data ./archive --period 5
  $ npm run -s archivist -- local --data ./archive --set silenceLimit=60 --set heartbeat=20
  $ aws lambda invoke --endpoint-url <lambda.endpoint of stack.json> --function-name <PendingResearchArchivist> out.json

Settings and their defaults:
${settingsList()}`,
    )
    .action(async ({ data, period, set = [], dynamodb, allowPrivate }: LocalOptions) => {
      const args = ['--data', data, ...set.flatMap((setting) => ['--set', setting])];
      if (period !== undefined) args.push('--period', period);
      if (dynamodb !== undefined) args.push('--dynamodb', dynamodb);
      if (allowPrivate) args.push('--allow-private');
      process.exitCode = await runArchive(args, tell);
    });
}

function settingsList(): string {
  return describeSettings()
    .map(({ name, value, why }) => `  ${name} (${value || 'none'}): ${why}`)
    .join('\n');
}
