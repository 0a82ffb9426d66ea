import { Presets, SingleBar } from 'cli-progress';
import { isTerminal, shown, tell } from '../operating/terminal.ts';

/** How far the research is, for people who watch: a bar in a terminal, a line now and then elsewhere. */
export interface ProgressView {
  researched(pairs: number): void;
  /** What a researcher is doing now. */
  doing(what: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

export function progressView(total: number): ProgressView {
  return isTerminal() ? barView(total) : lineView(total);
}

function barView(total: number): ProgressView {
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} % | {value} of {total} pairs | {what}',
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { what: '' });
  return {
    researched: (pairs) => bar.update(pairs),
    doing: (what) => bar.update({ what: shown(what).slice(0, 60) }),
    stop: () => bar.stop(),
  };
}

function lineView(total: number): ProgressView {
  let told = 0;
  let last = -1;
  return {
    researched(pairs) {
      if (pairs === last || Date.now() - told < LINE_EVERY_MS) return;
      told = Date.now();
      last = pairs;
      tell(`${pairs} of ${total} pairs researched`);
    },
    doing: () => undefined,
    stop: () => undefined,
  };
}
