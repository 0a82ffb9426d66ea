import { spawnSync } from 'node:child_process';
import { type Random, randomFrom } from '../random.ts';
import { faded, levelled, RATE, samplesIn } from '../synthesis/signal.ts';
import { speakerFrom, speechLike } from '../synthesis/speech.ts';
import { sentence } from './sentences.ts';

/** Loudness (root mean square) of every utterance. */
export const TALK_LEVEL = 0.08;

/** Somebody who talks. The same words, as their seed says, come out the same; another take says them a bit otherwise. */
export interface Voice {
  /** About `seconds` of talk, mono at RATE, never longer; take 0 is the usual delivery. */
  utter(words: string, seconds: number, take?: number): Float32Array;
}

/** Where voices come from. */
export interface Voices {
  /** What it is, for the record of a test set. */
  readonly name: string;
  voice(random: Random): Voice;
}

/** Talk of espeak-ng where the machine has it (or the caller does not mind), else of the built-in synthesiser. */
export function bestVoices(builtInOnly = false): Voices {
  const version = builtInOnly ? undefined : spawnSync('espeak-ng', ['--version'], { encoding: 'utf8' }).stdout;
  const number = version?.match(/\d{1,4}\.\d{1,4}(\.\d{1,4})?/)?.[0];
  return number === undefined ? builtInVoices : { name: `espeak-ng ${number}`, voice: espeakVoice };
}

const builtInVoices: Voices = {
  name: 'built-in',
  voice: (random) => {
    const speaker = speakerFrom(random);
    return {
      utter: (words, seconds, take = 0) => {
        const pace = speaker.pace * (1 + 0.08 * take);
        const sound = speechLike(randomFrom(words), seconds, {
          ...speaker,
          pace,
          pitch: speaker.pitch * (1 + 0.04 * take),
        });
        return levelled(sound, TALK_LEVEL);
      },
    };
  },
};

const ACCENTS = ['en-us', 'en-gb', 'en-gb-scotland', 'en-gb-x-rp', 'en-029'];
const VARIANTS = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'f1', 'f2', 'f3', 'f4', 'f5'];

function espeakVoice(random: Random): Voice {
  const voice = `${random.pick(ACCENTS)}+${random.pick(VARIANTS)}`;
  const [wordsPerMinute, pitch] = [random.integer(145, 195), random.integer(22, 78)];
  return {
    utter: (words, seconds, take = 0) => {
      const speech = randomFrom(words);
      let text = sentence(speech);
      while (text.length < seconds * 17) text += ` ${sentence(speech)}`;
      const rate = Math.round(wordsPerMinute * (1 + 0.08 * take));
      const sound = trimmed(espeak(text, voice, rate, pitch + 5 * take));
      const length = Math.min(sound.length, samplesIn(seconds));
      return levelled(faded(sound.slice(0, length), 0.01), TALK_LEVEL);
    },
  };
}

function espeak(text: string, voice: string, wordsPerMinute: number, pitch: number): Float32Array {
  const options = ['-v', voice, '-s', `${wordsPerMinute}`, '-p', `${pitch}`, '--stdin', '--stdout'];
  const { stdout, status, stderr } = spawnSync('espeak-ng', options, { input: text, maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`espeak-ng ${options.join(' ')} failed (${status}): ${stderr}`);
  const rate = stdout.readUInt32LE(24);
  if (rate !== RATE)
    throw new Error(`espeak-ng speaks at ${rate} Hz with the voice ${voice}; ${RATE} Hz were expected`);
  const out = new Float32Array((stdout.length - 44) >> 1);
  for (let i = 0; i < out.length; i++) out[i] = stdout.readInt16LE(44 + 2 * i) / 32_768;
  return out;
}

/** Without the silence at both ends. */
function trimmed(sound: Float32Array): Float32Array {
  let [from, to] = [0, sound.length];
  while (from < to && Math.abs(sound[from]!) < 0.004) from++;
  while (to > from && Math.abs(sound[to - 1]!) < 0.004) to--;
  return sound.subarray(from, to);
}
