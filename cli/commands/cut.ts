import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LocationOptions } from '../../operating/archive-location.ts';
import { CUT_AS, type CutAs, cut } from '../../operating/handover/cut.ts';
import { LOOKED_BY } from '../../operating/select.ts';
import { print } from '../../operating/terminal.ts';
import { PLACES, type PlacesOptions, placesOf, withMedium } from '../episode-media.ts';
import { reading } from '../reading.ts';

interface CutCommandOptions extends LocationOptions, PlacesOptions {
  readonly out: string;
  readonly before: number;
  readonly after: number;
  readonly as: CutAs;
  readonly ffmpeg: string;
}

const MOST_SECONDS = 600;

export const secondsOption = (text: string): number => {
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds >= 0 && seconds <= MOST_SECONDS) return seconds;
  throw new InvalidArgumentError(`It must be a number of seconds from 0 to ${MOST_SECONDS}.`);
};

export const placesOptions = (command: Command): Command =>
  command
    .argument('<clip>', `the clip: ${LOOKED_BY}`)
    .argument('[episode]', 'only in this episode, in the same way')
    .option('--limit <number>', `so many places (default: ${PLACES})`, (text) => {
      const limit = Number(text);
      if (Number.isInteger(limit) && limit >= 1) return limit;
      throw new InvalidArgumentError('It must be a whole number, 1 or more.');
    })
    .option('--allow-private', 'fetch media from private addresses too (a NAS, a server of your own)');

export function cutCommand(command: Command): void {
  placesOptions(command)
    .option('--out <folder>', 'where the files go', 'cuts')
    .option('--before <seconds>', 'so much of the episode before the clip', secondsOption, 0)
    .option('--after <seconds>', 'and so much after it', secondsOption, 0)
    .addOption(new Option('--as <format>', 'what is written').choices(Object.keys(CUT_AS)).default('wav'))
    .option('--ffmpeg <program>', 'the ffmpeg to use', 'ffmpeg')
    .addHelpText(
      'after',
      `
Episodes are fetched as researchers do; what is in the cache of this machine is not fetched again.

Examples:
  $ npm run -s archivist -- cut "Big wave" --data ./archive --before 2 --after 2
  $ npm run -s archivist -- cut "Big wave" 41 --data ./archive --as flac --out ./waves`,
    )
    .action(async (clip: string, episode: string | undefined, options: CutCommandOptions) => {
      const { out: folder, before, after, as, ffmpeg } = options;
      await reading(options, async (client) => {
        for (const one of await placesOf(client, clip, { ...options, episode })) {
          await withMedium(client, one, options, async (path, heard) => {
            for (const mark of heard.marks) {
              print(
                await cut(path, heard, mark, { ffmpeg, folder, as, beforeMs: before * 1000, afterMs: after * 1000 }),
              );
            }
          });
        }
      });
    });
}
