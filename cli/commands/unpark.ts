import type { Command } from 'commander';
import type { Filter } from '../../operating/chosen.ts';
import { BadUsage } from '../../operating/failure.ts';
import { SELECTORS } from '../../operating/select.ts';
import { unparking } from '../../operating/unpark.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';

export function unparkCommand(command: Command): void {
  changingOptions(command)
    .option('--clip <clip...>', `clips, everywhere: ${SELECTORS}`)
    .option('--episode <episode...>', 'episodes with their pairs, in the same way; with --clip only the pairs of both')
    .option('--all', 'everything')
    .addHelpText(
      'after',
      `
Look at \`explain\` first: what is given up again needs four strikes by different researchers over a day.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- unpark --data ./archive --clip "Big wave" --yes --reason "its file is back"
  $ npm run -s archivist -- unpark --stack Archivist --episode 12 --clip 7
  $ npm run -s archivist -- unpark --stack Archivist --all`,
    )
    .action((options: ChangingOptions & Filter) => {
      const { all, clip, episode } = options;
      const filtered = clip !== undefined || episode !== undefined;
      if (!filtered && !all) throw new BadUsage('Say what to try again: --clip, --episode, both, or --all.');
      if (filtered && all) throw new BadUsage('--all goes with no other filter.');
      return changing('unpark', options, (client) => unparking(client, options));
    });
}
