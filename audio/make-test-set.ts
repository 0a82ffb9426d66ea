import { Option } from 'commander';
import { numberFrom, scriptOptions } from '../cli/script.ts';
import { PROFILES, type Profile } from './test-set/plan.ts';
import { bestVoices } from './test-set/voices.ts';
import { writeTestSet } from './test-set/write-test-set.ts';

/** `npm run audio:testset -- --seed N --minutes 60 --clips 100 --out DIR`: writes a labelled test set. */
interface Options {
  seed: number;
  minutes: number;
  clips: number;
  out: string;
  profile: Profile;
  channels: '1' | '2';
  builtInVoices?: true;
}

const options = scriptOptions<Options>(
  {
    name: 'audio:testset',
    description: 'Writes an episode, clips and the truth about where they play, drawn from a seed.',
    examples: ['--seed 7 --out /tmp/set', '--seed 8 --minutes 20 --clips 40 --profile quiet --out /tmp/quiet'],
  },
  (command) =>
    command
      .requiredOption('--seed <number>', 'which set', numberFrom(0, 2 ** 31))
      .requiredOption('--out <folder>', 'where to write it')
      .option('--minutes <number>', 'length of the episode', numberFrom(0.5, 1_440, 'any'), 60)
      .option('--clips <number>', 'how many clips, about 70 % of which play', numberFrom(1, 9_999), 100)
      .addOption(
        new Option(
          '--profile <name>',
          'standard: over talk 0..6 dB louder; quiet: 0..9 dB below it; foreign: none plays',
        )
          .choices(PROFILES)
          .default('standard'),
      )
      .addOption(new Option('--channels <number>', 'of the episode').choices(['1', '2']).default('1'))
      .option('--built-in-voices', 'do not use espeak-ng, even where it is installed'),
);

try {
  await make();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function make(): Promise<void> {
  const voices = bestVoices(options.builtInVoices);
  const began = performance.now();
  let reported = 0;
  const truth = await writeTestSet(options.out, {
    seed: options.seed,
    minutes: options.minutes,
    clips: options.clips,
    profile: options.profile,
    channels: options.channels === '2' ? 2 : 1,
    voices,
    onProgress: (seconds) => {
      if (seconds - reported < 600) return;
      reported = seconds;
      process.stderr.write(`${Math.round(seconds / 60)} of ${options.minutes} minutes\n`);
    },
  });
  const present = truth.clips.filter((clip) => clip.present).length;
  process.stderr.write(
    `${options.out}: ${options.minutes} minutes, ${truth.clips.length} clips (${present} present), ${truth.plays.length} plays, ` +
      `talk by ${voices.name}, made in ${((performance.now() - began) / 1_000).toFixed(0)} s\n`,
  );
}
