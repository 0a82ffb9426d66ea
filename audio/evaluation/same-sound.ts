import type { OpenedAudio } from '../../researcher/analyzer/open-audio.ts';
import type { Truth } from '../test-set/truth.ts';
import { Likeness } from './likeness.ts';
import { type Detection, DISPLACEMENT_SECONDS, placeOf, type SharedSound } from './score.ts';
import type { SetSounds } from './set-sounds.ts';

/**
 * Of detections where their clip does not play: those that share the audio of a clip that does. Clips share audio if
 * truth.json says so (`shares`); or if one would be found in the other, file in file, where the two lie over each other.
 * What truth.json calls another take is none, however alike it is.
 *
 * @returns by `placeOf` of the detection
 */
export async function sameSounds(
  truth: Truth,
  detections: readonly Detection[],
  sounds: SetSounds,
): Promise<Map<string, SharedSound>> {
  const shared = new Map<string, SharedSound>();
  const told = new Map(truth.clips.map(({ id, shares = [] }) => [id, shares]));
  const takes = new Map(truth.clips.map(({ id, variantOf }) => [id, variantOf]));
  const files = new Map<string, Likeness>();
  const fileOf = (id: string, { features }: OpenedAudio): Likeness => {
    const file = files.get(id) ?? new Likeness(features);
    files.set(id, file);
    return file;
  };
  for (const detection of detections) {
    const place = placeOf(detection);
    const clip = await sounds.clip(detection.clip);
    if (!clip) continue;
    for (const play of truth.plays) {
      if (takes.get(detection.clip) === play.clip || takes.get(play.clip) === detection.clip) continue;
      const other = await sounds.clip(play.clip);
      const after = detection.offset - play.offset;
      if (!other || after <= -seconds(clip) || after >= (play.seconds ?? seconds(other))) continue;
      if (told.get(detection.clip)?.includes(play.clip) || told.get(play.clip)?.includes(detection.clip)) {
        shared.set(place, { with: play.clip });
        break;
      }
      // A clip in itself is itself: only its repetitions say something.
      if (detection.clip === play.clip && Math.abs(after) <= DISPLACEMENT_SECONDS) continue;
      // Of the two the shorter one may lie in the longer one, or both in part.
      const likeness = Math.max(
        fileOf(play.clip, other).at(clip.features, after, REACH_SECONDS),
        fileOf(detection.clip, clip).at(other.features, -after, REACH_SECONDS),
      );
      if (likeness <= (shared.get(place)?.likeness ?? 0)) continue;
      shared.set(place, { with: play.clip, likeness });
    }
  }
  return shared;
}

/** Of a play at another speed what lies in the middle is beside where the files would have it. */
const REACH_SECONDS = 0.5;

const seconds = ({ media }: OpenedAudio): number => media.durationNs / 1e9;
