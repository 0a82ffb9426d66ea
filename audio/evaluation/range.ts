/**
 * What docs/researcher.md does not promise, by class of play: `hard` stays hard though much of it is found. Every other
 * class is in the range of the page, also one that a set of one's own has made up.
 */
export const HARD_CLASSES: readonly string[] = ['duck-9', 'duck-12', 'tempo+4', 'tempo-4', 'pitch+1st', 'pitch-1st'];

/** The page promises that plays of this class are found. `inside X` is a part of a clip that was played as X. */
export function isPromised(playClass: string): boolean {
  return !HARD_CLASSES.includes(playClass.replace(/^inside /, ''));
}
