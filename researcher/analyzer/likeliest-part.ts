/** Stretches first … end − 1 of those that a clip is judged by. */
export interface Stretches {
  readonly from: number;
  readonly to: number;
}

/** Share of its loudness in the part that is heard, with which a clip counts as there: a fade, or talk that is compressed. */
const AS_LOUD = 0.5;
/** Logarithm of how much likelier one stretch may say that the clip is there, or is not: a loud one does not outvote ten. */
const MOST_OF_ONE = 0.9;
/** Logarithm of how much rarer a clip is cut off at an end than played to it: one of twenty. */
const CUT = 3;

/**
 * Where a clip most probably begins and ends: for each stretch the logarithm of how much likelier it is that the clip is
 * there, half as loud as in the part that is heard, than that it is not (of a known signal in normal noise: gain · (shared −
 * gain · own / 2) / variance), added up; less what it costs to begin late and to end early. What is too faint to be missed
 * says nothing, so that an end which talk hides counts as played.
 *
 * @param shared what each stretch of the clip has in common with its place
 * @param own the clip's energy
 * @param noise the energy of the place
 * @param values independent values of a stretch
 * @param heard a part that is heard for certain, from which follows how loud the clip is
 */
export function likeliestPart(
  shared: Float64Array,
  own: Float64Array,
  noise: Float64Array,
  values: number,
  heard: Stretches,
): Stretches {
  const count = own.length;
  let best: Stretches = { from: 0, to: count };
  const gain = (AS_LOUD * sumOf(shared, heard)) / sumOf(own, heard);
  if (!(gain > 0)) return best;
  let [most, sum, from] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < count; i++) {
    if (i > 0 && sum < -CUT) [sum, from] = [-CUT, i];
    const likelier = (values * gain * (shared[i]! - (gain * own[i]!) / 2)) / noise[i]!;
    sum += Math.max(-MOST_OF_ONE, Math.min(MOST_OF_ONE, likelier));
    const value = i + 1 === count ? sum : sum - CUT;
    if (value > most) [most, best] = [value, { from, to: i + 1 }];
  }
  return best;
}

export function sumOf(values: Float64Array, { from, to }: Stretches): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum;
}
