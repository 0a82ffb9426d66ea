const PHASES = 512;

/**
 * Windowed-sinc interpolation (Hann window, `taps` on each side) from a table of 512 phases: the values of a
 * sampled signal between its samples. What lies outside the signal is 0.
 */
export function sincTable(taps: number): { at(signal: Float32Array, position: number): number } {
  const width = 2 * taps;
  const kernels = new Float32Array((PHASES + 1) * width);
  for (let phase = 0; phase <= PHASES; phase++) {
    for (let n = 0; n < width; n++) {
      const x = n - taps + 1 - phase / PHASES;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (taps + 1));
      kernels[phase * width + n] = window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
    }
  }
  const at = (signal: Float32Array, position: number): number => {
    const whole = Math.floor(position);
    const kernel = Math.round((position - whole) * PHASES) * width;
    const first = whole - taps + 1;
    let sum = 0;
    if (first >= 0 && first + width <= signal.length) {
      for (let n = 0; n < width; n++) sum += signal[first + n]! * kernels[kernel + n]!;
    } else {
      for (let n = Math.max(0, -first); n < Math.min(width, signal.length - first); n++) {
        sum += signal[first + n]! * kernels[kernel + n]!;
      }
    }
    return sum;
  };
  return { at };
}
