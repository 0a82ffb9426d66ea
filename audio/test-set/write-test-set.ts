import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CODEC_DELAY, encodedMp3, type Mp3Format, mp3Encoder } from '../mp3-encoder.ts';
import { randomFrom } from '../random.ts';
import { addTo, RATE, rms, samplesIn } from '../synthesis/signal.ts';
import { Background } from './background.ts';
import { doubled } from './doubling.ts';
import { EpisodeStream } from './episode-stream.ts';
import { type PlannedPlay, type Profile, planned } from './plan.ts';
import { played } from './plays.ts';
import { Sounds } from './sounds.ts';
import type { Truth } from './truth.ts';
import { TALK_LEVEL, type Voices } from './voices.ts';

export interface TestSetOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly clips: number;
  readonly profile: Profile;
  readonly channels: 1 | 2;
  readonly voices: Voices;
  /** Called with the seconds of the episode that are written. */
  readonly onProgress?: (seconds: number) => void;
}

const FADE_SECONDS = 0.04;
const BLOCK_SECONDS = 10;
const CODEC_DELAY_SECONDS = CODEC_DELAY / (2 * RATE);

/**
 * Writes episode.mp3, clips/<id>.mp3 (both 44.1 kHz) and truth.json into a folder. The episode is made, encoded and
 * written stretch by stretch, so memory does not grow with its length; clips are kept up to a limit and made again
 * beyond it.
 *
 * @returns what truth.json says
 */
export async function writeTestSet(folder: string, options: TestSetOptions): Promise<Truth> {
  const seed = `${options.seed}`;
  const plan = planned(seed, options.minutes, options.clips, options.profile);
  const sounds = new Sounds(seed, options.voices);
  await mkdir(join(folder, 'clips'), { recursive: true });
  const format: Mp3Format = { sampleRate: 2 * RATE, channels: 1, kbps: 96 };
  for (const clip of plan.listed) {
    await writeFile(join(folder, 'clips', `${clip.id}.mp3`), await encodedMp3(doubled(sounds.of(clip)), format));
  }
  const listed = new Set(plan.listed.map((clip) => clip.id));
  const plays = (await writeEpisode(join(folder, 'episode.mp3'), plan.plays, sounds, options)).filter((play) =>
    listed.has(play.clip),
  );
  const truth: Truth = {
    episode: 'episode.mp3',
    seed: options.seed,
    minutes: options.minutes,
    profile: options.profile,
    talk: options.voices.name,
    clips: plan.listed.map(({ id, kind, present, variantOf }) => ({
      id,
      kind,
      present: present && plays.some((play) => play.clip === id),
      ...(variantOf === undefined ? {} : { variantOf }),
    })),
    plays,
  };
  await writeFile(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 1)}\n`);
  return truth;
}

async function writeEpisode(
  path: string,
  plays: readonly PlannedPlay[],
  sounds: Sounds,
  options: TestSetOptions,
): Promise<Truth['plays']> {
  const background = new Background(`${options.seed}`, options.voices);
  const kbps = options.channels === 2 ? 128 : 64;
  const stream = new EpisodeStream(path, await mp3Encoder({ sampleRate: 2 * RATE, channels: options.channels, kbps }));
  const found: Truth['plays'] = [];
  const end = samplesIn(options.minutes * 60);
  const talk = async (until: number): Promise<void> => {
    while (stream.written < until) {
      await stream.write(background.take(Math.min(samplesIn(BLOCK_SECONDS), until - stream.written)));
      options.onProgress?.(stream.written / RATE);
    }
  };
  for (const play of plays) {
    const clip = sounds.of(play.clip);
    const { sound, missing, pace = 1 } = await played(clip, play.class, randomFrom(play.seed));
    const start = stream.written + samplesIn(play.gapSeconds);
    if (start + sound.length > end) continue;
    await talk(start);
    found.push({
      clip: play.clip.id,
      // The silence that the codec puts before the clip would run at that pace too.
      offset: Number(((start - missing) / RATE + CODEC_DELAY_SECONDS * (1 - 1 / pace)).toFixed(6)),
      class: play.class,
      seconds: Number((sound.length / RATE).toFixed(3)),
      ...(play.overTalkDb === undefined ? {} : { overTalkDb: Number(play.overTalkDb.toFixed(1)) }),
    });
    await stream.write(mixed(background.take(sound.length), sound, play));
  }
  await talk(end);
  await stream.close();
  return found;
}

/** The play over its stretch of talk, at its level; the talk is faded out where it stops, or turned down beneath. */
function mixed(talk: Float32Array, sound: Float32Array, play: PlannedPlay): Float32Array {
  // A pause in the talk does not make the clip faint: its usual level counts then.
  const level = Math.max(rms(talk), 0.7 * TALK_LEVEL);
  const over = play.class === 'over talk';
  const soundLevel = rms(sound);
  const wanted = over
    ? level * 10 ** ((play.overTalkDb ?? 0) / 20)
    : 0.1 * 10 ** (randomFrom(`${play.seed}/level`).between(-6, 3) / 20);
  const talkGain = over ? 1 : play.overTalkDb === undefined ? 0 : (wanted / level) * 10 ** (-play.overTalkDb / 20);
  const fade = samplesIn(FADE_SECONDS);
  const out = new Float32Array(talk.length);
  for (let i = 0; i < talk.length; i++) {
    const edge = Math.max(0, 1 - i / fade, 1 - (talk.length - 1 - i) / fade);
    out[i] = talk[i]! * (talkGain + (1 - talkGain) * edge);
  }
  addTo(out, sound, 0, soundLevel === 0 ? 0 : wanted / soundLevel);
  return out;
}
