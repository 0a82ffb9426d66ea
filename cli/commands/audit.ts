import { type Command, InvalidArgumentError } from 'commander';
import type { LocationOptions } from '../../operating/archive-location.ts';
import { print, shown, tell } from '../../operating/terminal.ts';
import { reading } from '../reading.ts';

interface AuditOptions extends LocationOptions {
  readonly limit: number;
  readonly json?: boolean;
}

const LIMIT = 50;
const MOST = 10_000;

export function auditCommand(command: Command): void {
  command
    .option(
      '--limit <number>',
      'so many entries',
      (text) => {
        const limit = Number(text);
        if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
        throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST}.`);
      },
      LIMIT,
    )
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  $ npm run -s archivist -- audit --data ./archive
  $ npm run -s archivist -- audit --stack Archivist --limit 1000 --json | jq -r '.[].who' | sort | uniq -c`,
    )
    .action(async ({ limit, json, ...where }: AuditOptions) => {
      await reading(where, async (client) => {
        const entries = await client.operations.audit(limit);
        if (json) print(JSON.stringify(entries, null, 2));
        else if (entries.length === 0) tell('Nobody has changed anything yet.');
        for (const { at, who, command: name, what, why, outcome } of json ? [] : entries) {
          print(shown(`${at.slice(0, 19).replace('T', ' ')} UTC  ${who}  ${name}: ${what}`));
          print(shown(`  ${outcome ?? 'not known to have ended'}${why === '' ? '' : `; because: ${why}`}`));
        }
      });
    });
}
