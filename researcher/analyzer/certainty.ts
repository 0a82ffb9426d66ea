/**
 * What is right of places that agree by as much as the threshold asks for, as logit; how much more certain it gets with each
 * unit of ln(agreement / threshold); and what is right where all agrees: a piece of music may repeat itself elsewhere.
 * Fitted by greatest likelihood; `npm run audio:summary` shows how true they are.
 */
const [AT_THRESHOLD, STEEPNESS, MOST_CERTAIN] = [3, 12, 0.998];

/**
 * The score of a place: how probable it is that the clip is played there, 0 … 1.
 *
 * @param agreement coherence of the waveforms, or what they have in common at another speed, 0 … 1
 * @param threshold agreement that the clip asks for
 */
export function certaintyOf(agreement: number, threshold: number): number {
  if (!(agreement > 0)) return 0;
  return MOST_CERTAIN / (1 + Math.exp(-AT_THRESHOLD - STEEPNESS * Math.log(agreement / threshold)));
}
