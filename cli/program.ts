import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { BadUsage, EXIT, Failure } from '../operating/failure.ts';
import { tell } from '../operating/terminal.ts';
import { auditCommand } from './commands/audit.ts';
import { curateCommand } from './commands/curate.ts';
import { explainCommand } from './commands/explain.ts';
import { exportCommand } from './commands/export.ts';
import { findingsCommand } from './commands/findings.ts';
import { importCommand } from './commands/import.ts';
import { localCommand } from './commands/local.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { prioritiseCommand } from './commands/prioritise.ts';
import { redriveCommand } from './commands/redrive.ts';
import { reportCommand } from './commands/report.ts';
import { requeueCommand } from './commands/requeue.ts';
import { researchCommand } from './commands/research.ts';
import { restoreCommand, retireCommand } from './commands/retire.ts';
import { revokeCommand } from './commands/revoke.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { unparkCommand } from './commands/unpark.ts';

/** Runs the command line. @returns the exit code: 0 success, 1 failure, 2 bad usage */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...argv]);
    return Number(process.exitCode ?? EXIT.success);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    tell(error instanceof Failure || error instanceof BadUsage ? error.message : unexpected(error));
    return error instanceof BadUsage ? EXIT.usage : EXIT.failure;
  }
}

export function program(): Command {
  const root = new Command('archivist')
    .description('Answers where each clip was played in a podcast archive.')
    .exitOverride()
    .showHelpAfterError('(add --help for examples)');
  const onArchive = (name: string, define: (command: Command) => void) => {
    const command = root.command(name).exitOverride();
    command
      .option('--data <dir>', 'a local archive, by its folder')
      .option('--stack <name>', 'a deployed archive, by its CloudFormation stack');
    define(command);
  };
  startCommand(root.command('start').exitOverride(), workersOption);
  localCommand(root.command('local').exitOverride());
  onArchive('curate', curateCommand);
  onArchive('research', (command) => researchCommand(command, workersOption));
  onArchive('findings', findingsCommand);
  onArchive('status', statusCommand);
  onArchive('report', reportCommand);
  onArchive('explain', explainCommand);
  onArchive('pause', pauseCommand);
  onArchive('resume', resumeCommand);
  onArchive('retire', retireCommand);
  onArchive('restore', restoreCommand);
  onArchive('prioritise', prioritiseCommand);
  onArchive('requeue', requeueCommand);
  onArchive('unpark', unparkCommand);
  onArchive('revoke', revokeCommand);
  onArchive('redrive', redriveCommand);
  onArchive('audit', auditCommand);
  onArchive('export', exportCommand);
  onArchive('import', importCommand);
  return root;
}

const MOST_WORKERS = 64;

function workersOption(command: Command): Command {
  return command.option(
    '--workers <number>',
    'threads that analyse (default: as many as there are processors)',
    (text) => {
      const workers = Number(text);
      if (Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return workers;
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_WORKERS}.`);
    },
  );
}

function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env.ARCHIVIST_DEBUG ? (error.stack ?? error.message) : `${error.name}: ${error.message}`;
}
