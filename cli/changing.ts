import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { type ArchiveClient, archiveClient } from '../operating/archive-client.ts';
import { archiveLocation, type LocationOptions } from '../operating/archive-location.ts';
import type { Change } from '../operating/change.ts';
import type { AuditEntry } from '../operating/tables/dynamo-operations.ts';
import { print, shown } from '../operating/terminal.ts';

/** Options of every command that changes something. */
export interface ChangingOptions extends LocationOptions {
  readonly yes?: boolean;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: boolean;
}

export const ABOUT_CHANGES = `
Without --yes it only shows what it would change. What it did is in \`audit\`.
`;

export function changingOptions(command: Command): Command {
  return command
    .option('--yes', 'do it; without it, only show what would be done')
    .option('--reason <text>', 'why, for the audit')
    .option('--by <name>', 'who, for the audit (default: user@machine)')
    .option('--json', 'for programs');
}

/** Opens the archive, plans, and shows the plan or carries it out. */
export async function changing<Options extends ChangingOptions>(
  command: string,
  options: Options,
  plan: (client: ArchiveClient) => Promise<Change>,
): Promise<void> {
  const client = archiveClient(await archiveLocation(options));
  try {
    await carryOut(client, command, options, await plan(client));
  } finally {
    client.close();
  }
}

/** Shows a plan, or, with --yes, carries it out. */
export async function carryOut(
  client: ArchiveClient,
  command: string,
  options: ChangingOptions,
  change: Change,
): Promise<void> {
  if (!options.yes || change.count === 0) showPlan(change, options);
  else showDone(change, await audited(client, command, options, change), options);
}

function showPlan({ what, count, details }: Change, { json }: ChangingOptions): void {
  if (json) print(JSON.stringify({ what, count, changed: null }, null, 2));
  else if (count === 0) print(`Nothing to do: this would ${what}.`);
  else {
    print(`This would ${what}${details.length > 0 ? ':' : '.'}`);
    for (const line of details) print(line);
    print('Nothing is changed yet. Add --yes to do it, and --reason "…" to say why.');
  }
}

function showDone({ what, count, hints = [] }: Change, changed: number, { json }: ChangingOptions): void {
  if (json) print(JSON.stringify({ what, count, changed }, null, 2));
  else {
    const fewer = changed === count ? '' : ` (${changed} of ${count}: the others were changed meanwhile)`;
    print(`Done: ${what}${fewer}. The archivists go by it from their next run, within a minute.`);
    for (const hint of hints) print(hint);
  }
}

/** The entry is there before anything changes: what dies halfway has left a trace. */
export async function audited(
  { operations }: ArchiveClient,
  command: string,
  { reason = '', by }: Pick<ChangingOptions, 'reason' | 'by'>,
  { what, apply }: Pick<Change, 'what' | 'apply'>,
): Promise<number> {
  const entry: AuditEntry = {
    id: randomUUID(),
    at: new Date().toISOString(),
    who: shown(by ?? whoami()).slice(0, TEXT_AT_MOST),
    command,
    what,
    why: shown(reason).slice(0, TEXT_AT_MOST),
  };
  await operations.note(entry);
  try {
    const changed = await apply();
    await operations.note({ ...entry, outcome: `${changed} changed` });
    return changed;
  } catch (error) {
    await operations.note({ ...entry, outcome: `failed: ${shown((error as Error).message).slice(0, TEXT_AT_MOST)}` });
    throw error;
  }
}

const TEXT_AT_MOST = 500;

function whoami(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container may run as a user id without a name.
    return `uid ${process.getuid?.() ?? '?'}@${hostname()}`;
  }
}
