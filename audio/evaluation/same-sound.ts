import type { OpenedAudio } from '../../researcher/analyzer/open-audio.ts';
import { SURE } from '../../researcher/analyzer/plays.ts';
import type { Truth } from '../test-set/truth.ts';
import { Likeness } from './likeness.ts';
import { type Detection, DISPLACEMENT_SECONDS, placeOf, type SharedSound } from './score.ts';
import type { SetSounds } from './set-sounds.ts';

/**
 * Of detections where their clip does not play: those that share the audio of a clip that does. Clips share audio if
 * truth.json says so (`shares`); or if the clip's waveform is that of the other's file by a score that leaves no doubt, there
 * where the two would lie over each other.
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
  const files = new Map<string, Likeness>();
  for (const detection of detections) {
    const place = placeOf(detection);
    const clip = await sounds.clip(detection.clip);
    if (!clip) continue;
    for (const play of truth.plays) {
      const other = await sounds.clip(play.clip);
      const after = detection.offset - play.offset;
      if (!other || after <= -seconds(clip) || after >= (play.seconds ?? seconds(other))) continue;
      if (told.get(detection.clip)?.includes(play.clip) || told.get(play.clip)?.includes(detection.clip)) {
        shared.set(place, { with: play.clip });
        break;
      }
      // A clip in itself is itself: only its repetitions say something.
      if (detection.clip === play.clip && Math.abs(after) <= DISPLACEMENT_SECONDS) continue;
      const file = files.get(play.clip) ?? new Likeness(other.features);
      files.set(play.clip, file);
      const likeness = file.at(clip.features, after, REACH_SECONDS);
      if (likeness < SURE || likeness <= (shared.get(place)?.likeness ?? 0)) continue;
      shared.set(place, { with: play.clip, likeness });
    }
  }
  return shared;
}

/** Of a play at another speed what lies in the middle is beside where the files would have it. */
const REACH_SECONDS = 0.5;

const seconds = ({ media }: OpenedAudio): number => media.durationNs / 1e9;
