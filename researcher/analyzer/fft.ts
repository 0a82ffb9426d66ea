import FFT from 'fft.js';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { plainKernels } from './kernels/plain-kernels.ts';
import { Pffft } from './pffft.ts';

/**
 * Sample from … from + count − 1 of `values` turned round in time at the beginning of `block`, the rest of which becomes 0:
 * its spectrum times another is their correlation. Returns their energy.
 */
export function turnRound(values: Float32Array, from: number, count: number, block: FloatBlock): number {
  const out = block.data.fill(0);
  if (count === 0) return 0;
  let energy = values[from]! * values[from]!;
  out[0] = values[from]!;
  for (let k = 1; k < count; k++) {
    const value = values[from + k]!;
    out[out.length - k] = value;
    energy += value * value;
  }
  return energy;
}

/** A block that holds the first `held` floats of this one and then the samples; this one is released if it is too short. */
export function appended(engine: FftEngine, block: FloatBlock, held: number, samples: Float32Array): FloatBlock {
  const length = held + samples.length;
  // Samples of the engine's memory must be copied before that grows and detaches them.
  const kept = length > block.length ? samples.slice() : samples;
  const longer = grown(engine, block, length);
  longer.data.set(kept, held);
  return longer;
}

/** A block of at least `length` floats that begins like this one, which is released if it is too short. */
export function grown(engine: FftEngine, block: FloatBlock, length: number): FloatBlock {
  if (length <= block.length) return block;
  const longer = engine.block(2 * length);
  longer.data.set(block.data);
  engine.release([block]);
  return longer;
}

/** PFFFT in WebAssembly with SIMD (7 × as fast as fft.js), or fft.js where WebAssembly SIMD is missing. */
export function createFftEngine(): FftEngine {
  try {
    return new Pffft();
  } catch {
    return new PlainFftEngine();
  }
}

/** The fallback and the cross-check: fft.js (Indutny), in plain JavaScript. */
export class PlainFftEngine implements FftEngine {
  readonly name = 'fft.js';
  readonly kernels = plainKernels;

  block(length: number): FloatBlock {
    const data = new Float32Array(length);
    const { buffer } = data;
    return {
      ...{ length, data },
      ...{ bytes: new Int8Array(buffer), int16: new Int16Array(buffer), int32: new Int32Array(buffer) },
    };
  }

  release(): void {}

  fft(size: number): RealFft {
    const complex = new FFT(size);
    const [inputBuffer, outputBuffer] = [new Array<number>(size * 2).fill(0), new Array<number>(size * 2).fill(0)];
    const forward = ({ data: input }: FloatBlock, { data: output }: FloatBlock) => {
      complex.realTransform(outputBuffer, input as unknown as number[]);
      for (let i = 2; i < size; i++) output[i] = outputBuffer[i]!;
      output[0] = outputBuffer[0]!;
      output[1] = outputBuffer[size]!;
    };
    const inverse = ({ data: input }: FloatBlock, { data: output }: FloatBlock) => {
      for (let i = 2; i < size; i++) inputBuffer[i] = input[i]!;
      inputBuffer[0] = input[0]!;
      inputBuffer[1] = 0;
      inputBuffer[size] = input[1]!;
      inputBuffer[size + 1] = 0;
      for (let i = 2; i < size; i += 2) {
        inputBuffer[2 * size - i] = input[i]!;
        inputBuffer[2 * size - i + 1] = -input[i + 1]!;
      }
      complex.inverseTransform(outputBuffer, inputBuffer);
      for (let i = 0; i < size; i++) output[i] = outputBuffer[2 * i]! * size;
    };
    return { size, forward, inverse, forwardPacked: forward, inversePacked: inverse, multiplyAdd };
  }
}

function multiplyAdd({ data: a }: FloatBlock, { data: b }: FloatBlock, { data: sum }: FloatBlock, scale: number): void {
  sum[0]! += a[0]! * b[0]! * scale;
  sum[1]! += a[1]! * b[1]! * scale;
  for (let i = 2; i < a.length; i += 2) {
    const ar = a[i]!;
    const ai = a[i + 1]!;
    const br = b[i]!;
    const bi = b[i + 1]!;
    sum[i]! += (ar * br - ai * bi) * scale;
    sum[i + 1]! += (ar * bi + ai * br) * scale;
  }
}
