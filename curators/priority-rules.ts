import type { CuratedMessage } from './curated.ts';

/** What matches gets this priority; the expression is the local user's own and so trusted. */
export interface PriorityRule {
  readonly match: RegExp;
  readonly priority: number;
}

/**
 * The priority of an entry: that of the first rule that matches its title, description or media URI (as written, or
 * with its escapes undone), else the one it has.
 */
export function priorityBy(
  rules: readonly PriorityRule[],
  { title, description, mediaUri, priority }: CuratedMessage,
): number {
  if (rules.length === 0) return priority;
  const texts = [title, description, mediaUri, unescaped(mediaUri)];
  const rule = rules.find(({ match }) => texts.some((text) => text.search(match) >= 0));
  return rule?.priority ?? priority;
}

/**
 * Rules from the pairs of a command line: `--priority 5 --match NEWS --priority -1 --match rerun`. One priority
 * without any expression is that of every entry.
 *
 * @throws Error naming what was given and what was expected.
 */
export function priorityRules(priorities: readonly string[], matches: readonly string[]): PriorityRule[] {
  const isDefault = priorities.length === 1 && matches.length === 0;
  if (priorities.length !== matches.length && !isDefault) {
    throw new Error(
      `--priority and --match go in pairs, but ${priorities.length} priorities and ${matches.length} expressions came`,
    );
  }
  return priorities.map((text, at) => ({ match: expression(matches[at] ?? ''), priority: int32(text) }));
}

function int32(text: string): number {
  const value = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value === (value | 0)) return value;
  throw new Error(`--priority must be a whole number from -2147483648 to 2147483647, but "${text}" came`);
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (cause) {
    throw new Error(`--match must be a regular expression: ${(cause as Error).message}`, { cause });
  }
}

function unescaped(uri: string): string {
  try {
    return decodeURI(uri);
  } catch {
    return uri;
  }
}
