import type { Random } from '../random.ts';

/** How a clip comes out of the loudspeaker, with its number among 324 plays (an hour). */
export const PLAY_CLASSES = {
  clean: 70,
  'over talk': 90,
  're-encoded': 40,
  resampled: 20,
  'clock drift': 20,
  faster: 20,
  'time-stretched': 10,
  'cut off': 22,
  telephone: 16,
  reverb: 16,
} as const;

export type PlayClass = keyof typeof PLAY_CLASSES;

/** So many classes in the proportions above, shuffled; each occurs at least once if there is room for all. */
export function playClasses(random: Random, count: number): PlayClass[] {
  const kinds = Object.keys(PLAY_CLASSES) as PlayClass[];
  const others = kinds.flatMap((kind) => Array.from({ length: PLAY_CLASSES[kind] - 1 }, () => kind));
  const dealt: PlayClass[] = [];
  while (dealt.length < count) dealt.push(...random.shuffled(kinds), ...random.shuffled(others));
  return random.shuffled(dealt.slice(0, count));
}
