import { decodedMp3 } from '../mp3-decoder.ts';
import { CODEC_DELAY, encodedMp3 } from '../mp3-encoder.ts';
import type { Random } from '../random.ts';
import { faded, RATE, samplesIn } from '../synthesis/signal.ts';
import type { PlayClass } from './play-classes.ts';
import { atSpeed, inRoom, overTelephone, stretched } from './processing.ts';

/** What is heard, and how many samples of the clip are missing before it (a play whose head is cut off). */
export interface Played {
  readonly sound: Float32Array;
  readonly missing: number;
  /** How much faster than the clip it runs. */
  readonly pace?: number;
}

/** Plays a clip (mono at RATE) in the way of its class. */
export async function played(clip: Float32Array, kind: PlayClass, random: Random): Promise<Played> {
  switch (kind) {
    case 'clean':
    case 'over talk':
      return { sound: clip, missing: 0 };
    case 're-encoded': {
      const format = { sampleRate: RATE, channels: 1, kbps: random.pick([32, 40, 48] as const) } as const;
      const decoded = await decodedMp3(await encodedMp3(clip, format));
      return { sound: decoded.subarray(CODEC_DELAY, CODEC_DELAY + clip.length), missing: 0 };
    }
    case 'resampled':
      return { sound: atSpeed(clip, 1, random.pick([8_000, 11_025, 12_000, 16_000]) / RATE), missing: 0 };
    case 'clock drift': {
      const pace = 1 + random.pick([-1, 1]) * random.between(50e-6, 300e-6);
      return { sound: atSpeed(clip, pace), missing: 0, pace };
    }
    case 'faster': {
      const pace = random.between(1.01, 1.02);
      return { sound: atSpeed(clip, pace), missing: 0, pace };
    }
    case 'time-stretched': {
      const factor = 1 + random.pick([-1, 1]) * random.between(0.01, 0.02);
      return { sound: stretched(clip, factor), missing: 0, pace: 1 / factor };
    }
    case 'cut off': {
      const share = Math.min(0.9, Math.max(random.between(0.5, 0.85), samplesIn(1.2) / clip.length));
      const kept = Math.round(clip.length * share);
      const missing = random.chance(2 / 3) ? 0 : clip.length - kept;
      return { sound: faded(clip.slice(missing, missing + kept), 0.01), missing };
    }
    case 'telephone':
      return { sound: overTelephone(clip, random.chance(0.5)), missing: 0 };
    case 'reverb':
      return { sound: inRoom(clip, random, random.between(0.25, 0.6)), missing: 0 };
  }
}
