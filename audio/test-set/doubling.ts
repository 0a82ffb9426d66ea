const HALF = 31;

/** A half-band low pass (Hann-windowed sinc): the odd phase of a twofold interpolation. */
const TAPS = Float64Array.from({ length: 2 * HALF + 2 }, (_, k) => {
  const x = k - HALF - 0.5;
  return (Math.sin(Math.PI * x) / (Math.PI * x)) * (0.5 + 0.5 * Math.cos((Math.PI * x) / (HALF + 1)));
});

/** Doubles the sample rate of a stream, block by block, without delay: output 2i is input i. */
export class Doubling {
  #kept: Float32Array = new Float32Array(HALF);

  /** Takes a block and returns what can be known by now; the last samples come with `finish`. */
  push(block: Float32Array): Float32Array {
    const input = new Float32Array(this.#kept.length + block.length);
    input.set(this.#kept);
    input.set(block, this.#kept.length);
    const ready = Math.max(0, input.length - 2 * HALF - 1);
    const out = new Float32Array(2 * ready);
    for (let i = 0; i < ready; i++) {
      let sum = 0;
      for (let k = 0; k < TAPS.length; k++) sum += input[i + k]! * TAPS[k]!;
      out[2 * i] = input[i + HALF]!;
      out[2 * i + 1] = sum;
    }
    this.#kept = input.slice(ready);
    return out;
  }

  finish(): Float32Array {
    return this.push(new Float32Array(HALF + 1));
  }
}

/** A whole sound at twice its sample rate. */
export function doubled(sound: Float32Array): Float32Array {
  const doubling = new Doubling();
  const [body, end] = [doubling.push(sound), doubling.finish()];
  const out = new Float32Array(body.length + end.length);
  out.set(body);
  out.set(end, body.length);
  return out;
}
