import type { FftEngine, FloatBlock, RealFft } from './fft.ts';
import { PFFFT_WASM_BASE64 } from './pffft-binary.ts';

/** The exports that are used, by the short names that the build of 0.4.2 gave them. */
interface Exports {
  d: WebAssembly.Memory;
  /** runs the constructors */
  e(): void;
  /** pffft_aligned_malloc(bytes) */
  f(bytes: number): number;
  /** pffft_aligned_free(pointer) */
  h(pointer: number): void;
  /** pffft_new_setup(size, 0 = real) */
  k(size: number, transform: number): number;
  /** pffft_zconvolve_accumulate(setup, a, b, sum, scale) */
  n(setup: number, a: number, b: number, sum: number, scale: number): void;
  /** pffft_transform(setup, input, output, work, direction) */
  o(setup: number, input: number, output: number, work: number, direction: number): void;
  /** pffft_transform_ordered(setup, input, output, work, direction) */
  p(setup: number, input: number, output: number, work: number, direction: number): void;
}

const [FORWARD, BACKWARD] = [0, 1];

/**
 * PFFFT (Julien Pommier) compiled to WebAssembly with SIMD, called without the package's loader, which finds
 * its binary through import.meta and so fits neither bundles nor Jest. Throws where SIMD is missing.
 */
export class Pffft implements FftEngine {
  readonly name = 'pffft';
  readonly #wasm: Exports;
  readonly #ffts = new Map<number, RealFft>();

  constructor() {
    const memory = (): WebAssembly.Memory => this.#wasm.d;
    const imports = {
      a: {
        a: () => {
          throw new Error('an assertion of PFFFT failed');
        },
        b: (bytes: number) => {
          const pages = Math.ceil((bytes - memory().buffer.byteLength) / 65_536);
          try {
            memory().grow(Math.max(0, pages));
            return 1;
          } catch {
            return 0;
          }
        },
        c: (to: number, from: number, length: number) => {
          new Uint8Array(memory().buffer).copyWithin(to, from, from + length);
        },
      },
    };
    const instance = new WebAssembly.Instance(compiled(), imports);
    this.#wasm = instance.exports as unknown as Exports;
    this.#wasm.e();
  }

  block(length: number): FloatBlock {
    const pointer = this.#wasm.f(length * 4);
    if (pointer === 0) throw new RangeError(`no memory for ${length} floats`);
    const block = new WasmBlock(this.#wasm.d, pointer, length);
    block.data.fill(0);
    return block;
  }

  release(blocks: Iterable<FloatBlock>): void {
    for (const block of blocks) this.#wasm.h((block as WasmBlock).pointer);
  }

  fft(size: number): RealFft {
    const made = this.#ffts.get(size) ?? this.#newFft(size);
    this.#ffts.set(size, made);
    return made;
  }

  #newFft(size: number): RealFft {
    const wasm = this.#wasm;
    const setup = wasm.k(size, 0);
    if (setup === 0) throw new RangeError(`no FFT of size ${size}`);
    const work = wasm.f(size * 4);
    const at = (block: FloatBlock) => (block as WasmBlock).pointer;
    return {
      size,
      forward: (input, output) => wasm.p(setup, at(input), at(output), work, FORWARD),
      inverse: (input, output) => wasm.p(setup, at(input), at(output), work, BACKWARD),
      forwardPacked: (input, output) => wasm.o(setup, at(input), at(output), work, FORWARD),
      inversePacked: (input, output) => wasm.o(setup, at(input), at(output), work, BACKWARD),
      multiplyAdd: (a, b, sum, scale) => wasm.n(setup, at(a), at(b), at(sum), scale),
    };
  }
}

class WasmBlock implements FloatBlock {
  readonly pointer: number;
  readonly length: number;
  readonly #memory: WebAssembly.Memory;
  #view: Float32Array;

  constructor(memory: WebAssembly.Memory, pointer: number, length: number) {
    this.#memory = memory;
    this.pointer = pointer;
    this.length = length;
    this.#view = new Float32Array(memory.buffer, pointer, length);
  }

  /** Growing the memory detaches every view: made anew then. */
  get data(): Float32Array {
    if (this.#view.length === 0) this.#view = new Float32Array(this.#memory.buffer, this.pointer, this.length);
    return this.#view;
  }
}

let compiledOnce: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
  compiledOnce ??= new WebAssembly.Module(Buffer.from(PFFFT_WASM_BASE64, 'base64'));
  return compiledOnce;
}
