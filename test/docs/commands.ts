import { CommanderError } from 'commander';
import { program } from '../../cli/program.ts';

/** Commands of the command line that a page shows, as words; `…` and `E` stand for anything. */
export function archivistCommands(page: string): string[][] {
  // A backslash goes on in the next line; in running text so does a code span.
  const joined = page.replace(/\\\n\s*/g, ' ').replace(/`[^`\n]+(?:\n[^`\n]+)?`/g, (span) => span.replace('\n', ' '));
  const calls = joined.matchAll(/(?:npm run -s archivist -- |(?<=[`$;]\s?|^|&& |=> )archivist )([^`\n]+)/gm);
  return [...calls].map(([, rest = '']) => words(rest)).filter(([name]) => name !== undefined);
}

/** As a shell cuts them, up to the end of the command. */
function words(line: string): string[] {
  const found: string[] = [];
  for (const [word] of line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    if (/^([|>#&]|&&|\|\|)/.test(word)) break;
    const last = /[;,:.)]+$/.test(word);
    found.push(word.replace(/[;,:.)]+$/, '').replace(/["']/g, ''));
    if (last) break;
  }
  return found.filter((word) => word !== '' && word !== '--help');
}

/** What is wrong with it, or undefined. Where it is only spoken of, options that it needs may be missing. */
export async function wrongIn([name = '', ...args]: readonly string[]): Promise<string | undefined> {
  const command = (await program()).commands.find((one) => one.name() === name);
  if (command === undefined) return `There is no command ${name}`;
  command.configureOutput({ writeErr: () => undefined });
  try {
    const { operands, unknown } = command.parseOptions([...args]);
    if (unknown.length > 0) return `${name} has no ${unknown[0]}`;
    const takes = command.registeredArguments;
    if (!takes.some(({ variadic }) => variadic) && operands.length > takes.length)
      return `${name} takes no ${operands.at(-1)}`;
    return undefined;
  } catch (error) {
    return error instanceof CommanderError ? error.message : String(error);
  }
}
