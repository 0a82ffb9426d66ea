import type { AudioFeatures } from '../../researcher/analyzer/audio-features.ts';
import { type OpenedAudio, openClip, openEpisode } from '../../researcher/analyzer/open-audio.ts';
import type { ClipFile } from './analyze.ts';

/** The episode and the clips of a set, opened when they are first asked for. */
export class SetSounds {
  readonly #episode: string;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #clips = new Map<string, Promise<OpenedAudio | undefined>>();

  constructor(episode: string, clips: readonly ClipFile[]) {
    this.#episode = episode;
    this.#paths = new Map(clips.map(({ id, path }) => [id, path]));
  }

  async episode(): Promise<AudioFeatures> {
    return (await openEpisode(this.#episode)).features;
  }

  /** undefined for a clip that the analyzer refuses, or that the set does not have. */
  clip(id: string): Promise<OpenedAudio | undefined> {
    const path = this.#paths.get(id);
    const known = this.#clips.get(id) ?? (path === undefined ? undefined : openClip(path).catch(() => undefined));
    if (known) this.#clips.set(id, known);
    return known ?? Promise.resolve(undefined);
  }
}
