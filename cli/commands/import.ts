import type { Command } from 'commander';
import { importing } from '../../operating/transfer/import-archive.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';

export function importCommand(command: Command): void {
  changingOptions(command)
    .argument('<folder>', 'the folder that `export` wrote')
    .addHelpText(
      'after',
      `
Every line is checked first. Start the curators of the new archive afterwards. An import that was broken off is done
again with the same command.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- import ./archive-2026-01-01 --data ./new
  $ npm run -s archivist -- import ./archive-2026-01-01 --stack Archivist --yes --reason "moved to another account"`,
    )
    .action((folder: string, options: ChangingOptions) =>
      changing('import', options, (client) => importing(client, folder)),
    );
}
