import type { Control } from '../domain/control.ts';
import { type Ledger, positionNumber } from '../domain/ledger.ts';
import type { ResearchSettings } from '../domain/research-settings.ts';
import { moment, spoken } from './spoken.ts';

/** What becomes of the pairs that are to do. Times are in ms since the epoch. */
export type Outlook =
  | { readonly kind: 'done' }
  /** Of an archive that does not run nothing goes on, whatever was given out. */
  | { readonly kind: 'stopped' }
  /** The whole archive, or each episode that has pairs to do. */
  | { readonly kind: 'paused'; readonly what: 'archive' | 'episodes' }
  /** There is work, and no researcher holds any of it. */
  | { readonly kind: 'nobody' }
  /** Nothing can be given out before, because it rests or because complete episodes re-open for new clips only then. */
  | { readonly kind: 'waiting'; readonly why: 'reopens' | 'rests'; readonly until: number | undefined }
  /** Researchers are at work; undefined as long as nothing was done in the last hour. */
  | { readonly kind: 'running'; readonly end: number | undefined };

export interface OutlookFacts {
  readonly now: number;
  readonly control: Control;
  /** Undefined of a stack deployed before it told them. */
  readonly settings: ResearchSettings | undefined;
  /** Ledgers with pairs to do. */
  readonly open: readonly Ledger[];
  /** Pairs to do in all. */
  readonly toDo: number;
  readonly pairsAMinute: number;
  /** It runs, so that somebody can research. */
  readonly isRunning: boolean;
}

/** Estimates beyond it say nothing; and timestamps end with the year 9999. */
const ESTIMATE_AT_MOST_MS = 100 * 365 * 86_400_000;

export function outlookOf(facts: OutlookFacts): Outlook {
  const { now, control, settings, open, toDo, pairsAMinute } = facts;
  if (toDo === 0) return { kind: 'done' };
  if (!facts.isRunning) return { kind: 'stopped' };
  if (open.some(({ leases }) => leases.some(({ signed }) => signed !== undefined))) {
    const end = pairsAMinute > 0 ? now + (toDo / pairsAMinute) * 60_000 : Number.POSITIVE_INFINITY;
    return { kind: 'running', end: end - now < ESTIMATE_AT_MOST_MS ? end : undefined };
  }
  if (control.paused === true) return { kind: 'paused', what: 'archive' };
  const free = open.filter(({ state }) => state !== 'HELD');
  if (free.length === 0) return { kind: 'paused', what: 'episodes' };
  const canBeGiven = free.some(({ state, leases }) => state === 'OPEN' || state === 'STRUCK' || leases.length > 0);
  if (canBeGiven) return { kind: 'nobody' };
  const reopening = settings === undefined ? undefined : control.reopening.at + settings.reopenInterval * 1000;
  const times = free.map((ledger) =>
    ledger.state === 'WAITING'
      ? { why: 'rests' as const, at: positionNumber(ledger.position) }
      : { why: 'reopens' as const, at: reopening },
  );
  const first = times.reduce((best, one) =>
    (one.at ?? Number.POSITIVE_INFINITY) < (best.at ?? Number.POSITIVE_INFINITY) ? one : best,
  );
  // What is due is done by the next run, within a minute.
  if (first.at !== undefined && first.at <= now) return { kind: 'nobody' };
  return { kind: 'waiting', why: first.why, until: first.at };
}

/** The outlook as the end of a sentence for people. */
export function outlookSentence(outlook: Outlook, now: number): string {
  switch (outlook.kind) {
    case 'done':
      return 'all done';
    case 'stopped':
      return 'no end: the archive is not running (`local` or `start` runs it)';
    case 'paused':
      return outlook.what === 'archive'
        ? 'no end: the archive is paused until `resume`'
        : 'no end: every episode with pairs to do is paused';
    case 'nobody':
      return 'no end: nobody is researching (`research` starts it)';
    case 'waiting': {
      const until = outlook.until === undefined ? 'later' : moment(outlook.until, now);
      return outlook.why === 'reopens'
        ? `nothing to give out now: complete episodes re-open for new clips ${until}`
        : `nothing to give out now: the first rest ends ${until}`;
    }
    case 'running':
      return outlook.end === undefined ? 'no end in sight yet' : `done in about ${spoken(outlook.end - now)}`;
  }
}

/** When what was curated just now comes to researchers, for people. */
export function takenUpSentence(
  kind: 'clips' | 'episodes',
  { control, settings, now }: Pick<OutlookFacts, 'control' | 'settings' | 'now'>,
): string {
  if (control.paused === true) return 'The archive is paused, so nothing of it is given out until `resume`.';
  if (kind === 'episodes')
    return 'What is new among them is in line within a minute or two, in the order of priority and date aired.';
  const reopening = settings === undefined ? undefined : control.reopening.at + settings.reopenInterval * 1000;
  const when = reopening === undefined ? 'later' : reopening <= now ? 'within a minute or two' : moment(reopening, now);
  return `What is new among them comes to episodes in line within a minute or two; complete episodes re-open for it ${when}.`;
}
