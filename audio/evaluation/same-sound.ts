import { findClips } from '../../researcher/analyzer/find-clips.ts';
import { SURE } from '../../researcher/analyzer/plays.ts';
import type { Truth } from '../test-set/truth.ts';
import { type Detection, DISPLACEMENT_SECONDS, placeOf, type SharedSound } from './score.ts';
import type { SetSounds } from './set-sounds.ts';

/**
 * Of detections where their clip does not play: those that share the audio of a clip that does. Clips share audio if
 * truth.json says so (`shares`); or if one is found in the other, file in file, by a score that leaves no doubt, and where
 * it lies there fits where the detection lies in the episode.
 *
 * @returns by `placeOf` of the detection
 */
export async function sameSounds(
  truth: Truth,
  detections: readonly Detection[],
  sounds: SetSounds,
): Promise<Map<string, SharedSound>> {
  const shared = new Map<string, SharedSound>();
  const relations = new Relations(sounds);
  const told = new Map(truth.clips.map(({ id, shares = [] }) => [id, shares]));
  for (const detection of detections) {
    const place = placeOf(detection);
    const seconds = await relations.seconds(detection.clip);
    for (const play of truth.plays) {
      const length = play.seconds ?? (await relations.seconds(play.clip));
      if (play.offset >= detection.offset + seconds || play.offset + length <= detection.offset) continue;
      if (told.get(detection.clip)?.includes(play.clip) || told.get(play.clip)?.includes(detection.clip)) {
        shared.set(place, { with: play.clip });
        break;
      }
      const places = await relations.between(detection.clip, play.clip);
      const fits = places.find(({ after }) => Math.abs(play.offset + after - detection.offset) <= DISPLACEMENT_SECONDS);
      if (!fits || fits.likeness <= (shared.get(place)?.likeness ?? 0)) continue;
      shared.set(place, { with: play.clip, likeness: fits.likeness });
    }
  }
  return shared;
}

/** Where a clip begins after the beginning of another, in seconds, if the two are laid over each other. */
interface Place {
  readonly after: number;
  readonly likeness: number;
}

/** What the clips of a set have in common, found out once for each two. */
class Relations {
  readonly #sounds: SetSounds;
  readonly #known = new Map<string, Place[]>();

  constructor(sounds: SetSounds) {
    this.#sounds = sounds;
  }

  async seconds(clip: string): Promise<number> {
    return ((await this.#sounds.clip(clip))?.media.durationNs ?? 0) / 1e9;
  }

  async between(clip: string, other: string): Promise<readonly Place[]> {
    const key = JSON.stringify([clip, other]);
    const known = this.#known.get(key) ?? [
      ...(await this.#within(clip, other)),
      ...(await this.#within(other, clip)).map(({ after, likeness }) => ({ after: -after, likeness })),
    ];
    this.#known.set(key, known);
    // A clip in itself is itself: only its repetitions say something.
    return clip === other ? known.filter(({ after }) => Math.abs(after) > DISPLACEMENT_SECONDS) : known;
  }

  async #within(clip: string, other: string): Promise<Place[]> {
    const [one, whole] = [await this.#sounds.clip(clip), await this.#sounds.clip(other)];
    if (!one || !whole) return [];
    const { plays } = findClips(whole.features, [one.features])[0]!;
    return plays
      .filter(({ score }) => score >= SURE)
      .map(({ offsetNs, score }) => ({ after: offsetNs / 1e9, likeness: score }));
  }
}
