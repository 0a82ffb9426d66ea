import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRunnerGone } from '../local/processes/data-folder-lock.ts';
import { type ArchiveClient, archiveClient } from '../operating/archive-client.ts';
import { archiveLocation, type LocationOptions } from '../operating/archive-location.ts';
import { detail } from '../operating/terminal.ts';

/**
 * Opens an archive for a command that only reads, whether it runs or not, and closes it afterwards.
 * @throws BadUsage or Failure when there is none
 */
export async function reading<Result>(
  options: LocationOptions,
  use: (client: ArchiveClient) => Promise<Result>,
): Promise<Result> {
  const { data, stack } = options;
  if (data !== undefined && stack === undefined && (!existsSync(join(data, 'stack.json')) || isRunnerGone(data))) {
    const { hasTables, openStoppedArchive } = await import('../operating/stopped-archive.ts');
    if (hasTables(data)) {
      detail(`${data} is not running: its tables are read.`);
      const opened = await openStoppedArchive(data);
      const client = archiveClient(opened.location);
      try {
        return await use(client);
      } finally {
        client.close();
        await opened.close();
      }
    }
  }
  const client = archiveClient(await archiveLocation(options));
  detail(`The archive is ${client.location.name}.`);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}
