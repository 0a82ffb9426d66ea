import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, type Option } from 'commander';
import { UnusableFolder } from '../disk/usable-folder.ts';
import { projectDir } from '../local/project.ts';
import { BadUsage, EXIT, Failure } from '../operating/failure.ts';
import { asCalled, complain, detail, isVerbose, setLoudness } from '../operating/terminal.ts';
import { COMMANDS, type CommandEntry } from './commands.ts';
import { applyConfig, type Config, expectKnown, otherFields, readConfig } from './config.ts';
import { archiveOptions, commonOptions } from './options.ts';

/** Runs the command line. @returns the exit code: 0 success, 1 failure, 2 bad usage */
export async function main(argv: readonly string[]): Promise<number> {
  setLoudness('normal');
  const begun = performance.now();
  try {
    const args = withoutHelpOfNone(argv.slice(2));
    const chosen = COMMANDS.find(({ name }) => name === commandIn(args));
    // Who completes words must know all of them.
    const loaded = chosen === undefined ? [] : chosen.name === 'completion' ? COMMANDS : [chosen];
    const root = await program(loaded, args);
    await root.parseAsync([...argv.slice(0, 2), ...args]);
    return Number(process.exitCode ?? EXIT.success);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    complain(isForPeople(error) ? error.message : unexpected(error));
    if (isVerbose() && error instanceof Error) detail(error.stack ?? '');
    return error instanceof BadUsage ? EXIT.usage : EXIT.failure;
  } finally {
    detail(`Took ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
  }
}

/**
 * The command line. What a command does is loaded only for those that are given; the others are no more than a name in
 * the help.
 * @param loaded all of them by default
 * @param args what was typed, for the config that it names
 */
export async function program(
  loaded: readonly CommandEntry[] = COMMANDS,
  args: readonly string[] | undefined = undefined,
): Promise<Command> {
  const root = commonOptions(new Command('archivist'))
    .description('Answers where each clip was played in a podcast archive.')
    .version(version(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(asCalled(text)),
      writeErr: (text) => process.stderr.write(asCalled(text)),
    })
    .configureHelp({ optionDescription: (option) => describedWithSource(option) })
    .showHelpAfterError('(add --help for examples)')
    .addHelpText(
      'after',
      `
Options of commands may be kept in ./archivist.config.json, or in the field "archivist" of ./package.json, by the same
names: {"data": "./archive", "report": {"out": "./pages"}}.`,
    );
  const config = args === undefined ? undefined : readConfig(givenTo(args, '--config'));
  for (const entry of COMMANDS) {
    const command = root.command(entry.name).exitOverride().copyInheritedSettings(root).description(entry.about);
    if (!loaded.includes(entry)) continue;
    if (entry.onArchive) archiveOptions(command);
    (await entry.load())(command);
    commonOptions(command);
    if (config !== undefined) fromConfig(command, config);
    command.hook('preAction', () => begin(command, config));
  }
  return root;
}

const configured = new WeakMap<Option, string>();

/** Options whose value stands in a config say so in the help: what it is, and where it is from. */
function fromConfig(command: Command, config: Config): void {
  applyConfig(
    command,
    config,
    COMMANDS.map(({ name }) => name),
  );
  for (const option of command.options) {
    if (command.getOptionValueSource(option.attributeName()) !== 'config') continue;
    configured.set(option, `${JSON.stringify(command.getOptionValue(option.attributeName()))}, from ${config.from}`);
  }
}

function describedWithSource(option: Option): string {
  const from = configured.get(option);
  const { defaultValue, defaultValueDescription: described, argChoices } = option;
  const facts = [
    argChoices && `choices: ${argChoices.join(', ')}`,
    from ??
      (defaultValue !== undefined &&
        typeof defaultValue !== 'boolean' &&
        `default: ${described ?? JSON.stringify(defaultValue)}`),
  ].filter(Boolean);
  return facts.length === 0 ? option.description : `${option.description} (${facts.join('; ')})`;
}

/** Ways to name one thing: the one on the command line wins over another in the config. */
const ALTERNATIVES = [['data', 'stack']] as const;

async function begin(command: Command, config: Config | undefined): Promise<void> {
  const { quiet, verbose } = command.optsWithGlobals<{ quiet?: boolean; verbose?: boolean }>();
  if (quiet === true && verbose === true) throw new BadUsage('--quiet and --verbose do not go together.');
  setLoudness(quiet === true ? 'quiet' : verbose === true ? 'verbose' : 'normal');
  for (const names of ALTERNATIVES) {
    const typed = names.some((name) => command.getOptionValueSource(name) === 'cli');
    for (const name of names) {
      if (typed && command.getOptionValueSource(name) === 'config') command.setOptionValue(name, undefined);
    }
  }
  if (config === undefined) return;
  detail(`Options of ${config.from} count.`);
  const others = otherFields(
    config,
    command,
    COMMANDS.map(({ name }) => name),
  );
  // All commands are loaded only where this one does not have what is in the config.
  if (others.length > 0) expectKnown(config, others, (await program()).commands);
}

/** `help nothing` says as `nothing` does that there is no such command, and what is like it. */
function withoutHelpOfNone(args: readonly string[]): readonly string[] {
  const [first, named] = args;
  const isOfNone = first === 'help' && named !== undefined && !COMMANDS.some(({ name }) => name === named);
  return isOfNone && named !== 'help' && !named.startsWith('-') ? args.slice(1) : args;
}

/** The first word that is no option: options of the whole command line that take a value are few. */
function commandIn(args: readonly string[]): string | undefined {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === '--config') index++;
    // `help status` is `status --help`.
    else if (!arg.startsWith('-') && arg !== 'help') return arg;
  }
  return undefined;
}

function givenTo(args: readonly string[], flag: string): string | undefined {
  const at = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  return at < 0 ? undefined : args[at] === flag ? args[at + 1] : args[at]!.slice(flag.length + 1);
}

function version(): string {
  return (JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Its message says all that there is to know. */
function isForPeople(error: unknown): error is Error {
  return error instanceof Failure || error instanceof BadUsage || error instanceof UnusableFolder;
}

function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env.ARCHIVIST_DEBUG ? (error.stack ?? error.message) : `${error.name}: ${error.message}`;
}
