import type { Command } from 'commander';
import { REDRIVABLE, redriving } from '../../operating/redrive.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';

interface RedriveOptions extends ChangingOptions {
  readonly matching?: string;
}

export function redriveCommand(command: Command): void {
  changingOptions(command)
    .argument('<queue>', `the queue they go back to: ${REDRIVABLE.join(', ')}`)
    .option('--matching <text>', 'only those whose reason contains this')
    .addHelpText(
      'after',
      `
Mend what their reasons say first, else they come back. While it counts them nobody else sees them, for moments.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- redrive CompletedResearch --data ./archive
  $ npm run -s archivist -- redrive CompletedResearch --stack Archivist --matching "Unknown clip" --yes --reason "curated now"`,
    )
    .action((queue: string, options: RedriveOptions) =>
      changing('redrive', options, (client) => redriving(client, queue, options.matching)),
    );
}
