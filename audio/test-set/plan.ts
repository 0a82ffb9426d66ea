import { type Random, randomFrom } from '../random.ts';
import { type PlannedClip, plannedClips } from './clips.ts';
import { type PlayClass, playClasses } from './play-classes.ts';

/** standard: plays over talk are 0..6 dB louder than it; quiet: 0..9 dB below it; foreign: no listed clip plays. */
export type Profile = 'standard' | 'quiet' | 'foreign';

export const PROFILES: readonly Profile[] = ['standard', 'quiet', 'foreign'];

const OVER_TALK_DB: Readonly<Record<Profile, readonly [number, number]>> = {
  standard: [0, 6],
  quiet: [-9, 0],
  foreign: [0, 6],
};

/** 324 plays an hour, as long as they fill no more than this share of the episode. */
const PLAYS_A_MINUTE = 5.4;
const MOST_PLAYED = 0.75;
const SHORTEST_GAP_SECONDS = 0.3;

export interface PlannedPlay {
  readonly clip: PlannedClip;
  readonly class: PlayClass;
  /** Seconds of talk alone before it. */
  readonly gapSeconds: number;
  /** Level over the talk beneath it; undefined where the talk stops for it. */
  readonly overTalkDb: number | undefined;
  /** Names its random draws. */
  readonly seed: string;
}

export interface Plan {
  /** What the analyzer is given. */
  readonly listed: readonly PlannedClip[];
  readonly plays: readonly PlannedPlay[];
}

/** Which clips there are and which of them plays when and how, from the seed alone. */
export function planned(seed: string, minutes: number, count: number, profile: Profile): Plan {
  const random = randomFrom(`${seed}/plays`);
  const clips = plannedClips(seed, profile === 'foreign' ? Math.ceil(count / 0.3) : count);
  const present = clips.filter((clip) => clip.present);
  const wanted = Math.round(minutes * PLAYS_A_MINUTE);
  const order = playOrder(random, present, wanted, minutes * 60 * MOST_PLAYED);
  const classes = playClasses(random, order.length);
  const gaps = gapsBetween(
    random,
    minutes * 60 - order.reduce((sum, clip) => sum + clip.seconds + 0.6, 0),
    order.length,
  );
  return {
    listed: profile === 'foreign' ? clips.filter((clip) => !clip.present).slice(0, count) : clips,
    plays: order.map((clip, i) => ({
      clip,
      class: classes[i]!,
      gapSeconds: gaps[i]!,
      overTalkDb: levelOverTalk(random, classes[i]!, profile),
      seed: `${seed}/play/${i}`,
    })),
  };
}

/** Every present clip once where there is time, the rest drawn at random; a clip too long for what is left is passed over. */
function playOrder(random: Random, present: readonly PlannedClip[], wanted: number, seconds: number): PlannedClip[] {
  const chosen: PlannedClip[] = [];
  let left = seconds;
  for (let tries = 0; chosen.length < wanted && tries < 4 * wanted + present.length; tries++) {
    const clip = present[tries] ?? random.pick(present);
    if (clip.seconds > left) continue;
    left -= clip.seconds;
    chosen.push(clip);
  }
  return random.shuffled(chosen);
}

/** `count` gaps that leave a last one after them: random cuts of the spare time, none shorter than the shortest. */
function gapsBetween(random: Random, spareSeconds: number, count: number): number[] {
  const shares = Array.from({ length: count + 1 }, () => -Math.log(1 - random.next()));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const free = Math.max(0, spareSeconds - SHORTEST_GAP_SECONDS * (count + 1));
  return shares.map((share) => SHORTEST_GAP_SECONDS + (free * share) / total);
}

/** The talk goes on beneath plays over talk, stops for clean ones, and is low under half of the others. */
function levelOverTalk(random: Random, kind: PlayClass, profile: Profile): number | undefined {
  if (kind === 'clean') return undefined;
  if (kind === 'over talk') return random.between(...OVER_TALK_DB[profile]);
  return random.chance(0.5) ? random.between(12, 20) : undefined;
}
