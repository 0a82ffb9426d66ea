import type { Command } from 'commander';
import { onlyOne } from '../../operating/chosen.ts';
import { archiveHold, episodeHold } from '../../operating/hold.ts';
import { SELECTORS } from '../../operating/select.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';

interface PauseOptions extends ChangingOptions {
  readonly all?: boolean;
  readonly episode?: readonly string[];
}

export const pauseCommand = (command: Command): void => define(command, 'pause');

export const resumeCommand = (command: Command): void => define(command, 'resume');

function define(command: Command, name: 'pause' | 'resume'): void {
  changingOptions(command)
    .option('--all', 'the whole archive')
    .option('--episode <episode...>', `episodes: ${SELECTORS}`)
    .addHelpText(
      'after',
      `
Curation and the recording of results go on all the time.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- ${name} --data ./archive --all --yes --reason "the media host is being moved"
  $ npm run -s archivist -- ${name} --stack Archivist --episode "Live from *"`,
    )
    .action((options: PauseOptions) => {
      const { all, episode } = options;
      onlyOne({ '--all': all, '--episode': episode });
      return changing(name, options, (client) =>
        episode === undefined ? archiveHold(client, name) : episodeHold(client, episode, 'paused', name === 'pause'),
      );
    });
}
