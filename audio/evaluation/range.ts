/**
 * What docs/researcher.md does not promise, by class of play: 6 dB and more below the talk (a bed is 9 dB below it), and the
 * largest changes of tempo and pitch. Much of it is found all the same. Every other class is in the range of the page, also
 * one that a set of one's own has made up.
 */
export const HARD_CLASSES: readonly string[] = [
  'duck-6',
  'duck-9',
  'duck-12',
  'bed',
  'tempo+4',
  'tempo-4',
  'pitch+1st',
  'pitch-1st',
];

/** The page promises that plays of this class are found. `inside X` is a part of a clip that was played as X. */
export function isPromised(playClass: string): boolean {
  return !HARD_CLASSES.includes(playClass.replace(/^inside /, ''));
}
