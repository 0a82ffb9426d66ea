import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import type { LocationOptions } from '../../operating/archive-location.ts';
import {
  LISTED_STATES,
  type Listed,
  type ListFilter,
  listing,
  SORTED_BY,
  type SortedBy,
} from '../../operating/listing.ts';
import { columns } from '../../operating/spoken.ts';
import { counted, shown, tell } from '../../operating/terminal.ts';
import { ENTRIES_COLUMNS, entryRow } from '../csv-columns/entries.ts';
import { pointInTime } from '../dates.ts';
import { JsonArray, written } from '../output.ts';
import { reading } from '../reading.ts';

interface ListOptions extends LocationOptions, ListFilter {
  readonly from?: number;
  readonly to?: number;
  readonly sort?: SortedBy;
  readonly descending?: boolean;
  readonly limit?: number;
  readonly notFound?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function listCommand(command: Command): void {
  command
    .addArgument(new Argument('<kind>', 'what to list').choices(['clips', 'episodes']))
    .option('--title <text>', 'only titles with this in them')
    .option('--show <text>', 'only of a show: a part of what their curator says of it')
    .addOption(new Option('--state <state>', 'only in this state').choices(LISTED_STATES))
    .addOption(new Option('--found', 'only clips found anywhere, or episodes with any').conflicts('notFound'))
    .option('--not-found', 'only those without a finding')
    .option('--from <day>', 'only episodes aired then or later', (text) => pointInTime(text))
    .option('--to <day>', 'only episodes aired then or before', (text) => pointInTime(text, { end: true }))
    .addOption(new Option('--sort <column>', 'by what').choices(SORTED_BY).default('id'))
    .option('--descending', 'the greatest first')
    .option('--limit <number>', 'so many', (text) => {
      const limit = Number(text);
      if (Number.isInteger(limit) && limit >= 1) return limit;
      throw new InvalidArgumentError('It must be a whole number, 1 or more.');
    })
    .addOption(new Option('--json', 'an array, for programs').conflicts('csv'))
    .addOption(new Option('--csv', 'a line each, for spreadsheets'))
    .addHelpText(
      'after',
      `
Found is in how many episodes a clip was found, and how many clips were found in an episode.

Examples:
  $ npm run -s archivist -- list clips --data ./archive --sort found --descending --limit 20
  $ npm run -s archivist -- list clips --data ./archive --not-found --state complete
  $ npm run -s archivist -- list episodes --stack Archivist --title tide --from 2019-01-01 --csv`,
    )
    .action(async (kind: 'clips' | 'episodes', options: ListOptions) => {
      await reading(options, async (client) => {
        const { from: airedFrom, to: airedTo, found, notFound, sort, descending, limit } = options;
        const filter = { ...options, airedFrom, airedTo, found: notFound ? false : found };
        const all = await listing(client, kind, filter, { ...(sort && { sort }), ...(descending && { descending }) });
        const rows = limit === undefined ? all : all.slice(0, limit);
        if (options.json) {
          const array = new JsonArray();
          await array.add(rows);
          await array.end();
        } else if (options.csv) await written(stringify([ENTRIES_COLUMNS, ...rows.map(entryRow)]));
        else await written(lines(kind, rows));
        if (rows.length < all.length) tell(`The first ${rows.length} of ${counted(all.length, kind.slice(0, -1))}.`);
        else if (rows.length === 0) tell(`No ${kind} that fit.`);
      });
    });
}

const TITLE_WIDTH = 60;

function lines(kind: 'clips' | 'episodes', rows: readonly Listed[]): string {
  if (rows.length === 0) return '';
  const short = (text: string) => (text.length > TITLE_WIDTH ? `${text.slice(0, TITLE_WIDTH - 1)}…` : text);
  // Shows have titles in common.
  const several = new Set(rows.map(({ show }) => show)).size > 1;
  const head = [
    'Id',
    ...(several ? ['Show'] : []),
    'Title',
    ...(kind === 'episodes' ? ['Aired'] : []),
    'Found',
    'Researched',
    'Of',
    'State',
  ];
  const cells = rows.map(({ id, show, title, aired, found, researched, of, state, unknown }) => [
    String(id),
    ...(several ? [short(shown(show))] : []),
    short(shown(title)),
    ...(kind === 'episodes' ? [aired?.slice(0, 10) ?? ''] : []),
    ...[found, researched, of, unknown === '' ? state : `${state}; ${shown(unknown)}`],
  ]);
  return `${columns([head, ...cells]).join('\n')}\n`;
}
