import type { Command } from 'commander';
import type { LocationOptions } from '../../operating/archive-location.ts';
import { Failure } from '../../operating/failure.ts';
import { counted, print, shown, tell } from '../../operating/terminal.ts';
import { exportArchive } from '../../operating/transfer/export-archive.ts';
import { holdLittle } from '../little-memory.ts';
import { reading } from '../reading.ts';

interface ExportOptions extends LocationOptions {
  readonly out: string;
  readonly json?: boolean;
}

const DAMAGED_TOLD = 20;

export function exportCommand(command: Command): void {
  command
    .requiredOption('--out <folder>', 'a folder that does not exist yet, or is empty')
    .option('--json', 'print what was exported as JSON')
    .addHelpText(
      'after',
      `
Clips, episodes, their names, ledgers, findings with their history, and the audit. Messages in queues are not in it,
and leases neither: to move an archive, stop the curators, \`pause --all\`, wait until \`status\` shows no leases, no
results in the queue and nothing curated, and export then.

Addresses of media, and what their sources are called, are whole in it: those of private feeds hold keys. So only you may read
the files (mode 0600). Keep them as you keep passwords.

Examples:
  $ npm run -s archivist -- export --data ./archive --out ./archive-2026-01-01
  $ npm run -s archivist -- export --stack Archivist --out ./moved && npm run -s archivist -- import ./moved --data ./archive`,
    )
    .action(async (options: ExportOptions) => {
      holdLittle();
      await reading(options, async (client) => {
        const { manifest, damaged } = await exportArchive(client, options.out);
        const { clips, episodes, findings } = manifest.counts;
        if (options.json) print(JSON.stringify(manifest, null, 2));
        else
          print(
            `${counted(clips, 'clip')}, ${counted(episodes, 'episode')} with their ledgers and ${counted(findings, 'finding')} are in ${options.out}.`,
          );
        tell(
          'Addresses are whole in it, with the keys of private feeds: only you may read it. Keep it as you keep passwords.',
        );
        if (manifest.leasesLeftOut > 0) {
          tell(
            `${counted(manifest.leasesLeftOut, 'lease')} lived meanwhile and are not in it: their pairs are free in it.`,
          );
        }
        if (damaged.length === 0) return;
        const lines = damaged.slice(0, DAMAGED_TOLD).map((reason) => `  ${shown(reason)}`);
        throw new Failure(`${counted(damaged.length, 'damaged item')} could not be exported:\n${lines.join('\n')}`);
      });
    });
}
