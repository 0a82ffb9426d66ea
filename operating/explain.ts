import { type ClipEntry, type EpisodeEntry, isOfRecordings, recordingOf } from '../domain/collection.ts';
import { copyOf } from '../domain/copies.ts';
import { isResearched } from '../domain/ledger.ts';
import { contestsOf, type PlaceHeard } from '../domain/rivals.ts';
import { assignable } from '../domain/selection.ts';
import { timestampOf } from '../domain/timestamp.ts';
import { copyName, isOfAnotherCopy } from './copy-words.ts';
import {
  type LedgerFacts,
  leaseSentence,
  type Reason,
  reasonsOf,
  strikesSentence,
  type Verdict,
} from './explain-pair.ts';
import { type OfOnePair, withCopies } from './reading/copies.ts';
import { nameOfEntry } from './select.ts';
import { moment } from './spoken.ts';
import type { StoredFinding, SupersededFinding } from './tables/dynamo-operations.ts';
import { counted, position } from './terminal.ts';
import { notHeard, notJudgedPairs, partHeard, whyNotJudged } from './unknown-words.ts';

export interface EpisodeFacts extends LedgerFacts {
  readonly episode: EpisodeEntry;
  /** Episodes of the same state that come first; undefined when the state has no line. */
  readonly ahead: { readonly count: number; readonly atLeast: boolean } | undefined;
}

/** Why an episode or a pair is not done, as `explain --json` prints it. */
export interface Explanation {
  readonly episode: { readonly id: string; readonly title: string; readonly state: string };
  readonly clip?: { readonly id: string; readonly title: string };
  /** What it is waiting for first; of an episode: done, or not. */
  readonly verdict: Verdict | 'done' | 'not done';
  readonly until: string | null;
  /** Sentences for people, in order. */
  readonly because: readonly string[];
}

const STATES = {
  OPEN: 'in line for research',
  STRUCK: 'in line for research, with strikes: it gets every fifth work item',
  WAITING: 'waiting: nothing of it can be given out now',
  COMPLETE: 'complete, as far as it was last judged',
  PARKED: 'given up',
  HELD: 'held by an operator',
} as const;

/** @param inEpisode findings of all clips in the episode, which tell what else fits the same places */
export function explainPair(
  facts: EpisodeFacts,
  clip: ClipEntry,
  findings: readonly StoredFinding[],
  history: readonly SupersededFinding[],
  inEpisode: readonly StoredFinding[] = findings,
): Explanation {
  const { ledger, now } = facts;
  const reasons = reasonsOf(facts, clip);
  const first = reasons[0] as Reason;
  const because = reasons.map(({ text }) => text);
  const [current, older] = [findings.filter(isCurrent), findings.filter((one) => !isCurrent(one))];
  function isCurrent(one: StoredFinding): boolean {
    return isOfRecordings(one, recordingOf(ledger), recordingOf(clip));
  }
  if (first.verdict === 'researched')
    because.push(...findingSentences(current, facts.episode, clip), ...rivalSentences(facts, clip, inEpisode));
  because.push(...replacedSentences(facts, clip));
  for (const { offsetsNs, analyzer } of older) {
    because.push(`In the recording before that it was ${places(offsetsNs)}, by ${analyzer || 'an unnamed analyzer'}.`);
  }
  if (first.verdict === 'in line') because.push(...lineSentences(facts, clip));
  const strikes = [
    strikesSentence('The episode', ledger.episodeStrikes, ledger.revision, now),
    strikesSentence('The clip', clip.strikes, clip.revision, now),
    strikesSentence('The pair', ledger.pairStrikes.get(clip.ordinal), clip.revision, now),
  ];
  for (const sentence of strikes) {
    if (sentence !== undefined && !reasons.some(({ verdict }) => verdict === 'resting')) because.push(sentence);
  }
  const standing = current.find(({ variant }) => variant === 0);
  for (const { supersededAt, ...finding } of history) {
    const { offsetsNs, analyzer } = finding;
    const where = standing !== undefined && copyOf(standing) !== copyOf(finding) ? ` in ${copyName(finding)}` : '';
    because.push(`Until ${supersededAt} it was ${places(offsetsNs)}${where}, by ${analyzer || 'an unnamed analyzer'}.`);
  }
  return {
    ...named(facts, clip),
    verdict: first.verdict,
    until: first.until === undefined ? null : timestampOf(first.until),
    because,
  };
}

/** That there is another recording now, and what that means for the pair. */
function replacedSentences({ episode, ledger, now }: EpisodeFacts, clip: ClipEntry): string[] {
  const told = ({ recording }: Pick<EpisodeEntry | ClipEntry, 'recording'>, what: string): string[] =>
    recording === undefined
      ? []
      : [
          `The file of the ${what} was replaced by another recording ${moment(recording.at, now)} (number ${recording.number}): results of older ones are history, and its pairs are researched again.`,
        ];
  const sentences = [...told(episode, 'episode'), ...told(clip, 'clip')];
  return ledger.researched.has(clip.ordinal) && !isResearched(ledger, clip)
    ? [...sentences, 'It has been researched with an older recording of the clip only.']
    : sentences;
}

/** So many clips are named for each reason. */
const EXAMPLES = 5;

export function explainEpisode(facts: EpisodeFacts): Explanation {
  const { ledger, catalogue, now } = facts;
  const byVerdict = new Map<Verdict, { readonly clip: ClipEntry; readonly reason: Reason }[]>();
  for (const clip of catalogue.clips) {
    const reason = reasonsOf(facts, clip)[0] as Reason;
    const others = byVerdict.get(reason.verdict);
    if (others === undefined) byVerdict.set(reason.verdict, [{ clip, reason }]);
    else others.push({ clip, reason });
  }
  const researched = byVerdict.get('researched')?.length ?? 0;
  const because = [
    `${researched} of ${catalogue.clips.length} clips are researched in it. It is ${ledger.gone === true && ledger.held === undefined ? 'gone from its address' : STATES[ledger.state]}.`,
  ];
  if (ledger.state === 'OPEN' || ledger.state === 'STRUCK') because.push(...aheadSentence(facts));
  const notJudged = notJudgedPairs(ledger, catalogue);
  if (notJudged > 0)
    because.push(
      `${notJudged} of the researched ${notJudged === 1 ? 'is a clip' : 'are clips'} that cannot be judged.`,
    );
  because.push(...unheardSentences(facts.episode));
  const strikes = strikesSentence('The episode', ledger.episodeStrikes, ledger.revision, now);
  if (strikes !== undefined) because.push(strikes);
  for (const lease of ledger.leases) because.push(leaseSentence(lease, facts));
  for (const [verdict, pairs] of byVerdict) {
    if (verdict === 'researched') continue;
    const names = pairs.slice(0, EXAMPLES).map(({ clip }) => nameOfEntry(clip));
    const more = pairs.length > EXAMPLES ? `, and ${pairs.length - EXAMPLES} more` : '';
    because.push(`${pairs.length} × ${verdict}: ${names.join(', ')}${more}. ${pairs[0]?.reason.text ?? ''}`);
  }
  return {
    ...named(facts),
    verdict: researched === catalogue.clips.length ? 'done' : 'not done',
    until: null,
    because,
  };
}

function named({ episode, ledger }: EpisodeFacts, clip?: ClipEntry) {
  return {
    episode: { id: String(episode.ordinal), title: episode.info.title, state: ledger.state },
    ...(clip && { clip: { id: String(clip.ordinal), title: clip.info.title } }),
  };
}

function findingSentences(findings: readonly StoredFinding[], episode: EpisodeEntry, clip: ClipEntry): string[] {
  if (findings.length === 0) return [...unfound(episode, clip), ...unheardSentences(episode)];
  return [
    ...withCopies(findings).map((finding) => foundSentence(finding, episode, clip)),
    ...unheardSentences(episode),
  ];
}

function unfound(episode: EpisodeEntry, clip: ClipEntry): string[] {
  const why = whyNotJudged(clip);
  if (why !== undefined) {
    const { analyzer } = clip.unknowns ?? {};
    return [
      `The clip cannot be judged: ${why} (says ${analyzer || 'an unnamed analyzer'}). Whether it is played is not known.`,
    ];
  }
  const where = notHeard(episode) === undefined ? 'the episode' : 'what was heard of the episode';
  return [`It is not played in ${where}. (Who found that nothing plays is not kept.)`];
}

/** Clips may share audio: where another one fits better, or which others fit less. */
function rivalSentences(
  { ledger, catalogue }: EpisodeFacts,
  clip: ClipEntry,
  inEpisode: readonly StoredFinding[],
): string[] {
  const standing = inEpisode.filter((one) => {
    const entry = catalogue.byOrdinal.get(one.clip);
    return one.variant === 0 && entry !== undefined && isOfRecordings(one, recordingOf(ledger), recordingOf(entry));
  });
  const name = ({ clip: ordinal, score }: PlaceHeard): string => {
    const entry = catalogue.byOrdinal.get(ordinal);
    return `${entry === undefined ? ordinal : nameOfEntry(entry)} (score ${score.toFixed(2)})`;
  };
  const sentences = contestsOf(standing).flatMap(({ best, rivals }): string[] => {
    if (best.clip === clip.ordinal)
      return [`Its rivals at ${position(best.offsetNs)}: ${rivals.map(name).join(', ')}.`];
    const own = rivals.find((rival) => rival.clip === clip.ordinal);
    return own === undefined
      ? []
      : [`At ${position(own.offsetNs)} ${name(best)} fits better, and it is a rival of that.`];
  });
  const more = sentences.length - PLACES_SHOWN;
  return more > 0 ? [...sentences.slice(0, PLACES_SHOWN), `So at ${counted(more, 'more place')}.`] : sentences;
}

/** Which stretches of the episode nobody heard. */
function unheardSentences(episode: EpisodeEntry): string[] {
  const lost = notHeard(episode);
  if (lost === undefined) return [];
  const { analyzer, unheard = [] } = episode.unknowns ?? { analyzer: '' };
  const some = unheard.slice(0, PLACES_SHOWN).map(({ from, to }) => `${position(from)}–${position(to)}`);
  const more = unheard.length > some.length ? ` and ${unheard.length - some.length} more` : '';
  return [`Not heard: ${lost}, at ${some.join(', ')}${more}; by ${analyzer || 'an unnamed analyzer'}.`];
}

function foundSentence(finding: StoredFinding & OfOnePair, episode: EpisodeEntry, clip: ClipEntry): string {
  const { variant, offsetsNs, researcher, analyzer, researchDate, clipFacts } = finding;
  const length = clip.facts?.durationNs ?? clipFacts.durationNs;
  const parts = offsetsNs.slice(0, PLACES_SHOWN).flatMap((offset, index) => {
    const part = partHeard(finding, index, length);
    return part === undefined ? [] : [`${part} at ${position(offset)}`];
  });
  const heard = parts.length === 0 ? '' : ` Heard is only ${parts.join(', ')}.`;
  const who = `${researcher || 'an unnamed researcher'} with ${analyzer || 'an unnamed analyzer'}, ${researchDate}`;
  if (variant > 0 && finding.playNs !== undefined)
    return `${variantSentence(finding, finding.playNs)}: ${who}.${heard}`;
  const where = variant === 0 && isOfAnotherCopy(finding, episode) ? ` in ${copyName(finding)}` : '';
  return `${variant === 0 ? 'It' : `A variant: it`} is ${places(offsetsNs)}${where}: ${who}.${heard}`;
}

/** The same plays at other times are no others: which those are, and what the finding that stands does not have. */
function variantSentence(
  { offsetsNs, isOtherCopy, ...finding }: StoredFinding & OfOnePair,
  playNs: readonly (number | undefined)[],
): string {
  const where = isOtherCopy ? `In ${copyName(finding)}, with other advertisements,` : 'A variant of the same copy:';
  const same = offsetsNs.flatMap((offset, index) => {
    const play = playNs[index];
    return play === undefined ? [] : [`the play at ${position(play)} at ${position(offset)}`];
  });
  const alone = offsetsNs.filter((_, index) => playNs[index] === undefined).map(position);
  const said = [
    ...(same.length === 0 ? [] : [`it has ${listed(same)}`]),
    ...(alone.length === 0 ? [] : [`there alone it is played at ${listed(alone)}`]),
  ];
  return `${where} ${said.length === 0 ? 'it is not played' : said.join('; ')}`;
}

const listed = (all: readonly string[]): string =>
  all.length > PLACES_SHOWN
    ? `${all.slice(0, PLACES_SHOWN).join(', ')} and ${all.length - PLACES_SHOWN} more`
    : all.join(', ');

const PLACES_SHOWN = 10;

function places(offsetsNs: readonly number[]): string {
  const some = offsetsNs.slice(0, PLACES_SHOWN).map(position).join(', ');
  return `played at ${some}${offsetsNs.length > PLACES_SHOWN ? ` and ${offsetsNs.length - PLACES_SHOWN} more places` : ''}`;
}

function aheadSentence({ ahead }: EpisodeFacts): string[] {
  if (ahead === undefined) return [];
  if (ahead.count === 0) return ['It is the first in line.'];
  return [`${ahead.atLeast ? 'At least ' : ''}${counted(ahead.count, 'episode')} before it in line.`];
}

function lineSentences(facts: EpisodeFacts, clip: ClipEntry): string[] {
  const { ledger, catalogue, now, settings } = facts;
  const before = assignable(ledger, catalogue, now).findIndex(({ ordinal }) => ordinal === clip.ordinal);
  if (before < 0) return aheadSentence(facts);
  const item =
    settings === undefined ? '' : `, so it comes with its work item ${Math.floor(before / settings.clipsPerItem) + 1}`;
  return [...aheadSentence(facts), `${counted(before, 'clip')} before it in the episode${item}.`];
}
