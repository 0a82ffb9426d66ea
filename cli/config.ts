import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Command, Option } from 'commander';
import { closest } from 'fastest-levenshtein';
import { BadUsage } from '../operating/failure.ts';

/** Defaults of options, and where they were read. */
export interface Config {
  /** As people are told. */
  readonly from: string;
  /** Paths in it are seen from here. */
  readonly folder: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export const CONFIG_FILE = 'archivist.config.json';
const FIELD = 'archivist';

/** What nobody wants to have agreed to long ago, or makes no sense to keep. */
const NEVER = new Set(['yes', 'help', 'version', 'config', 'reason']);

/**
 * Reads the file that was named, else archivist.config.json or the field `archivist` of package.json in the folder.
 * @throws BadUsage when a named file is not there, or one is no JSON object
 */
export function readConfig(named: string | undefined, folder = process.cwd()): Config | undefined {
  if (named !== undefined) {
    if (!existsSync(named)) throw new BadUsage(`--config: there is no file ${named}.`);
    return { from: named, folder: dirname(resolve(named)), values: objectIn(named) };
  }
  const own = join(folder, CONFIG_FILE);
  if (existsSync(own)) return { from: CONFIG_FILE, folder, values: objectIn(own) };
  const project = join(folder, 'package.json');
  if (!existsSync(project)) return undefined;
  let field: unknown;
  try {
    field = (JSON.parse(readFileSync(project, 'utf8')) as Record<string, unknown>)[FIELD];
  } catch {
    // A package.json that is damaged is the business of others.
    return undefined;
  }
  if (field === undefined) return undefined;
  return { from: `package.json, field ${FIELD}`, folder, values: expectObject(field, `package.json: ${FIELD}`) };
}

function objectIn(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BadUsage(`${path} is no JSON: ${(error as Error).message}`);
  }
  return expectObject(value, path);
}

function expectObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new BadUsage(`${what} must be an object of options, like {"data": "./archive"}.`);
}

const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Makes the values of the config the defaults of a command's options. Names are those of the flags, without the dashes
 * in front; those under the name of a command are for it alone and win over those beside it.
 * @param commands names of all commands
 * @param known options of all commands, by attribute name, to tell a misspelt one
 * @throws BadUsage naming the field, what is allowed and what came
 */
export function applyConfig(command: Command, config: Config, commands: readonly string[]): void {
  const own = config.values[command.name()];
  const special = own === undefined ? {} : expectObject(own, `${config.from}: ${command.name()}`);
  for (const [field, value] of Object.entries(config.values)) {
    if (commands.includes(field) || field === '$schema') continue;
    // What is beside the commands is for those that have such an option.
    apply(command, config, field, value, false);
  }
  for (const [field, value] of Object.entries(special)) apply(command, config, field, value, true);
}

function apply(command: Command, config: Config, field: string, value: unknown, mustHave: boolean): void {
  const name = camel(field);
  const option = command.options.find((one) => one.attributeName() === name);
  if (NEVER.has(name))
    throw new BadUsage(`${config.from}: ${field} cannot be kept in a config file; give it as a flag.`);
  if (option === undefined) {
    if (!mustHave) return;
    throw new BadUsage(
      `${config.from}: ${command.name()} has no option ${field}. ${didYouMean(field, command.options)}`,
    );
  }
  command.setOptionValueWithSource(name, parsed(option, value, config, field), 'config');
}

function parsed(option: Option, value: unknown, config: Config, field: string): unknown {
  const wrong = (expected: string) =>
    new BadUsage(`${config.from}: ${field} must be ${expected}, not ${JSON.stringify(value)}.`);
  if (option.isBoolean()) {
    if (typeof value !== 'boolean') throw wrong('true or false');
    return value;
  }
  const one = (single: unknown): string => {
    if (isPath(option)) {
      if (typeof single !== 'string') throw wrong('a path');
      return isAbsolute(single) ? single : fromHere(config.folder, single);
    }
    if (typeof single !== 'string' && typeof single !== 'number') throw wrong('a text or a number');
    return String(single);
  };
  if (option.variadic) return (Array.isArray(value) ? value : [value]).map(one);
  const text = one(value);
  if (option.argChoices !== undefined && !option.argChoices.includes(text)) {
    throw wrong(`one of ${option.argChoices.join(', ')}`);
  }
  if (option.parseArg === undefined) return text;
  try {
    return option.parseArg(text, undefined);
  } catch (error) {
    throw new BadUsage(`${config.from}: ${field} ${JSON.stringify(value)} is invalid. ${(error as Error).message}`);
  }
}

/** Options whose value is a path say so in their flags. */
const isPath = ({ flags }: Option): boolean => /<(dir|folder|file)>/.test(flags);

/** A path of the config's folder as it is seen from where the command runs. */
const fromHere = (folder: string, path: string): string => relative(process.cwd(), join(folder, path)) || '.';

/** Fields that are neither a command nor an option of this one: of another one, or misspelt. */
export function otherFields({ values }: Config, command: Command, commands: readonly string[]): string[] {
  const options = new Set(command.options.map((one) => one.attributeName()));
  return Object.keys(values).filter(
    (field) => field !== '$schema' && !commands.includes(field) && !options.has(camel(field)),
  );
}

/** @throws BadUsage for the first of the fields that no command has as an option */
export function expectKnown({ from }: Config, fields: readonly string[], commands: readonly Command[]): void {
  const options = commands.flatMap((command) => command.options);
  const attributes = new Set(options.map((one) => one.attributeName()));
  const unknown = fields.find((field) => !attributes.has(camel(field)));
  if (unknown === undefined) return;
  throw new BadUsage(`${from}: no command has an option ${unknown}. ${didYouMean(unknown, options)}`);
}

function didYouMean(field: string, options: readonly Option[]): string {
  const names = options.map((one) => one.name()).filter((one) => !NEVER.has(one));
  return `Did you mean ${closest(field, names)}?`;
}
