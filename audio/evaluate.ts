import { join } from 'node:path';
import { numberFrom, scriptOptions } from '../cli/script.ts';
import { keepCompiledCode } from '../local/compile-cache.ts';
import { AnalyzerPool } from '../researcher/analyzer/pool.ts';
import { ANALYZER, analyzed, clipFiles } from './evaluation/analyze.ts';
import { chanceBy } from './evaluation/chance.ts';
import { decodeAlone } from './evaluation/decode-alone.ts';
import { type Cost, peakMegabytes, rest, stopwatch } from './evaluation/measured.ts';
import { readTruth } from './evaluation/read-truth.ts';
import { type Evaluation, report } from './evaluation/report.ts';
import { sameSounds } from './evaluation/same-sound.ts';
import { scored } from './evaluation/score.ts';
import { SetSounds } from './evaluation/set-sounds.ts';
import { stagesOf } from './evaluation/stages.ts';
import type { Truth } from './test-set/truth.ts';

/** `npm run audio:evaluate -- --set DIR`: runs the researcher's analyzer on a test set and says how right and fast it was. */
interface Options {
  set: string;
  foreign?: string[];
  workers: number;
  warm?: boolean;
  stages?: true;
  json?: true;
}

const workerFile = new URL('../researcher/analyzer/worker.ts', import.meta.url);

const options = scriptOptions<Options>(
  {
    name: 'audio:evaluate',
    description: 'Searches the clips of a test set in its episode, and compares with the truth.',
    more: `A set is a folder with truth.json, the episode and clips/<id>.mp3. Of a set of your own, truth.json needs no more than:
  {"episode": "episode.mp3",
   "clips": [{"id": "opening", "kind": "music", "present": true}, {"id": "not-of-this-show", "kind": "speech", "present": false}],
   "plays": [{"clip": "opening", "offset": 12.345, "class": "clean"}]}
"offset" is in seconds; "kind" and "class" are any words, to count by. Without the plays ([]), everything found is listed
as false. "shares": ["id", …] of a clip names others that have some of its audio; what the files themselves show is known.`,
    examples: ['--set /tmp/set', '--set /tmp/set --stages', '--set ./my-episode --foreign ./another-show --json'],
  },
  (command) =>
    command
      .requiredOption('--set <folder>', 'with truth.json, the episode and clips/<id>.mp3')
      .option(
        '--foreign <folders...>',
        'search the clips of these sets instead; whatever is found is a false alarm, unless it is the sound of what plays',
      )
      .option('--workers <number>', 'threads', numberFrom(1, 64), 1)
      .option('--warm', 'do all of it once before it is measured: a researcher that has been running for a while')
      .option('--stages', 'say of each play that was missed at which stage of the analyzer it was lost')
      .option('--json', 'one JSON object instead of a table'),
);

try {
  const evaluation = await evaluated(options);
  process.stdout.write(options.json ? `${JSON.stringify(evaluation, null, 1)}\n` : report(evaluation));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function evaluated(options: Options): Promise<Evaluation> {
  // As for every command that researches.
  keepCompiledCode();
  const pool = new AnalyzerPool({ workers: options.workers, workerFile });
  try {
    return await evaluatedBy(pool, options);
  } finally {
    await pool.close();
  }
}

async function evaluatedBy(
  pool: AnalyzerPool,
  { set, foreign, workers, warm = false, stages }: Options,
): Promise<Evaluation> {
  const own = await readTruth(set);
  const episode = join(set, own.episode);
  const { truth, clips } = foreign === undefined ? ownClips(set, own) : await foreignClips(foreign, own);
  if (warm) await decodeAlone(episode);
  const decoding = stopwatch();
  const decoded = await decodeAlone(episode);
  const decodeCost = decoding();
  if (warm) await analyzed(pool, episode, clips);
  const analysis = stopwatch();
  let opening: Cost = analysis();
  const result = await analyzed(pool, episode, clips, () => {
    opening = analysis();
  });
  const cost = analysis();
  const { detections, faint, notDistinctive } = result;
  const playing = foreign === undefined ? truth : { ...own, clips: [...truth.clips, ...own.clips] };
  const sounds = new SetSounds(episode, foreign === undefined ? clips : [...clips, ...ownClips(set, own).clips]);
  const bare = scored(truth, detections, { faint });
  const shared = await sameSounds(playing, [...bare.false, ...bare.faint.chance], sounds);
  const score = scored(truth, detections, { faint, shared, notDistinctive, seconds: result.seconds });
  const clipHours = ((clips.length - result.refused.length) * result.episodeSeconds) / 3_600;
  return {
    set,
    ...(foreign === undefined ? {} : { foreign }),
    analyzer: ANALYZER,
    workers,
    warm,
    episodeSeconds: result.episodeSeconds,
    clips: clips.length,
    score,
    ...(stages && { stages: await stagesOf(sounds, truth.plays, score.missed, notDistinctive) }),
    clipHours,
    chance: chanceBy(result.freedom, result.episodeSeconds / 3_600, [...score.false, ...score.faint.chance]),
    ...(foreign === undefined ? {} : { falseAlarmsPer1000ClipHours: (1_000 * score.falseAlarms) / clipHours }),
    refused: result.refused,
    notDistinctive,
    analysis: cost,
    opening,
    searching: rest(cost, opening),
    // What mpg123 makes of other formats is no measure.
    ...(decoded > 0.9 * result.episodeSeconds && {
      decodeAlone: decodeCost,
      ratio: { wall: cost.seconds / decodeCost.seconds, cpu: cost.cpuSeconds / decodeCost.cpuSeconds },
    }),
    peakMegabytes: peakMegabytes(),
  };
}

function ownClips(folder: string, truth: Truth) {
  return {
    truth,
    clips: clipFiles(
      folder,
      truth.clips.map((clip) => clip.id),
    ),
  };
}

/** The clips of other sets under the names folder/id, and a truth in which none of them plays. */
async function foreignClips(folders: readonly string[], own: Truth) {
  const truths = await Promise.all(folders.map(readTruth));
  const clips = truths.flatMap((truth, i) =>
    truth.clips.map(({ id, kind }) => ({ folder: folders[i]!, id, kind, name: `${folders[i]}/${id}` })),
  );
  return {
    truth: {
      episode: own.episode,
      clips: clips.map(({ name, kind }) => ({ id: name, kind, present: false })),
      plays: [],
    } satisfies Truth,
    clips: clips.map(({ folder, id, name }) => ({ id: name, path: join(folder, 'clips', `${id}.mp3`) })),
  };
}
