import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { KERNELS_WASM_BASE64, RELAXED_KERNELS_WASM_BASE64 } from './generated/kernels-binary.ts';
import { PFFFT_WASM_BASE64 } from './generated/pffft-binary.ts';
import { INTERPOLATION_BEFORE } from './kernels/between.ts';
import type { Kernels } from './kernels/kernels.ts';

/** The exports that are used, by the short names that the build of 0.4.2 gave them. */
interface Exports {
  d: WebAssembly.Memory;
  /** runs the constructors */
  e(): void;
  /** pffft_aligned_malloc(bytes) */
  f(bytes: number): number;
  /** pffft_aligned_free(pointer) */
  h(pointer: number): void;
  /** pffft_new_setup(size, 0 = real, 1 = complex) */
  k(size: number, transform: number): number;
  /** pffft_zconvolve_accumulate(setup, a, b, sum, scale) */
  n(setup: number, a: number, b: number, sum: number, scale: number): void;
  /** pffft_transform(setup, input, output, work, direction) */
  o(setup: number, input: number, output: number, work: number, direction: number): void;
  /** pffft_transform_ordered(setup, input, output, work, direction) */
  p(setup: number, input: number, output: number, work: number, direction: number): void;
}

/** What assembly.ts exports: addresses instead of blocks. */
interface KernelExports {
  add(sum: number, values: number, length: number): void;
  dot(a: number, b: number, length: number): number;
  addWeighted(values: number, step: number, weights: number, count: number, out: number, length: number): void;
  scan(
    rows: number,
    count: number,
    values: number,
    queries: number,
    groups: number,
    least: number,
    out: number,
  ): number;
  products(
    rows: number,
    rowValues: number,
    at: number,
    count: number,
    other: number,
    values: number,
    out: number,
  ): void;
  addCoherence(
    values: number,
    energies: number,
    at: number,
    count: number,
    query: number,
    bytes: number,
    size: number,
    zeroRe: number,
    zeroIm: number,
    floor: number,
    scale: number,
    out: number,
  ): void;
  multiply(a: number, b: number, out: number, length: number, scale: number): void;
  top(values: number, length: number): number;
  topMagnitude(values: number, length: number): number;
  fromInt16(source: number, out: number, length: number): void;
  toInt16(values: number, out: number, length: number): void;
  above(values: number, length: number, least: number, out: number): number;
  overlapAdd(frame: number, tail: number, out: number, length: number, scale: number): void;
  powers(x: number, bands: number, out: number): void;
  agreement(x: number, y: number, bands: number, xPowers: number, yPowers: number, out: number, chance: number): void;
  between(
    values: number,
    table: number,
    phases: number,
    width: number,
    start: number,
    step: number,
    out: number,
    count: number,
  ): void;
  lines(values: number, length: number, start: number, step: number, out: number, count: number): void;
  interpolate(
    inputs: number,
    weights: number,
    out: number,
    count: number,
    at: number,
    rest: number,
    whole: number,
    restStep: number,
    denominator: number,
    phases: number,
    loudest: number,
  ): void;
}

const REAL = 0;
const [FORWARD, BACKWARD] = [0, 1];

/**
 * PFFFT (Julien Pommier) compiled to WebAssembly with SIMD, called without the package's loader, which finds
 * its binary through import.meta and so fits neither bundles nor Jest. Throws where SIMD is missing.
 */
export class Pffft implements FftEngine {
  readonly name = 'pffft';
  readonly kernels: Kernels;
  readonly #wasm: Exports;
  readonly #ffts = new Map<number, RealFft>();

  /** @param relaxed whether relaxed SIMD may be used; the answers are the same */
  constructor(relaxed = true) {
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
    const instance = new WebAssembly.Instance(compiled(PFFFT_WASM_BASE64), imports);
    this.#wasm = instance.exports as unknown as Exports;
    this.#wasm.e();
    const module = relaxed ? newestKernels() : compiled(KERNELS_WASM_BASE64);
    const kernels = new WebAssembly.Instance(module, { env: { memory: memory() } });
    this.kernels = onBlocks(kernels.exports as unknown as KernelExports);
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
    const setup = this.#wasm.k(size, REAL);
    if (setup === 0) throw new RangeError(`no FFT of size ${size}`);
    const work = this.#wasm.f(size * 4);
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
  #bytes: Int8Array | undefined;
  #int16: Int16Array | undefined;
  #int32: Int32Array | undefined;

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

  get bytes(): Int8Array {
    if (!this.#bytes?.length) this.#bytes = new Int8Array(this.#memory.buffer, this.pointer, 4 * this.length);
    return this.#bytes;
  }

  get int16(): Int16Array {
    if (!this.#int16?.length) this.#int16 = new Int16Array(this.#memory.buffer, this.pointer, 2 * this.length);
    return this.#int16;
  }

  get int32(): Int32Array {
    if (!this.#int32?.length) this.#int32 = new Int32Array(this.#memory.buffer, this.pointer, this.length);
    return this.#int32;
  }
}

const at = (block: FloatBlock, index = 0): number => (block as WasmBlock).pointer + 4 * index;

/** The kernels on the memory that PFFFT exports. */
function onBlocks(wasm: KernelExports): Kernels {
  return {
    add: (sum, sumAt, values, valuesAt, length) => wasm.add(at(sum, sumAt), at(values, valuesAt), length),
    dot: (a, aAt, b, bAt, length) => wasm.dot(at(a, aAt), at(b, bAt), length),
    addWeighted: (values, valuesAt, step, weights, weightsAt, count, out, outAt, length) =>
      wasm.addWeighted(at(values, valuesAt), step, at(weights, weightsAt), count, at(out, outAt), length),
    scan: ({ block, values }, first, count, queries, groups, least, out) =>
      wasm.scan(at(block) + first * values, count, values, at(queries), groups, at(least), at(out)),
    products: ({ block, values: rowValues }, rows, from, count, other, otherAt, values, out) =>
      wasm.products(at(block), rowValues, at(rows, from), count, at(other) + 2 * otherAt, values, at(out, from)),
    addCoherence: ({ values, energies, floor }, places, count, piece, scale, out) =>
      wasm.addCoherence(
        at(values),
        at(energies),
        at(places),
        count,
        at(piece.values) + piece.at,
        piece.bytes,
        piece.size,
        piece.zero[0],
        piece.zero[1],
        floor * piece.size,
        scale,
        at(out),
      ),
    multiply: (a, aAt, b, bAt, out, outAt, length, scale) =>
      wasm.multiply(at(a, aAt), at(b, bAt), at(out, outAt), length, scale),
    top: (values, length) => wasm.top(at(values), length),
    topMagnitude: (values, length) => wasm.topMagnitude(at(values), length),
    fromInt16: (source, out, length) => wasm.fromInt16(at(source), at(out), length),
    toInt16: (values, out, length) => wasm.toInt16(at(values), at(out), length),
    above: (values, length, least, out) => wasm.above(at(values), length, least, at(out)),
    overlapAdd: (frame, tail, out, length, scale) => wasm.overlapAdd(at(frame), at(tail), at(out), length, scale),
    powers: (x, from, bands, powersAt) => wasm.powers(at(x, from), bands, at(x, powersAt)),
    agreement: (x, y, from, bands, powersAt, out, chance) =>
      wasm.agreement(at(x, from), at(y, from), bands, at(x, powersAt), at(y, powersAt), at(out), chance),
    between: (values, { weights, phases, width }, { start, step, count }, out, outAt) =>
      wasm.between(at(values), at(weights), phases, width, start, step, at(out, outAt), count),
    lines: (values, length, { start, step, count }, out) => wasm.lines(at(values), length, start, step, at(out), count),
    interpolate: (inputs, weights, out, count, how) =>
      wasm.interpolate(
        at(inputs, how.at - INTERPOLATION_BEFORE),
        at(weights),
        at(out),
        count,
        0,
        how.rest,
        how.whole,
        how.restStep,
        how.denominator,
        how.phases / how.denominator,
        how.loudest,
      ),
  };
}

/** Node 20 has no relaxed SIMD yet. */
function newestKernels(): WebAssembly.Module {
  try {
    return compiled(RELAXED_KERNELS_WASM_BASE64);
  } catch {
    return compiled(KERNELS_WASM_BASE64);
  }
}

const modules = new Map<string, WebAssembly.Module>();

function compiled(base64: string): WebAssembly.Module {
  const module = modules.get(base64) ?? new WebAssembly.Module(Buffer.from(base64, 'base64'));
  modules.set(base64, module);
  return module;
}
