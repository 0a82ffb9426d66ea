import { WAVE_RATE } from '../../../researcher/analyzer/audio-features.ts';
import { ClipWave, WAVE_BLOCK, waveOf } from '../../../researcher/analyzer/clip-wave.ts';
import { EpisodeIndex } from '../../../researcher/analyzer/episode-index.ts';
import { FeatureExtractor } from '../../../researcher/analyzer/feature-extractor.ts';
import { createFftEngine } from '../../../researcher/analyzer/fft.ts';
import { WaveVerifier } from '../../../researcher/analyzer/verify.ts';
import { babble } from '../media/audio.ts';

const RATE = 8_000;
const engine = createFftEngine();
const fft = engine.fft(WAVE_BLOCK);

function featuresOf(samples: Float32Array) {
  const extractor = new FeatureExtractor();
  extractor.push(samples, RATE);
  return extractor.end();
}

test.each([0, 3])('half of a clip is matched where the sound ends, or %d s of digital silence follow', (silence) => {
  const clip = babble(1, 3.2, RATE);
  const episode = new Float32Array((6 + silence) * RATE);
  episode.set(babble(51, 4.4, RATE));
  episode.set(clip.subarray(0, 1.6 * RATE), 4.4 * RATE);
  const verifier = new WaveVerifier(new EpisodeIndex(featuresOf(episode), engine), fft);
  const wave = new ClipWave(waveOf(featuresOf(clip)), engine, fft);
  for (const beside of [-0.04, -0.02, 0, 0.02, 0.04]) {
    const match = verifier.match(wave, (4.4 + beside) * WAVE_RATE)!;
    expect(Math.abs(match.coverage - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(match.start / WAVE_RATE - 4.4)).toBeLessThan(0.001);
  }
});
