import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT } from '../operating/failure.ts';

/** What `npm run <name> -- …` says of itself. */
export interface Script {
  /** As npm knows it. */
  readonly name: string;
  readonly description: string;
  /** What stands behind `npm run <name>` in each example, with its explanation after it if one is needed. */
  readonly examples: readonly string[];
  /** More help, below the options. */
  readonly more?: string;
}

/**
 * The options that an npm script was called with. `--help` prints the help and ends the process with 0; a wrong flag or
 * value gets one sentence on stderr and exit code 2, as every command of the project.
 *
 * @param define adds the options
 */
export function scriptOptions<Options extends object>(
  script: Script,
  define: (command: Command) => void = () => undefined,
  argv: readonly string[] = process.argv,
): Options {
  const { name, description, examples, more } = script;
  const command = new Command(`npm run ${name} --`)
    // One paragraph, which commander folds to the width of the terminal.
    .description(description.replaceAll('\n', ' '))
    .exitOverride()
    .allowExcessArguments(false)
    .showHelpAfterError(`(npm run ${name} -- --help shows what it takes)`)
    .addHelpText(
      'after',
      `${more === undefined ? '' : `\n${more}\n`}\nExamples:\n${examples.map((example) => `  $ npm run ${name}${example && ` -- ${example}`}`).join('\n')}`,
    );
  define(command);
  try {
    return command.parse([...argv]).opts<Options>();
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.success : EXIT.usage);
    throw error;
  }
}

/** A parser of an option's value: a number from `least` to `most`, whole unless said otherwise. */
export function numberFrom(least: number, most: number, kind: 'whole' | 'any' = 'whole'): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= least && value <= most && (kind === 'any' || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`It must be a ${kind === 'whole' ? 'whole ' : ''}number from ${least} to ${most}.`);
  };
}
