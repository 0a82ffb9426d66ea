import { Argument, type Command } from 'commander';
import { removal } from '../../operating/remove.ts';
import { SELECTORS } from '../../operating/select.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';
import { holdLittle } from '../little-memory.ts';

interface RemoveOptions extends ChangingOptions {
  readonly out?: string;
}

export function removeCommand(command: Command): void {
  changingOptions(command)
    .addArgument(new Argument('<kind>', 'what').choices(['clip', 'episode']))
    .argument('<which...>', SELECTORS)
    .option('--out <file>', 'gets what was found, before anything is removed (default: removed-TIME.jsonl)')
    .addHelpText(
      'after',
      `
For what came by mistake, as from a wrong folder. What was found of it goes to a file, and is deleted; no list and no
count has it any more, and results that are under way are turned away. Its id is not used again and its names stay taken,
so curators do not bring it back as another; \`restore\` does, and then it is researched anew.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- remove clip "Big wave" --data ./archive
  $ npm run -s archivist -- remove episode 12 13 --data ./archive --yes --reason "the wrong folder"`,
    )
    .action((kind: 'clip' | 'episode', which: readonly string[], options: RemoveOptions) => {
      holdLittle();
      const { out = `removed-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.jsonl` } = options;
      return changing('remove', options, (client) => removal(client, kind, which, out));
    });
}
