import Sequencer from '@jest/test-sequencer';

/**
 * Files that take longest, most of it waiting: begun first, they end while the others are run, and none is waited for alone
 * at the end. Jest knows durations only from an earlier run, so in a fresh clone it would begin with the largest files.
 */
const LONGEST = [
  ...[
    'e2e/killed',
    'e2e/foreign-client',
    'operating/commands',
    'bench/performance-page',
    'report/browser',
    'e2e/start',
  ],
  ...['researcher/worker/researcher', 'local/trouble', 'audio/small-set', 'researcher/media/ffmpeg', 'cli/cli'],
  ...['domain/identity-histories', 'researcher/media/ffmpeg-threads', 'operating/recordings', 'report/paper'],
  ...[
    'researcher/media/damaged-mp3',
    'researcher/analyzer/hostile-inputs',
    'researcher/analyzer/pool',
    'bench/research',
  ],
  ...['functions/researcher/researcher-function', 'local/runner', 'local/event-source', 'cli/desk', 'local/real-stack'],
];

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
