import type { FloatBlock } from './float-block.ts';
import type { Kernels } from './kernels/kernels.ts';

/**
 * A real FFT of one size (a power of two ≥ 32). Spectra in order are [X0, X(n/2), Re X1, Im X1, …] (n floats);
 * "packed" spectra have an order of the engine's own, good for `multiplyAdd` and `inversePacked` only.
 * Inverses are not scaled: inverse(forward(x)) = n·x. Input and output must be different blocks.
 */
export interface RealFft {
  readonly size: number;
  forward(input: FloatBlock, output: FloatBlock): void;
  inverse(input: FloatBlock, output: FloatBlock): void;
  forwardPacked(input: FloatBlock, output: FloatBlock): void;
  inversePacked(input: FloatBlock, output: FloatBlock): void;
  /** sum += a · b · scale, complex, elementwise, of packed spectra. */
  multiplyAdd(a: FloatBlock, b: FloatBlock, sum: FloatBlock, scale: number): void;
}

/** Allocates blocks and FFTs; one an analysing thread. */
export interface FftEngine {
  readonly name: string;
  block(length: number): FloatBlock;
  /** Gives the memory of blocks back; they must not be used again. */
  release(blocks: Iterable<FloatBlock>): void;
  fft(size: number): RealFft;
  readonly kernels: Kernels;
}
