import type { Command } from 'commander';
import { BadUsage } from '../../operating/failure.ts';
import { type RevokeFilter, revocation } from '../../operating/revoke.ts';
import { SELECTORS } from '../../operating/select.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';

type RevokeOptions = ChangingOptions & Omit<RevokeFilter, 'leases'>;

export function revokeCommand(command: Command): void {
  changingOptions(command)
    .argument('[lease...]', 'ids of leases, as `status` lists them')
    .option('--researcher <name>', 'only those of this researcher')
    .option('--episode <episode...>', `only those of these episodes: ${SELECTORS}`)
    .option('--all', 'every lease')
    .addHelpText(
      'after',
      `
For a researcher that is known to be gone, so that its pairs need not wait until it is silent for long enough.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- revoke 0f8fad5b-d9cb-469f-a165-70867728950e --data ./archive --yes
  $ npm run -s archivist -- revoke --stack Archivist --researcher attic --yes --reason "its disk is full"`,
    )
    .action((leases: readonly string[], options: RevokeOptions) => {
      const { all, researcher, episode } = options;
      const filtered = leases.length > 0 || researcher !== undefined || episode !== undefined;
      if (!filtered && !all) throw new BadUsage('Say which leases: their ids, --researcher, --episode, or --all.');
      if (filtered && all) throw new BadUsage('--all goes with no other filter.');
      return changing('revoke', options, (client) => revocation(client, { ...options, leases }));
    });
}
