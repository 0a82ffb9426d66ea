import type { Command } from 'commander';
import { BadUsage } from '../../operating/failure.ts';
import { type RequeueFilter, requeueing } from '../../operating/requeue.ts';
import { SELECTORS } from '../../operating/select.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';

export function requeueCommand(command: Command): void {
  changingOptions(command)
    .option('--episode <episode...>', `only pairs of these episodes: ${SELECTORS}`)
    .option('--clip <clip...>', 'only pairs of these clips, in the same way')
    .option('--analyzer <name@version>', 'only pairs of which this analyzer is known to have spoken (below)')
    .option('--all', 'every pair')
    .addHelpText(
      'after',
      `
Filters go together: --episode and --clip are the pairs of both. The next result of a pair stands as if it were its
first; \`explain\` still tells what was found before.
--analyzer chooses the pairs with a finding by it, all pairs of clips that it cannot judge, and all pairs of episodes that
it did not hear in full. Who found that a clip does not play is not kept: after a new version that finds more, requeue by
--clip, by --episode, or --all.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- requeue --data ./archive --clip "Big wave" --yes --reason "the file was cut wrongly"
  $ npm run -s archivist -- requeue --stack Archivist --analyzer listener@1.2.0
  $ npm run -s archivist -- requeue --stack Archivist --all --yes --reason "listener 2 finds twice as much"`,
    )
    .action((options: ChangingOptions & RequeueFilter) => {
      const { all, clip, episode, analyzer } = options;
      const filtered = clip !== undefined || episode !== undefined || analyzer !== undefined;
      if (!filtered && !all) throw new BadUsage('Say which pairs: --episode, --clip, --analyzer, or --all.');
      if (filtered && all) throw new BadUsage('--all goes with no other filter.');
      return changing('requeue', options, (client) => requeueing(client, options));
    });
}
