import {
  type AudioFeatures,
  BANDS,
  FeatureReader,
  FeatureWriter,
} from '../../../researcher/analyzer/audio-features.ts';
import { BandComparison } from '../../../researcher/analyzer/candidates.ts';
import { ClipScan, nthSmallest } from '../../../researcher/analyzer/clip-scan.ts';
import { type ClipSketch, packedSketch, sketchOf, unpackedSketch } from '../../../researcher/analyzer/clip-sketch.ts';
import { COMPONENTS } from '../../../researcher/analyzer/clip-windows.ts';
import { EpisodeIndex } from '../../../researcher/analyzer/episode-index.ts';
import { createFftEngine, PlainFftEngine } from '../../../researcher/analyzer/fft.ts';
import { randomFrom } from '../media/audio.ts';

/** Bands of noise, and a wave of it, by `random`. */
function features(frames: number, random: () => number): AudioFeatures {
  const writer = new FeatureWriter();
  const rows = Array.from({ length: BANDS }, () => Int8Array.from({ length: frames }, () => 80 * (random() - 0.5)));
  writer.appendFrames(frames, (band) => rows[band]!);
  writer.appendWave(Int16Array.from({ length: frames * 128 }, () => 1_000 * (random() - 0.5)));
  return writer.features();
}

/** Frames from … to − 1 of other features, a little louder. */
function part(of: AudioFeatures, from: number, to: number): AudioFeatures {
  const reader = new FeatureReader(of);
  const writer = new FeatureWriter();
  writer.appendFrames(to - from, (band) => {
    const row = new Float32Array(to - from);
    reader.readBand(band, from, row.length, row);
    return Int8Array.from(row, (value) => value * 32 * 1.2);
  });
  const wave = new Int16Array((to - from) * 128);
  reader.readWave(from * 128, wave.length, wave);
  writer.appendWave(wave);
  return writer.features();
}

const random = randomFrom(5);
const episode = features(9_000, random);
const starts = [200, 1_501, 2_346, 4_207, 8_700];
const lengths = [20, 64, 190, 95, 260];
const clips = starts.map((start, i) => part(episode, start, start + lengths[i]!));
const engine = createFftEngine();
const sketches = clips.map((clip) => sketchOf(clip, new Float32Array(clip.waveSamples), engine));
const scan = new ClipScan(new EpisodeIndex(episode, engine));

test('every window of a clip is found where it is, among a hundredth of the episode or little more', () => {
  for (const [i, places] of scan.places(sketches).entries()) {
    for (const [window, { from }] of sketches[i]!.windows.entries()) {
      const near = places[window]!.filter((frame) => Math.abs(frame - starts[i]! - from) <= 1);
      expect(near.length).toBeGreaterThan(0);
      expect(places[window]!.length).toBeLessThan(0.08 * episode.frames);
    }
  }
});

test('places are the same in whatever blocks clips come', () => {
  const alone = sketches.map((sketch) => scan.places([sketch])[0]);
  expect(scan.places(sketches)).toEqual(alone);
  expect(scan.places([...sketches].reverse()).reverse()).toEqual(alone);
});

test('and without vectors, but for what rounding of floats moves', () => {
  const plain = new ClipScan(new EpisodeIndex(episode, new PlainFftEngine())).places(sketches);
  for (const [i, places] of scan.places(sketches).entries()) {
    for (const [window, frames] of places.entries()) {
      const other = new Set(plain[i]![window]);
      expect(frames.filter((frame) => !other.has(frame)).length).toBeLessThanOrEqual(0.02 * frames.length);
    }
  }
});

test('each segment of a clip has a window: the loudest second of it', () => {
  expect(sketches.map(({ windows }) => windows.length)).toEqual([1, 1, 3, 2, 4]);
});

test('silence is nowhere', () => {
  const silent: ClipSketch = {
    distinctiveness: 0,
    windows: [{ from: 0, components: new Float32Array(COMPONENTS.length) }],
  };
  expect(scan.places([silent])).toEqual([[new Int32Array(0)]]);
});

test('a sketch that is kept comes back as it was', () => {
  for (const sketch of sketches) expect(unpackedSketch(packedSketch(sketch))).toEqual(sketch);
  expect(() => unpackedSketch(packedSketch(sketches[0]!).subarray(8))).toThrow('are no sketch of a clip');
});

// Beside them noise is one deviation like the clip; beside the last it is unlike it, and nobody looks between.
test.each([
  [941, [941]],
  [1_281, [1_281]],
  [1_111, []],
])(
  'a peak one frame wide, at %d, is seen between two places of the scan if one of them says a little',
  (start, seen) => {
    const comparison = new BandComparison(new EpisodeIndex(episode, engine));
    const features = part(episode, start, start + 64);
    const sketch = sketchOf(features, new Float32Array(features.waveSamples), engine);
    const places = sketch.windows.map(({ from }) => Int32Array.of(start + from - 1, start + from + 1));
    const [found] = comparison.candidates([{ features, sketch, places }]);
    expect(found!.map((candidate) => candidate.start)).toEqual(seen);
  },
);

test('the value of a share is told as if all were sorted', () => {
  for (const count of [1, 2, 7, 512]) {
    const values = Int32Array.from({ length: count }, () => Math.floor(40 * random()) - 20);
    const sorted = values.toSorted();
    for (const nth of [0, Math.floor(count / 2), count - 1]) {
      expect(nthSmallest(values.slice(), count, nth)).toBe(sorted[nth]);
    }
  }
});
