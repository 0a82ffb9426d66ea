import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFftEngine, PlainFftEngine } from '../../../researcher/analyzer/fft.ts';
import type { FftEngine } from '../../../researcher/analyzer/fft-engine.ts';
import { PFFFT_WASM_BASE64 } from '../../../researcher/analyzer/generated/pffft-binary.ts';
import { randomFrom } from '../media/audio.ts';

const sizes = [32, 256, 512, 1_024, 4_096, 8_192, 65_536];
const plain = new PlainFftEngine();
const fast = createFftEngine();

function transformed(engine: FftEngine, signal: Float32Array, back = false): Float32Array {
  const [input, output] = [engine.block(signal.length), engine.block(signal.length)];
  input.data.set(signal);
  const fft = engine.fft(signal.length);
  if (back) fft.inverse(input, output);
  else fft.forward(input, output);
  return output.data.slice();
}

function noise(length: number, seed = 1): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length }, () => random() - 0.5);
}

function furthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

test('WebAssembly is used where there is SIMD', () => {
  expect(fast.name).toBe('pffft');
});

test('the embedded binary is that of the pinned package, byte for byte', () => {
  const file = join(__dirname, '../../../node_modules/@echogarden/pffft-wasm/dist/simd/pffft.wasm');
  expect(Buffer.from(PFFFT_WASM_BASE64, 'base64').equals(readFileSync(file))).toBe(true);
});

test.each(sizes)('both engines agree on size %d, forward and back', (size) => {
  const signal = noise(size);
  const [a, b] = [transformed(plain, signal), transformed(fast, signal)];
  expect(furthest(a, b)).toBeLessThan(1e-3 * Math.sqrt(size));
  for (const engine of [plain, fast]) {
    const back = transformed(engine, transformed(engine, signal), true).map((value) => value / size);
    expect(furthest(back, signal)).toBeLessThan(1e-5);
  }
});

test.each([plain, fast])('the product of packed spectra is a circular convolution ($name)', (engine) => {
  const size = 64;
  const [a, b] = [noise(size, 2), noise(size, 3)];
  const block = () => engine.block(size);
  const [x, y, fx, fy, sum] = [block(), block(), block(), block(), block()];
  x.data.set(a);
  y.data.set(b);
  const fft = engine.fft(size);
  fft.forwardPacked(x, fx);
  fft.forwardPacked(y, fy);
  fft.multiplyAdd(fx, fy, sum, 1 / size);
  fft.inversePacked(sum, x);
  const expected = a.map((_, n) => a.reduce((total, value, k) => total + value * b[(n - k + size) % size]!, 0));
  expect(furthest(x.data, expected)).toBeLessThan(1e-4);
});

test('blocks outlive the growing of the memory', () => {
  const first = fast.block(16);
  first.data.fill(7);
  const large = Array.from({ length: 24 }, () => fast.block(1_048_576));
  expect([...first.data]).toEqual(Array(16).fill(7));
  fast.release(large);
});
