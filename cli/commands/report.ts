import { writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { LocationOptions } from '../../operating/archive-location.ts';
import { counted, print } from '../../operating/terminal.ts';
import { reportAssets } from '../../report/assets.ts';
import { readReportFacts } from '../../report/report-facts.ts';
import { reportFiles } from '../../report/report-files.ts';
import { singlePage } from '../../report/single.ts';
import { checkReportFolder, writeReport } from '../../report/write-report.ts';
import { pointInTime } from '../dates.ts';
import { holdLittle } from '../little-memory.ts';
import { reading } from '../reading.ts';

interface ReportOptions extends LocationOptions {
  readonly out: string;
  readonly title?: string;
  readonly withAddresses?: boolean;
  readonly json?: boolean;
  readonly since?: number;
  readonly single?: boolean;
}

export function reportCommand(command: Command): void {
  command
    .option('--out <folder>', 'a new folder, or that of an earlier report, which is replaced', 'archivist-report')
    .option('--title <text>', 'what it is called (default: the name of the archive)')
    .option('--with-addresses', 'so that media in the web can be played; private feeds have secrets in addresses')
    .option('--since <time>', 'also a page of what was found since: a day, a time or an age (7d)', (text) =>
      pointInTime(text),
    )
    .option('--single', 'one page without scripts, for mailing; up to 2,000 findings, with --since only the new ones')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      `
The pages need no server and no network: open index.html, or copy the folder to any web server. What they show was read
when they were made. Media are not in them: playing one loads it from where its feed says it is,
files of this machine always, media in the web with --with-addresses. Give such a report only to whom you trust with them.

Examples:
  $ npm run -s archivist -- report --data ./archive
  $ npm run -s archivist -- report --data ./archive --since 7d
  $ npm run -s archivist -- report --data ./archive --single --since 7d --out week.html
  $ npm run -s archivist -- report --stack Archivist --out ./public --title "The Tides archive"`,
    )
    .action(async (options: ReportOptions) => {
      // Before anything is read, which may take a while and, on AWS, money.
      const single = resolve(/\.html?$/i.test(options.out) ? options.out : `${options.out}.html`);
      if (options.single !== true) checkReportFolder(options.out);
      holdLittle();
      await reading(options, async (client) => {
        const facts = await readReportFacts(client);
        const title = options.title ?? basename(resolve(client.location.name));
        const { since, withAddresses } = options;
        if (options.single) {
          const page = singlePage(title, facts, since);
          writeFileSync(single, page);
          if (options.json) print(JSON.stringify({ index: single, files: 1, bytes: Buffer.byteLength(page) }, null, 2));
          else print(`${kilobytes(Buffer.byteLength(page))}. Open ${pathToFileURL(single)}`);
          return;
        }
        const assets = await reportAssets();
        const written = await writeReport(options.out, reportFiles(title, facts, assets, withAddresses, since));
        const index = join(resolve(options.out), 'index.html');
        if (options.json) print(JSON.stringify({ index, ...written }, null, 2));
        else print(`${counted(written.files, 'file')}, ${megabytes(written.bytes)}. Open ${pathToFileURL(index)}`);
      });
    });
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1000)} kB`;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
