import { sincTable } from './sinc-table.ts';

const TAPS = 8;

/** A waveform played `speed` times as fast. */
export function atSpeed(wave: Float32Array, speed: number): Float32Array {
  const out = new Float32Array(Math.max(1, Math.floor((wave.length - 1) / speed) + 1));
  for (let k = 0; k < out.length; k++) out[k] = KERNELS.at(wave, k * speed);
  return out;
}

const KERNELS = sincTable(TAPS);
