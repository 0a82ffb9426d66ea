import type { Random } from '../random.ts';
import { decayFactor, RATE, samplesIn } from '../synthesis/signal.ts';

// Looked up once: tests run in a context where reaching a global is slow.
const { abs, ceil, cos, floor, max, min, sin, PI } = Math;

/** Taps on each side of a windowed sinc at full bandwidth. */
const SINC_TAPS = 24;
const KERNEL_STEPS = 256;

/**
 * The sound played `speed` times as fast (its pitch rises too), by windowed-sinc interpolation: output sample i is
 * the input at i × speed, without delay. `bandwidth` (0..1] narrows the passed band, as a lower sample rate does.
 */
export function atSpeed(sound: Float32Array, speed: number, bandwidth = 1): Float32Array {
  const cutoff = min(bandwidth, 1 / speed) * 0.97;
  const reach = SINC_TAPS / cutoff;
  const kernel = windowedSinc(cutoff, reach);
  const out = new Float32Array(floor((sound.length - 1) / speed) + 1);
  for (let i = 0; i < out.length; i++) {
    const position = i * speed;
    const first = max(0, ceil(position - reach));
    const last = min(sound.length - 1, floor(position + reach));
    let sum = 0;
    for (let k = first; k <= last; k++) {
      const place = abs(k - position) * KERNEL_STEPS;
      const entry = floor(place);
      const low = kernel[entry]!;
      sum += sound[k]! * (low + (kernel[entry + 1]! - low) * (place - entry));
    }
    out[i] = sum;
  }
  return out;
}

/** Half of a symmetric Hann-windowed sinc, KERNEL_STEPS entries a sample, to be interpolated (error below -90 dB). */
function windowedSinc(cutoff: number, reach: number): Float64Array {
  return Float64Array.from({ length: ceil(reach * KERNEL_STEPS) + 2 }, (_, i) => {
    const x = i / KERNEL_STEPS;
    const angle = PI * x * cutoff;
    return (0.5 + 0.5 * cos((PI * min(x, reach)) / reach)) * (i === 0 ? cutoff : (cutoff * sin(angle)) / angle);
  });
}

/**
 * The sound at another length with its pitch kept: overlapped windows, each laid where it continues the one before
 * best (WSOLA, Verhelst & Roelands 1993). `factor` is the new length over the old.
 */
export function stretched(sound: Float32Array, factor: number): Float32Array {
  const window = 660;
  const hop = window / 2;
  const search = 150;
  const out = new Float32Array(Math.round(sound.length * factor) + window);
  let taken = 0;
  for (let at = 0; at + window < out.length; at += hop) {
    const natural = Math.round(at / factor);
    let best = natural;
    if (at > 0) {
      const wanted = taken + hop;
      let bestLikeness = Number.NEGATIVE_INFINITY;
      for (let start = max(0, natural - search); start <= natural + search; start++) {
        let likeness = 0;
        for (let i = 0; i < hop; i += 3) likeness += (sound[start + i] ?? 0) * (sound[wanted + i] ?? 0);
        if (likeness > bestLikeness) [best, bestLikeness] = [start, likeness];
      }
    }
    for (let i = 0; i < window; i++) {
      const weight = at === 0 && i < hop ? 1 : 0.5 - 0.5 * cos((2 * PI * (i + 0.5)) / window);
      out[at + i]! += (sound[best + i] ?? 0) * weight;
    }
    taken = best;
  }
  return out.subarray(0, Math.round(sound.length * factor));
}

/**
 * A telephone line: 300–3,400 Hz, companded to 8 bits (µ-law, as ITU-T G.711). The low edge falls by 12 dB an octave,
 * as the effect of most editing programs does, or, `steep`, by 24 dB, which also turns the phase by twice as much.
 */
export function overTelephone(sound: Float32Array, steep: boolean): Float32Array {
  const narrow = highpass(atSpeed(sound, 1, 3_400 / (RATE / 2)), 300);
  const out = steep ? highpass(narrow, 300) : narrow;
  for (let i = 0; i < out.length; i++) {
    const level = min(1, abs(out[i]!) * 1.5);
    const code = Math.round((Math.log1p(255 * level) / Math.log(256)) * 127) / 127;
    out[i] = (Math.sign(out[i]!) * (256 ** code - 1)) / 255 / 1.5;
  }
  return out;
}

/** A room: the direct sound, then reflections that thin out over `seconds`, longer by those seconds. */
export function inRoom(sound: Float32Array, random: Random, seconds: number): Float32Array {
  const out = new Float32Array(sound.length + samplesIn(seconds));
  out.set(sound);
  const decay = decayFactor(seconds / 5);
  const reflections = Math.round(seconds * 260);
  for (let n = 0; n < reflections; n++) {
    const delay = samplesIn(random.between(0.004, seconds));
    const gain = random.between(-0.3, 0.3) * decay ** delay;
    for (let i = 0; i < sound.length; i++) out[i + delay]! += sound[i]! * gain;
  }
  return out;
}

/** A second-order Butterworth high pass (Bristow-Johnson's cookbook formulas), frequency in Hz. */
function highpass(sound: Float32Array, frequency: number): Float32Array {
  const w = (2 * PI * frequency) / RATE;
  const alpha = sin(w) / Math.SQRT2;
  const a0 = 1 + alpha;
  const b = (1 + cos(w)) / 2 / a0;
  const [a1, a2] = [(-2 * cos(w)) / a0, (1 - alpha) / a0];
  const out = new Float32Array(sound.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < sound.length; i++) {
    const x = sound[i]!;
    const y = b * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    out[i] = y;
  }
  return out;
}
