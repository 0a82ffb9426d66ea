import { type Command, InvalidArgumentError } from 'commander';

const MOST_WORKERS = 64;

export function workersOption(command: Command): Command {
  return command.option(
    '--workers <number>',
    'threads that analyse (default: as many as there are processors)',
    (text) => {
      const workers = Number(text);
      if (Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return workers;
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_WORKERS}.`);
    },
  );
}

/** The options of every command that works on an archive. */
export const archiveOptions = (command: Command): Command =>
  command
    .option('--data <dir>', 'a local archive, by its folder')
    .option('--stack <name>', 'a deployed archive, by its CloudFormation stack');

/** The options of every command. */
export const commonOptions = (command: Command): Command =>
  command
    .option('--quiet', 'tell nothing but errors beside the data')
    .option('--verbose', 'tell more: which archive, which settings, how long it took, and where an error came from')
    .option('--config <file>', 'defaults of options (default: archivist.config.json, or the field of package.json)');
