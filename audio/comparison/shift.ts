/** Looked at: so much of the audio, from its loudest place on, and shifts up to this. */
const LOOKED_AT_SECONDS = 2;
const MOST_SHIFT_SECONDS = 0.25;
/** So alike nothing is at another place, but for the rounding of two ways to one rate. */
const HERE = 0.998;
/** −80 dB: quieter audio has nothing to compare. */
const QUIET = 1e-4;

/** How many milliseconds later the sound is in `audio` than in `other`, and their correlation there; undefined in silence. */
export function shiftOf(
  audio: Float32Array,
  other: Float32Array,
  rate: number,
): { readonly ms: number; readonly likeness: number } | undefined {
  const length = Math.min(LOOKED_AT_SECONDS * rate, audio.length);
  const from = loudest(audio, length);
  const piece = audio.subarray(from, from + length);
  if (Math.sqrt(energyOf(piece) / Math.max(1, length)) < QUIET) return undefined;
  const most = MOST_SHIFT_SECONDS * rate;
  const likenessAt = (lag: number): number => {
    let [sum, energy] = [0, 1e-12];
    for (let i = 0; i < length; i++) {
      const value = other[from + i - lag] ?? 0;
      sum += piece[i]! * value;
      energy += value * value;
    }
    return sum / Math.sqrt(energy * energyOfPiece);
  };
  const energyOfPiece = energyOf(piece) + 1e-12;
  let best = { lag: 0, likeness: likenessAt(0) };
  // Mostly it is there, and of periodic sounds no other place is better.
  for (let lag = 1; lag <= most && best.likeness < HERE; lag++) {
    for (const candidate of [-lag, lag]) {
      const likeness = likenessAt(candidate);
      if (likeness > best.likeness) best = { lag: candidate, likeness };
    }
  }
  const [before, after] = [likenessAt(best.lag - 1), likenessAt(best.lag + 1)];
  const bend = before - 2 * best.likeness + after;
  const between = bend < 0 ? (0.5 * (before - after)) / bend : 0;
  return { ms: ((best.lag + between) / rate) * 1_000, likeness: best.likeness };
}

function energyOf(samples: Float32Array): number {
  return samples.reduce((sum, value) => sum + value * value, 0);
}

/** Where the loudest piece of this length begins, to a quarter of it. */
function loudest(audio: Float32Array, length: number): number {
  let best = { from: 0, energy: -1 };
  const step = Math.max(1, Math.floor(length / 4));
  for (let from = 0; from + length <= audio.length; from += step) {
    const energy = energyOf(audio.subarray(from, from + length));
    if (energy > best.energy) best = { from, energy };
  }
  return best.from;
}
