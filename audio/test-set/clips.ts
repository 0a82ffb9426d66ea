import { type Random, randomFrom } from '../random.ts';
import { EFFECTS, effectLike } from '../synthesis/effects.ts';
import { musicLike } from '../synthesis/music.ts';
import { addTo, levelled } from '../synthesis/signal.ts';
import type { Voices } from './voices.ts';

export type ClipKind = 'speech' | 'speech over music' | 'music' | 'effects';

/** A clip of a test set, before it sounds. `variantOf` names the clip of which it is another take. */
export interface PlannedClip {
  readonly id: string;
  readonly kind: ClipKind;
  readonly present: boolean;
  readonly seconds: number;
  readonly variantOf?: string;
}

const KINDS: readonly ClipKind[] = [
  ...Array.from({ length: 4 }, () => 'speech' as const),
  ...Array.from({ length: 2 }, () => 'speech over music' as const),
  ...Array.from({ length: 2 }, () => 'music' as const),
  ...Array.from({ length: 2 }, () => 'effects' as const),
];

/** Longest clip of each kind, in seconds; lengths are spread evenly in ratio from the shortest on. */
const LENGTHS: Readonly<Record<ClipKind, readonly [number, number]>> = {
  speech: [1, 20],
  'speech over music': [2, 20],
  music: [2, 20],
  effects: [1, 6],
};

/** Share of the clips that play at all, and of near-duplicates among those that do not. */
const PRESENT_SHARE = 0.7;
const VARIANT_SHARE = 0.5;

/**
 * The clips of a set: about 70 % present; of the absent ones, half are other takes of present clips (same voice and
 * words, or the same tune) that must not be taken for them.
 */
export function plannedClips(seed: string, count: number): PlannedClip[] {
  const random = randomFrom(`${seed}/clips`);
  const present = Math.max(1, Math.round(count * PRESENT_SHARE));
  const clips: PlannedClip[] = [];
  for (let i = 0; i < present; i++) clips.push(freshClip(random, `p${i}`, true));
  const takes = clips.filter((clip) => clip.kind !== 'effects' && clip.seconds >= 1.5);
  for (let i = present; i < count; i++) {
    const original = random.chance(VARIANT_SHARE) ? takes[i - present] : undefined;
    if (original === undefined) clips.push(freshClip(random, `a${i}`, false));
    else clips.push({ ...original, id: `a${i}`, present: false, variantOf: original.id });
  }
  const names = new Map(random.shuffled(clips).map((clip, i) => [clip.id, `c${String(i + 1).padStart(4, '0')}`]));
  return clips
    .map((clip) => ({
      ...clip,
      id: names.get(clip.id) ?? clip.id,
      ...(clip.variantOf === undefined ? {} : { variantOf: names.get(clip.variantOf) ?? clip.variantOf }),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function freshClip(random: Random, id: string, present: boolean): PlannedClip {
  const kind = random.pick(KINDS);
  const [shortest, longest] = LENGTHS[kind];
  return { id, kind, present, seconds: shortest * (longest / shortest) ** random.next() };
}

/** What the clip sounds like: mono at RATE. Drawn from the seed and the clip's id alone. */
export function clipSound(seed: string, clip: PlannedClip, voices: Voices): Float32Array {
  const origin = `${seed}/clip/${clip.variantOf ?? clip.id}`;
  const take = clip.variantOf === undefined ? 0 : randomFrom(`${seed}/take/${clip.id}`).pick([-1, 1]);
  const speech = (): Float32Array =>
    voices.voice(randomFrom(`${origin}/voice`)).utter(`${origin}/words`, clip.seconds, take);
  switch (clip.kind) {
    case 'speech':
      return levelled(speech(), 0.12);
    case 'music':
      return musicLike(randomFrom(`${origin}/music`), clip.seconds, performance(seed, clip, take));
    case 'speech over music': {
      const sound = speech();
      const music = musicLike(randomFrom(`${seed}/clip/${clip.id}/bed`), sound.length / 22_050);
      addTo(sound, levelled(music, 0.04), 0, 1);
      return levelled(sound, 0.12);
    }
    case 'effects': {
      const random = randomFrom(`${origin}/effect`);
      return random.chance(0.5)
        ? effectLike(random, clip.seconds)
        : effectLike(random, clip.seconds, random.pick(EFFECTS));
    }
  }
}

/** Another take of a tune is played by other hands, a little faster or slower. */
function performance(seed: string, clip: PlannedClip, take: number) {
  return { hands: randomFrom(`${seed}/hands/${clip.id}`), tempo: 1 + 0.05 * take };
}
