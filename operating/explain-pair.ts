import type { Catalogue, ClipEntry } from '../domain/collection.ts';
import type { Control } from '../domain/control.ts';
import { isResearched, LEASES_AT_MOST, type Lease, type Ledger, positionNumber } from '../domain/ledger.ts';
import type { ResearchSettings } from '../domain/research-settings.ts';
import { isParked, isResting, type Strikes, valid } from '../domain/strikes.ts';
import { isSuspected, isUntried, UNTRIED_AT_MOST } from '../domain/trial.ts';
import { moment } from './spoken.ts';
import { shown } from './terminal.ts';

/** What is known of an episode's pairs at one time. */
export interface LedgerFacts {
  readonly now: number;
  readonly ledger: Ledger;
  readonly catalogue: Catalogue;
  readonly control: Control;
  /** Undefined of a stack deployed before it told them: ends of leases are left out then. */
  readonly settings: ResearchSettings | undefined;
  /** Why pairs were parked, by clip; 0 is the episode. */
  readonly reasons: ReadonlyMap<number, string>;
}

/** What a pair is waiting for, in the order in which one would have to end it. */
export type Verdict =
  | 'researched'
  | 'episode gone'
  | 'clip gone'
  | 'episode retired'
  | 'episode paused'
  | 'clip retired'
  | 'episode parked'
  | 'clip parked'
  | 'pair parked'
  | 'leased'
  | 'archive paused'
  | 'resting'
  | 'not re-opened'
  | 'too many leases'
  | 'in line';

export interface Reason {
  readonly verdict: Verdict;
  /** A sentence for people. */
  readonly text: string;
  /** When this is over by itself, ms since the epoch, as far as one can say. */
  readonly until?: number | undefined;
}

/** Everything that keeps the pair from being researched now; never empty. The first is what it is waiting for. */
export function reasonsOf(facts: LedgerFacts, clip: ClipEntry): Reason[] {
  const { ledger } = facts;
  if (isResearched(ledger, clip)) return [{ verdict: 'researched', text: 'It has been researched.' }];
  const lease = ledger.leases.find(({ left }) => left.includes(clip.ordinal));
  const reasons = [
    ...holds(facts),
    ...parkings(facts, clip),
    ...(lease === undefined ? [] : [leasedTo(lease, facts)]),
    ...(facts.control.paused === true
      ? [{ verdict: 'archive paused' as const, text: 'The whole archive is paused: `resume` ends that.' }]
      : []),
    ...rests(facts, clip),
  ];
  return reasons.length > 0 ? reasons : [trial(turnOf(facts), facts, clip)];
}

function holds({ ledger }: LedgerFacts): Reason[] {
  if (ledger.gone === true) {
    return [
      {
        verdict: 'episode gone',
        text: 'The episode is gone from its address: another entry is there now, or stands for both. It keeps its findings, and is not fetched again.',
      },
    ];
  }
  if (ledger.state !== 'HELD') return [];
  return ledger.held !== 'paused'
    ? [{ verdict: 'episode retired', text: 'An operator retired the episode: `restore --episode` ends that.' }]
    : [{ verdict: 'episode paused', text: 'An operator paused the episode: `resume --episode` ends that.' }];
}

function parkings({ ledger, reasons, now }: LedgerFacts, clip: ClipEntry): Reason[] {
  const found: Reason[] = [];
  if (clip.sameAs !== undefined) {
    found.push({ verdict: 'clip gone', text: `The clip turned out to be clip ${clip.sameAs}, which stands for both.` });
  } else if (clip.gone === true) {
    found.push({
      verdict: 'clip gone',
      text: 'The clip is gone from its address, where another one of its source is now. It keeps its findings, and is not fetched again.',
    });
  }
  if (clip.retired === true) {
    found.push({ verdict: 'clip retired', text: 'An operator retired the clip: `restore --clip` ends that.' });
  }
  if (ledger.state === 'PARKED' || isParked(ledger.episodeStrikes, ledger.revision)) {
    const reason = reasons.get(0) ?? ledger.episodeStrikes?.reason ?? '';
    const by = struckBy(ledger.episodeStrikes, now);
    found.push({
      verdict: 'episode parked',
      text: `The episode was given up: ${shown(reason)}. ${by} A new media URI or \`unpark --episode\` ends that.`,
    });
  }
  if (isParked(clip.strikes, clip.revision)) {
    const by = struckBy(clip.strikes, now);
    found.push({
      verdict: 'clip parked',
      text: `The clip was given up everywhere: ${shown(clip.strikes?.reason ?? '')}. ${by} A new media URI or \`unpark --clip\` ends that.`,
    });
  }
  const parkedRevision = ledger.parked.get(clip.ordinal);
  if (parkedRevision !== undefined && parkedRevision >= clip.revision) {
    found.push({
      verdict: 'pair parked',
      text: `The pair was given up: ${shown(reasons.get(clip.ordinal) ?? 'the reason is not kept')}. A new media URI or \`unpark --episode … --clip …\` ends that.`,
    });
  }
  return found;
}

/** When the lease ends unless more is heard of it. */
export function endOfLease(lease: Lease, settings: ResearchSettings | undefined): number | undefined {
  if (settings === undefined) return undefined;
  if (lease.signed === undefined) return lease.created + settings.leaseDuration * 1000;
  const silent = (lease.lastSign ?? lease.signed) + settings.silenceLimit * 1000;
  return Math.min(silent, (lease.lastResult ?? lease.signed) + settings.leaseDuration * 1000);
}

export function leaseSentence(lease: Lease, { now, settings }: Pick<LedgerFacts, 'now' | 'settings'>): string {
  const who =
    lease.signed === undefined
      ? 'nobody yet (its work item waits for a researcher)'
      : shown(lease.researcher || 'an unnamed researcher');
  const end = endOfLease(lease, settings);
  const until =
    lease.lastWord !== undefined
      ? 'its last word has come, so it ends by the next runs'
      : end === undefined
        ? `made ${moment(lease.created, now)}`
        : end > now
          ? `until ${moment(end, now)} unless more is heard of it`
          : `over since ${moment(end, now)}, so it ends by the next run`;
  const done = lease.clips.length - lease.left.length;
  return `Lease ${shown(lease.id)}: ${who}, ${until}; ${done} done, ${lease.left.length} left.`;
}

function leasedTo(lease: Lease, facts: LedgerFacts): Reason {
  return { verdict: 'leased', text: leaseSentence(lease, facts), until: endOfLease(lease, facts.settings) };
}

function rests({ ledger, now }: LedgerFacts, clip: ClipEntry): Reason[] {
  const resting = [
    { what: 'The episode', strikes: ledger.episodeStrikes, revision: ledger.revision },
    { what: 'The clip', strikes: clip.strikes, revision: clip.revision },
    { what: 'The pair', strikes: ledger.pairStrikes.get(clip.ordinal), revision: clip.revision },
  ];
  return resting.flatMap(({ what, strikes, revision }) => {
    if (strikes === undefined || !isResting(strikes, revision, now) || isParked(strikes, revision)) return [];
    const text = `${what} rests until ${moment(strikes.restUntil, now)}. ${struckBy(strikes, now)}`;
    return [{ verdict: 'resting' as const, text: text.trim(), until: strikes.restUntil }];
  });
}

/** Who struck, when, and why last; '' when nobody did. */
export function struckBy(strikes: Strikes | undefined, now: number): string {
  if (strikes === undefined || strikes.strikers.length === 0) return '';
  const who = strikes.strikers.map(({ by, at }) => `${shown(by || 'an unnamed researcher')} ${moment(at, now)}`);
  const reason = strikes.reason === '' ? '' : `; last: ${shown(strikes.reason)}`;
  return `Struck by ${who.join(', ')}${reason}.`;
}

/** Strikes that count, or are remembered though a result cleared them. */
export function strikesSentence(
  what: string,
  strikes: Strikes | undefined,
  revision: number,
  now: number,
): string | undefined {
  if (!valid(strikes, revision) || strikes.strikers.length === 0) return undefined;
  return `${what} has ${strikes.count === 0 ? 'no strikes any more' : `${strikes.count} of 4 strikes`}. ${struckBy(strikes, now)}`;
}

const WILL_BE_JUDGED = '100 complete episodes are looked at again in each run';

/** A clip that nobody has reported yet, or since it struck, may have to wait for those that try it elsewhere. */
function trial(turn: Reason, { control }: LedgerFacts, clip: ClipEntry): Reason {
  if (turn.verdict !== 'in line') return turn;
  if (isSuspected(clip)) {
    const since = 'Nobody has reported the clip since it struck: one work item at a time tries such clips.';
    return { ...turn, text: `${since} ${turn.text}` };
  }
  if (!isUntried(control, clip)) return turn;
  const first = `Nobody has reported the clip in any episode yet: at most ${UNTRIED_AT_MOST} work items at a time try such clips.`;
  return { ...turn, text: `${first} ${turn.text}` };
}

/** Nothing is wrong with the pair: it waits for its turn, or to be looked at again. */
function turnOf(facts: LedgerFacts): Reason {
  const { ledger, now } = facts;
  if (ledger.state === 'COMPLETE') return notReopened(facts);
  if (ledger.leases.length >= LEASES_AT_MOST) {
    return {
      verdict: 'too many leases',
      text: `The episode has ${LEASES_AT_MOST} leases, as many as one can have; one of them must end first.`,
    };
  }
  if (ledger.state === 'WAITING') {
    const until = positionNumber(ledger.position);
    return {
      verdict: 'in line',
      text: `It is free; its episode is looked at again ${until > now ? moment(until, now) : 'by the next run'}.`,
      until,
    };
  }
  const struck =
    ledger.state === 'STRUCK' ? ' Only struck pairs are left there, so it gets every fifth work item.' : '';
  return { verdict: 'in line', text: `It is free, and waits for its turn.${struck}` };
}

function notReopened({ ledger, catalogue, control, settings, now }: LedgerFacts): Reason {
  const judgedAt = positionNumber(ledger.position);
  const behind = `The episode was complete at version ${judgedAt} of the members; now it is ${catalogue.assignableVersion}.`;
  if (control.reopening.assignableVersion > judgedAt) {
    return {
      verdict: 'not re-opened',
      text: `${behind} Version ${control.reopening.assignableVersion} is open: ${WILL_BE_JUDGED}.`,
    };
  }
  const until = settings === undefined ? undefined : control.reopening.at + settings.reopenInterval * 1000;
  const when =
    until === undefined ? '' : until > now ? ` ${moment(until, now)}` : ' with the next run that has work to give out';
  return {
    verdict: 'not re-opened',
    text: `${behind} New clips are gathered, and complete episodes re-open for them${when}.`,
    until,
  };
}
