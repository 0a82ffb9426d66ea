import type { Command } from 'commander';

/** A command as the list of all shows it; what it does is loaded only when it is asked for. */
export interface CommandEntry {
  readonly name: string;
  readonly about: string;
  /** Whether it takes --data and --stack. */
  readonly onArchive: boolean;
  load(): Promise<(command: Command) => void>;
}

const onArchive = (name: string, about: string, load: CommandEntry['load']): CommandEntry => ({
  ...{ name, about, load },
  onArchive: true,
});
const alone = (name: string, about: string, load: CommandEntry['load']): CommandEntry => ({
  ...{ name, about, load },
  onArchive: false,
});

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  alone(
    'start',
    'Do the whole job on this machine: curate, research, and show where each clip plays.',
    async () => (await import('./commands/start.ts')).startCommand,
  ),
  alone(
    'local',
    'Run the whole stack on this machine until Ctrl-C.',
    async () => (await import('./commands/local.ts')).localCommand,
  ),
  onArchive(
    'curate',
    'Send the episodes or clips of a source to the archive.',
    async () => (await import('./commands/curate.ts')).curateCommand,
  ),
  onArchive(
    'research',
    'Take work items from an archive, listen, and report what was found, until Ctrl-C.',
    async () => (await import('./commands/research.ts')).researchCommand,
  ),
  onArchive(
    'findings',
    'Show where clips were played.',
    async () => (await import('./commands/findings.ts')).findingsCommand,
  ),
  onArchive(
    'list',
    'List clips or episodes, with how far they are researched and how often they were found.',
    async () => (await import('./commands/list.ts')).listCommand,
  ),
  onArchive(
    'play',
    'Play the places where a clip was found.',
    async () => (await import('./commands/play.ts')).playCommand,
  ),
  onArchive(
    'cut',
    'Write the places where a clip was found as audio files.',
    async () => (await import('./commands/cut.ts')).cutCommand,
  ),
  onArchive(
    'status',
    'Show how the archive is doing: progress, leases, backlog, rate, queues.',
    async () => (await import('./commands/status.ts')).statusCommand,
  ),
  onArchive(
    'report',
    'Write a report to look at: a folder of web pages with progress, findings, episodes and clips.',
    async () => (await import('./commands/report.ts')).reportCommand,
  ),
  onArchive(
    'explain',
    'Say why an episode, or one clip in it, is not researched yet.',
    async () => (await import('./commands/explain.ts')).explainCommand,
  ),
  onArchive(
    'watch',
    'Keep an archive current: feeds by their own pace, folders by change, until Ctrl-C.',
    async () => (await import('./commands/watch.ts')).watchCommand,
  ),
  onArchive(
    'pause',
    'Give out no new work for a while: of the whole archive, or of episodes.',
    async () => (await import('./commands/pause.ts')).pauseCommand,
  ),
  onArchive(
    'resume',
    'Give out work again: of the whole archive, or of episodes.',
    async () => (await import('./commands/pause.ts')).resumeCommand,
  ),
  onArchive(
    'retire',
    'Take clips or episodes out of research; what was found stays.',
    async () => (await import('./commands/retire.ts')).retireCommand,
  ),
  onArchive(
    'restore',
    'Take clips or episodes that were retired or removed back into research.',
    async () => (await import('./commands/retire.ts')).restoreCommand,
  ),
  onArchive(
    'remove',
    'Remove clips or episodes that came by mistake, with what was found of them.',
    async () => (await import('./commands/remove.ts')).removeCommand,
  ),
  onArchive(
    'prioritise',
    'Research clips or episodes earlier or later than their curators say.',
    async () => (await import('./commands/prioritise.ts')).prioritiseCommand,
  ),
  onArchive(
    'requeue',
    'Have pairs researched again; what was found so far is kept as history.',
    async () => (await import('./commands/requeue.ts')).requeueCommand,
  ),
  onArchive(
    'unpark',
    'Forget strikes, rests and parking: what was given up is tried again.',
    async () => (await import('./commands/unpark.ts')).unparkCommand,
  ),
  onArchive(
    'revoke',
    'End leases: what they have not reported goes back to the pool, and nobody is struck.',
    async () => (await import('./commands/revoke.ts')).revokeCommand,
  ),
  onArchive(
    'redrive',
    'Send dead letters back to their queue.',
    async () => (await import('./commands/redrive.ts')).redriveCommand,
  ),
  onArchive(
    'audit',
    'List what operators did: who, when, what, why, and how it ended. The latest first.',
    async () => (await import('./commands/audit.ts')).auditCommand,
  ),
  onArchive(
    'export',
    'Write the whole archive to a folder as JSON Lines, to keep it or to move it.',
    async () => (await import('./commands/export.ts')).exportCommand,
  ),
  onArchive(
    'import',
    'Put an exported archive into an empty one, local or deployed.',
    async () => (await import('./commands/import.ts')).importCommand,
  ),
  alone(
    'completion',
    'Print what makes a shell complete commands and options.',
    async () => (await import('./commands/completion.ts')).completionCommand,
  ),
];
