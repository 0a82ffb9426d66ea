import { type AudioFeatures, WAVE_RATE } from '../../researcher/analyzer/audio-features.ts';
import { ClipWave, LAG_REACH, WAVE_BLOCK, waveOf } from '../../researcher/analyzer/clip-wave.ts';
import { distinctivenessOf, thresholdFor } from '../../researcher/analyzer/distinctiveness.ts';
import { EpisodeIndex } from '../../researcher/analyzer/episode-index.ts';
import { createFftEngine } from '../../researcher/analyzer/fft.ts';
import { isHeard } from '../../researcher/analyzer/plays.ts';
import { WaveVerifier } from '../../researcher/analyzer/verify.ts';

/** Compares waveforms with one file where they would lie in it, without searching. */
export class Likeness {
  readonly #engine = createFftEngine();
  readonly #fft = this.#engine.fft(WAVE_BLOCK);
  readonly #verifier: WaveVerifier;

  constructor(file: AudioFeatures) {
    this.#verifier = new WaveVerifier(new EpisodeIndex(file, this.#engine), this.#fft);
  }

  /** The likeness of a clip that would be found to begin within `reach` seconds of `offset`; 0 if it would not. */
  at(features: AudioFeatures, offset: number, reach: number): number {
    const wave = waveOf(features);
    const freedom = distinctivenessOf(wave, this.#engine);
    const clip = new ClipWave(wave, this.#engine, this.#fft);
    let best = 0;
    // Twice as near to each other as is looked on both sides.
    for (let beside = -reach * WAVE_RATE; beside <= reach * WAVE_RATE; beside += LAG_REACH / 2) {
      const match = this.#verifier.match(clip, offset * WAVE_RATE + beside);
      if (match && match.score >= thresholdFor(freedom) && isHeard(match, wave, freedom))
        best = Math.max(best, match.score);
    }
    clip.release();
    return best;
  }
}
