/** How many milliseconds late `wanted` is heard in `audio`, by correlation at both rates brought to 8 kHz. */
export function offsetMs(
  audio: ArrayLike<number>,
  audioRate: number,
  wanted: ArrayLike<number>,
  wantedRate: number,
  mostMs = 400,
): number {
  const step = 1 / 16_000;
  const seconds = Math.min(2, wanted.length / wantedRate);
  const at = (samples: ArrayLike<number>, rate: number, time: number): number => {
    const place = time * rate;
    const whole = Math.floor(place);
    const before = samples[whole] ?? 0;
    return before + (place - whole) * ((samples[whole + 1] ?? 0) - before);
  };
  const from = wanted.length / wantedRate / 3;
  const reference = Float64Array.from({ length: seconds / step / 3 }, (_, i) =>
    at(wanted, wantedRate, from + i * step),
  );
  const most = Math.round(mostMs / 1_000 / step);
  const heard = Float64Array.from({ length: reference.length + 2 * most }, (_, i) =>
    at(audio, audioRate, from + (i - most) * step),
  );
  let best = { sum: Number.NEGATIVE_INFINITY, lag: 0 };
  for (let lag = -most; lag <= most; lag++) {
    let [sum, energy] = [0, 1e-9];
    for (let i = 0; i < reference.length; i += 2) {
      const value = heard[i + lag + most]!;
      sum += reference[i]! * value;
      energy += value * value;
    }
    if (sum / Math.sqrt(energy) > best.sum) best = { sum: sum / Math.sqrt(energy), lag };
  }
  return best.lag * step * 1_000;
}
