import { type Command, InvalidArgumentError } from 'commander';
import { onlyOne } from '../../operating/chosen.ts';
import { prioritisation } from '../../operating/prioritise.ts';
import { SELECTORS } from '../../operating/select.ts';
import { ABOUT_CHANGES, type ChangingOptions, changing, changingOptions } from '../changing.ts';

interface PrioritiseOptions extends ChangingOptions {
  readonly episode?: readonly string[];
  readonly clip?: readonly string[];
  readonly priority?: number;
  readonly clear?: boolean;
}

function int32(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${-(2 ** 31)} to ${2 ** 31 - 1}.`);
}

export function prioritiseCommand(command: Command): void {
  changingOptions(command)
    .option('--priority <number>', 'the higher the earlier; curated ones mostly have 0', int32)
    .option('--clear', 'go by the curated priority again')
    .option('--episode <episode...>', `episodes: ${SELECTORS}`)
    .option('--clip <clip...>', 'clips, in the same way')
    .addHelpText(
      'after',
      `
It beats the curated priority, also that of later messages, until it is cleared. Work items that are out stay as they are.
${ABOUT_CHANGES}
Examples:
  $ npm run -s archivist -- prioritise --data ./archive --episode "Episode 12: On trains" --priority 100 --yes
  $ npm run -s archivist -- prioritise --stack Archivist --clip "Jingle*" --priority -5
  $ npm run -s archivist -- prioritise --stack Archivist --clip "*" --clear`,
    )
    .action((options: PrioritiseOptions) => {
      const { clip, episode, priority, clear } = options;
      onlyOne({ '--priority': priority, '--clear': clear });
      onlyOne({ '--episode': episode, '--clip': clip });
      return changing('prioritise', options, (client) =>
        episode === undefined
          ? prioritisation(client, 'clip', clip ?? [], priority)
          : prioritisation(client, 'episode', episode, priority),
      );
    });
}
