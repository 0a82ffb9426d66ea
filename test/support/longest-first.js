import Sequencer from '@jest/test-sequencer';

/**
 * Files that take longest, most of it waiting: begun first, they end while the others are run, and none is waited for alone
 * at the end. Jest knows durations only from an earlier run, so in a fresh clone it would begin with the largest files.
 */
const LONGEST = ['e2e/killed'];

const rankOf = ({ path }) => {
  const rank = LONGEST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return rank < 0 ? LONGEST.length : rank;
};

export default class LongestFirst extends Sequencer {
  /** The longest ones, then as Jest has it: what failed last time first, then by duration, or else by size. */
  sort(tests) {
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
