import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { isTerminal, position, print, shown, tell } from '../operating/terminal.ts';
import type { ResearcherEvent } from '../researcher/worker/researcher-events.ts';
import { doing, troubleIn } from './research-session.ts';

/** What a researcher is at: in a terminal a bar for each work item that is under way, elsewhere a line an item. */
export interface ResearchView {
  told(event: ResearcherEvent): void;
  /** A line for people, above the bars. */
  say(text: string): void;
  stop(): void;
}

/** Plays go to stdout as they are found, everything else to stderr. */
export function researchView(): ResearchView {
  const bars = isTerminal() ? new ItemBars() : undefined;
  const say = (text: string): void => (bars ?? { say: tell }).say(text);
  // A row on the terminal that shows the bars goes above them; one that goes elsewhere is untouched by them.
  const row = (text: string): void => (bars && process.stdout.isTTY ? bars.say(text) : print(text));
  return {
    say,
    told(event) {
      const trouble = troubleIn(event);
      if (trouble !== undefined) say(shown(trouble));
      if (event.kind === 'clip-failed') say(shown(`“${event.clip.title}”: ${event.reason}`));
      if (event.kind === 'episode-failed') say(shown(`“${event.episode.title}”: ${event.reason}`));
      if (event.kind === 'pair') {
        for (const { offsetNs, score } of event.plays) {
          row(`${shown(event.clip.title)}\t${shown(event.episode.title)}\t${position(offsetNs)}\t${score}`);
        }
      }
      if (bars) bars.told(event);
      else if (event.kind === 'item-received' || event.kind === 'waiting') say(shown(doing(event) ?? ''));
    },
    stop: () => bars?.stop(),
  };
}

/** One bar for each item at a time; whose item is done, serves the next. */
class ItemBars {
  readonly #bars = new MultiBar(
    {
      format: '{bar} {percentage} % | {what}',
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      // What is said above the bars overwrites the first of them.
      forceRedraw: true,
      fps: 5,
    },
    Presets.shades_classic,
  );
  readonly #ofLease = new Map<string, SingleBar>();
  readonly #free: SingleBar[] = [];

  told(event: ResearcherEvent): void {
    const what = doing(event);
    if (event.kind === 'waiting') {
      if (this.#isEmpty) this.say(what ?? '');
      else for (const bar of this.#free) bar.update(0, { what });
    }
    if (!('leaseId' in event)) return;
    if (event.kind === 'item-received') {
      const bar = this.#free.pop() ?? this.#bars.create(100, 0, { what: '' });
      bar.update(0);
      this.#ofLease.set(event.leaseId, bar);
    }
    const bar = this.#ofLease.get(event.leaseId);
    if (what !== undefined) bar?.update({ what: fitting(what) });
    if (event.kind === 'progress') bar?.update(Math.round(100 * event.share));
    if (event.kind === 'lease-done' && bar) {
      this.#ofLease.delete(event.leaseId);
      this.#free.push(bar);
      bar.update(100, { what: fitting(`${event.episode.title}: done`) });
    }
  }

  get #isEmpty(): boolean {
    return this.#ofLease.size + this.#free.length === 0;
  }

  say(text: string): void {
    // Before there is a bar nothing would show what is logged.
    if (this.#isEmpty) tell(text);
    else this.#bars.log(`${text}\n`);
  }

  stop(): void {
    if (this.#isEmpty) return;
    // Shows what was said last.
    this.#bars.update();
    this.#bars.stop();
  }
}

/** The bar and its per cent take 50 columns. */
function fitting(what: string): string {
  return shown(what).slice(0, Math.max(10, (process.stderr.columns || 80) - 52));
}
