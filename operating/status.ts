import { WAITING_FOR_MS } from '../domain/capacity.ts';
import type { Catalogue } from '../domain/collection.ts';
import { type Control, pairsAMinute } from '../domain/control.ts';
import type { Lease, Ledger } from '../domain/ledger.ts';
import type { ResearchSettings } from '../domain/research-settings.ts';
import { isParked } from '../domain/strikes.ts';
import { timestampOf } from '../domain/timestamp.ts';
import { countPairs, type EpisodeProgress, episodeProgress, givenUpClips } from './count-pairs.ts';
import { type Outlook, outlookOf, outlookSentence } from './outlook.ts';
import type { QueueDepth } from './reading/queue-depths.ts';
import { notJudgedClips, notJudgedPairs } from './unknown-words.ts';

/** What was read of an archive at one time. */
export interface StatusFacts {
  readonly name: string;
  readonly now: number;
  readonly catalogue: Catalogue;
  readonly ledgers: readonly Ledger[];
  readonly unreadable: readonly number[];
  readonly control: Control;
  /** Episodes that were not heard in full. */
  readonly unheard: number;
  /** Undefined of a stack deployed before it told them. */
  readonly settings?: ResearchSettings | undefined;
  /** Pairs with a finding. */
  readonly findings: number;
  /** By logical id, dead letters included. */
  readonly queues: Readonly<Record<string, QueueDepth>>;
}

export interface LeaseStatus {
  readonly id: string;
  readonly episode: number;
  /** '' as long as nobody has signed it, and for researchers without a name. */
  readonly researcher: string;
  readonly signed: boolean;
  readonly created: string;
  readonly ageSeconds: number;
  readonly lastSign: string | null;
  readonly done: number;
  readonly left: number;
  /** Its last word has come: it ends by the next runs. */
  readonly ending: boolean;
}

/** How the archive is doing, as `status --json` prints it. Timestamps are RFC 3339. */
export interface Status {
  readonly archive: string;
  readonly at: string;
  readonly paused: boolean;
  readonly clips: {
    readonly total: number;
    readonly parked: number;
    readonly retired: number;
    /** An analyzer can say nothing of them in any episode. */
    readonly notJudged: number;
    /** What is wrong with those that are damaged; research goes on without them. */
    readonly unreadable: readonly string[];
  };
  readonly episodes: {
    readonly total: number;
    readonly complete: number;
    readonly parked: number;
    readonly paused: number;
    readonly retired: number;
    /** Other entries are at their addresses, or stand for them. */
    readonly gone: number;
    /** Stretches of them nobody heard: what is played there is not known. */
    readonly notHeardInFull: number;
    /** Their ledgers are damaged; the archive has set them aside. */
    readonly unreadable: readonly number[];
  };
  readonly pairs: {
    readonly total: number;
    readonly researched: number;
    /** Of the researched: of clips that cannot be judged. */
    readonly notJudged: number;
    readonly givenUp: number;
    /** Parked by themselves, not with their clip or episode. */
    readonly parked: number;
    readonly leased: number;
    /** Leased or not. */
    readonly toDo: number;
  };
  readonly findings: number;
  readonly researchers: number;
  readonly waiting: number;
  readonly leases: readonly LeaseStatus[];
  readonly backlog: {
    /** Episodes with pairs to do. */
    readonly episodes: number;
    /** The one that came first among them, or whose current media did. */
    readonly oldest: { readonly episode: number; readonly since: string; readonly ageSeconds: number } | null;
    /** Since when there has been work to give out without a pause. */
    readonly since: string | null;
  };
  /** Over the last hour, or since its first pairs. */
  readonly pairsAMinute: number;
  /** At that rate; null unless researchers are at work and something was done in the last hour. */
  readonly estimatedEnd: string | null;
  /** What becomes of the pairs to do, and as words. */
  readonly outlook: Outlook['kind'];
  readonly outlookSentence: string;
  readonly drainedUntil: string | null;
  readonly queues: Readonly<Record<string, QueueDepth & { readonly deadLetters: number }>>;
}

const DEAD_LETTERS = 'DeadLetters';

export function statusOf(facts: StatusFacts): Status {
  const { now, catalogue, ledgers, control, queues } = facts;
  const hopeless = givenUpClips(catalogue);
  const pairs = { researched: 0, notJudged: 0, givenUp: 0, parked: 0, toDo: 0 };
  const open: Ledger[] = [];
  const progress = new Map<EpisodeProgress, number>();
  for (const ledger of ledgers) {
    const counts = countPairs(ledger, catalogue, hopeless);
    for (const name of ['researched', 'givenUp', 'parked', 'toDo'] as const) pairs[name] += counts[name];
    pairs.notJudged += notJudgedPairs(ledger, catalogue);
    if (counts.toDo > 0) open.push(ledger);
    const far = episodeProgress(ledger, counts);
    progress.set(far, (progress.get(far) ?? 0) + 1);
  }
  const leases = ledgers.flatMap((ledger) => ledger.leases.map((lease) => leaseStatus(ledger.episode, lease, now)));
  const untaken = leases.filter(({ signed, ageSeconds }) => !signed && ageSeconds * 1000 < WAITING_FOR_MS).length;
  const rate = pairsAMinute(control, now);
  const outlook = outlookOf({
    ...{ now, control, settings: facts.settings, open, toDo: pairs.toDo, pairsAMinute: rate },
    // The tables of an archive that is stopped are read without its queues.
    isRunning: Object.keys(queues).length > 0,
  });
  const gone = ledgers.filter((ledger) => ledger.gone === true && ledger.held !== 'retired').length;
  const oldest = open.reduce<Ledger | undefined>(
    (first, ledger) => (first === undefined || ledger.revisedAt < first.revisedAt ? ledger : first),
    undefined,
  );
  return {
    archive: facts.name,
    at: timestampOf(now),
    paused: control.paused === true,
    clips: {
      total: catalogue.clips.length,
      parked: catalogue.clips.filter((clip) => isParked(clip.strikes, clip.revision)).length,
      retired: catalogue.clips.filter((clip) => clip.retired === true).length,
      notJudged: notJudgedClips(catalogue).length,
      unreadable: catalogue.unreadable ?? [],
    },
    episodes: {
      total: ledgers.length + facts.unreadable.length,
      complete: progress.get('complete') ?? 0,
      parked: (progress.get('given up') ?? 0) - gone,
      paused: progress.get('paused') ?? 0,
      retired: progress.get('retired') ?? 0,
      gone,
      notHeardInFull: facts.unheard,
      unreadable: facts.unreadable,
    },
    pairs: {
      total: catalogue.clips.length * (ledgers.length + facts.unreadable.length),
      ...pairs,
      leased: leases.reduce((sum, { left }) => sum + left, 0),
    },
    findings: facts.findings,
    researchers: leases.filter(({ signed }) => signed).length,
    waiting: Math.max(untaken, queues.PendingResearch?.visible ?? 0),
    leases,
    backlog: {
      episodes: open.length,
      oldest: oldest === undefined ? null : oldestOf(oldest, now),
      since: control.backlogSince === 0 ? null : timestampOf(control.backlogSince),
    },
    pairsAMinute: Math.round(rate * 100) / 100,
    estimatedEnd: outlook.kind === 'running' && outlook.end !== undefined ? timestampOf(outlook.end) : null,
    outlook: outlook.kind,
    outlookSentence: outlookSentence(outlook, now),
    drainedUntil: control.drainedUntil === 0 ? null : timestampOf(control.drainedUntil),
    queues: Object.fromEntries(
      Object.entries(queues)
        .filter(([name]) => !name.endsWith(DEAD_LETTERS))
        .map(([name, depth]) => {
          const dead = queues[`${name}${DEAD_LETTERS}`];
          return [name, { ...depth, deadLetters: (dead?.visible ?? 0) + (dead?.inFlight ?? 0) }];
        }),
    ),
  };
}

function oldestOf({ episode, revisedAt }: Ledger, now: number) {
  return { episode, since: timestampOf(revisedAt), ageSeconds: seconds(now - revisedAt) };
}

function leaseStatus(episode: number, lease: Lease, now: number): LeaseStatus {
  return {
    id: lease.id,
    episode,
    researcher: lease.researcher,
    signed: lease.signed !== undefined,
    created: timestampOf(lease.created),
    ageSeconds: seconds(now - lease.created),
    lastSign: lease.lastSign === undefined ? null : timestampOf(lease.lastSign),
    done: lease.clips.length - lease.left.length,
    left: lease.left.length,
    ending: lease.lastWord !== undefined || lease.left.length === 0,
  };
}

/** Clocks differ: what has just happened elsewhere may seem to be still to come. */
const seconds = (ms: number): number => Math.max(0, Math.round(ms / 1000));
