import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Command } from 'commander';
import type { LocationOptions } from '../../operating/archive-location.ts';
import { Failure } from '../../operating/failure.ts';
import { run, spanOf } from '../../operating/handover/cut.ts';
import type { Mark, MarkedEpisode } from '../../operating/handover/marks.ts';
import { position, print, shown, tell } from '../../operating/terminal.ts';
import { type PlacesOptions, placesOf, withMedium } from '../episode-media.ts';
import { reading } from '../reading.ts';
import { placesOptions, secondsOption } from './cut.ts';

interface PlayOptions extends LocationOptions, PlacesOptions {
  readonly before: number;
  readonly after: number;
  readonly player?: string;
}

export function playCommand(command: Command): void {
  placesOptions(command)
    .option('--before <seconds>', 'so much of the episode before the clip', secondsOption, 1)
    .option('--after <seconds>', 'and so much after it', secondsOption, 1)
    .option(
      '--player <program>',
      'takes the options of ffplay (default: ffplay, else what the system opens audio with)',
    )
    .addHelpText(
      'after',
      `
One place after the other, until Ctrl-C. Without ffplay the system's own player opens the episode, and you go to the
time yourself.

Examples:
  $ npm run -s archivist -- play "Big wave" --data ./archive
  $ npm run -s archivist -- play "Big wave" 41 --data ./archive --before 5 --after 5`,
    )
    .action(async (clip: string, episode: string | undefined, options: PlayOptions) => {
      const abort = new AbortController();
      process.once('SIGINT', () => abort.abort());
      const player = options.player ?? (onPath('ffplay') ? 'ffplay' : undefined);
      await reading(options, async (client) => {
        for (const one of await placesOf(client, clip, { ...options, episode })) {
          if (abort.signal.aborted) return;
          await withMedium(client, one, options, (path, heard) =>
            player === undefined ? opened(heard, path) : played(player, heard, path, options, abort.signal),
          );
        }
      });
    });
}

const onPath = (program: string): boolean =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => [program, `${program}.exe`].some((name) => existsSync(join(folder, name))));

const told = (episode: MarkedEpisode, mark: Mark): void =>
  print(`${position(mark.startMs * 1e6)}  ${shown(mark.title)}  ${shown(episode.title)}`);

async function played(
  player: string,
  episode: MarkedEpisode,
  path: string,
  { before, after }: PlayOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const mark of episode.marks) {
    if (signal.aborted) return;
    told(episode, mark);
    const { fromMs, toMs } = spanOf(mark, episode, { beforeMs: before * 1000, afterMs: after * 1000 });
    const span = ['-ss', String(fromMs / 1000), '-t', String((toMs - fromMs) / 1000)];
    const quiet = ['-nodisp', '-autoexit', '-hide_banner', '-loglevel', 'error', '-protocol_whitelist', 'file'];
    await run(player, [...quiet, ...span, '-i', `file:${path}`], signal);
  }
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

async function opened(episode: MarkedEpisode, path: string): Promise<void> {
  for (const mark of episode.marks) told(episode, mark);
  const [program = 'xdg-open', ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  tell('There is no ffplay on the PATH: the episode is opened, and the times are above.');
  try {
    await run(program, [...args, path]);
  } catch (error) {
    throw new Failure(`${(error as Error).message} Install ffmpeg, which brings ffplay, or name a --player.`);
  }
}
