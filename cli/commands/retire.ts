import type { Command } from 'commander';
import { onlyOne } from '../../operating/chosen.ts';
import { clipHold, episodeHold } from '../../operating/hold.ts';
import { SELECTORS } from '../../operating/select.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';

interface RetireOptions extends ChangingOptions {
  readonly episode?: readonly string[];
  readonly clip?: readonly string[];
}

export const retireCommand = (command: Command): void => define(command, 'retire');

export const restoreCommand = (command: Command): void => define(command, 'restore');

function define(command: Command, name: 'retire' | 'restore'): void {
  changingOptions(command)
    .option('--episode <episode...>', `episodes: ${SELECTORS}`)
    .option('--clip <clip...>', 'clips, in the same way')
    .addHelpText(
      'after',
      `
Pairs of what is retired count as given up, and cost nothing when work is chosen. Curators do not bring it back.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- ${name} --data ./archive --clip "Big wave" --yes --reason "too short to be found"
  $ npm run -s archivist -- ${name} --stack Archivist --episode "Trailer*"`,
    )
    .action((options: RetireOptions) => {
      const { clip, episode } = options;
      onlyOne({ '--episode': episode, '--clip': clip });
      const on = name === 'retire';
      return changing(name, options, (client) =>
        episode === undefined ? clipHold(client, clip ?? [], on) : episodeHold(client, episode, 'retired', on),
      );
    });
}
