import { samplesIn } from '../synthesis/signal.ts';
import { clipSound, type PlannedClip } from './clips.ts';
import type { Voices } from './voices.ts';

const KEPT_SECONDS = 600;

/** Sounds of clips by id, the latest kept up to ten minutes of sound, others made again when they are needed. */
export class Sounds {
  readonly #kept = new Map<string, Float32Array>();
  readonly #seed: string;
  readonly #voices: Voices;
  #samples = 0;

  constructor(seed: string, voices: Voices) {
    this.#seed = seed;
    this.#voices = voices;
  }

  of(clip: PlannedClip): Float32Array {
    const sound = this.#kept.get(clip.id) ?? clipSound(this.#seed, clip, this.#voices);
    if (!this.#kept.delete(clip.id)) this.#samples += sound.length;
    this.#kept.set(clip.id, sound);
    for (const [id, oldest] of this.#kept) {
      if (this.#samples <= samplesIn(KEPT_SECONDS) || id === clip.id) break;
      this.#kept.delete(id);
      this.#samples -= oldest.length;
    }
    return sound;
  }
}
