import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import type { Ledger } from '../domain/ledger.ts';
import { isParked, valid } from '../domain/strikes.ts';
import { CountsByClip, countPairs, episodeProgress, givenUpClips, isOverWhole } from '../operating/count-pairs.ts';
import { notHeard, whyNotJudged } from '../operating/unknown-words.ts';
import { shownAddress } from '../web/shown-address.ts';
import type { FoundFindings } from './found-findings.ts';
import type { ReportFacts } from './report-facts.ts';
import { cleanLine } from './shared/clean-text.ts';
import { daysOf } from './shared/format.ts';
import type { State } from './shared/report-data.ts';

interface Collected<E extends ClipEntry | EpisodeEntry> {
  readonly entry: E;
  readonly name: string;
  readonly seconds: number;
  readonly state: State;
  /** Why it was given up; '' when it was not. */
  readonly reason: string;
  /** Why it cannot be judged, or how much was not heard; '' when all is known. */
  readonly unknown: string;
  readonly researched: number;
  /** Of the findings that stand. */
  readonly plays: number;
  /** Findings that stand. */
  readonly found: number;
}

export interface CollectedEpisode extends Collected<EpisodeEntry> {
  readonly aired: number | null;
  readonly givenUp: number;
}

export type CollectedClip = Collected<ClipEntry>;

export interface CollectedArchive {
  /** By ordinal. */
  readonly episodes: ReadonlyMap<number, CollectedEpisode>;
  /** By ordinal. */
  readonly clips: ReadonlyMap<number, CollectedClip>;
  readonly findings: FoundFindings;
  /** What the pages say of where a medium is. */
  readonly addressOf: (mediaUri: string) => string;
}

const NO_PAIRS = { researched: 0, givenUp: 0, parked: 0, toDo: 0 };

/**
 * Brings together what is known of each episode and each clip.
 * @param withAddresses of media in the web, whole: they can be played, and secrets of private feeds are among them
 */
export function collected(facts: ReportFacts, withAddresses = false): CollectedArchive {
  const { catalogue, episodes, ledgers, unreadable, findings } = facts;
  const ledgerOf = new Map(ledgers.map((ledger) => [ledger.episode, ledger]));
  // Of one show its name is on every page already; of several it tells their like-named episodes apart.
  const severalShows = new Set([...episodes.values()].flatMap(({ info }) => info.show ?? [])).size > 1;
  const damaged = new Set(unreadable);
  const hopeless = givenUpClips(catalogue);
  const researched = new CountsByClip(catalogue);
  researched.add(
    ledgers,
    ledgers.map((ledger) => ledger.researched),
  );

  const collectedEpisodes = [...episodes.values()].map((entry): [number, CollectedEpisode] => {
    const { ordinal } = entry;
    const ledger = ledgerOf.get(ordinal);
    const counts = ledger === undefined ? NO_PAIRS : countPairs(ledger, catalogue, hopeless);
    const state = damaged.has(ordinal)
      ? 'damaged'
      : ledger === undefined
        ? 'not begun'
        : episodeProgress(ledger, counts);
    const reason = ledger !== undefined && isOverWhole(ledger) ? whyOver(ledger) : '';
    const known = common(entry, findings, 'episode', severalShows);
    const aired = daysOf(entry.info.dateAired);
    const { researched: done, givenUp } = counts;
    return [ordinal, { ...known, entry, state, reason: cleanLine(reason), researched: done, givenUp, aired }];
  });
  const collectedClips = catalogue.clips.map((entry): [number, CollectedClip] => {
    const done = researched.of(entry.ordinal);
    const parked = isParked(entry.strikes, entry.revision);
    const struck = parked && valid(entry.strikes, entry.revision) ? entry.strikes.reason : '';
    const reason = entry.gone === true || entry.sameAs !== undefined ? GONE : struck;
    const known = common(entry, findings, 'clip');
    return [
      entry.ordinal,
      {
        ...known,
        entry,
        state: stateOfClip(entry, parked, done, ledgers.length),
        reason: cleanLine(reason),
        researched: done,
      },
    ];
  });
  const addressOf = (mediaUri: string) => cleanLine(withAddresses ? mediaUri : shownAddress(mediaUri));
  return { episodes: new Map(collectedEpisodes), clips: new Map(collectedClips), findings, addressOf };
}

const GONE = 'it is gone from its address, where another entry is now';

const whyOver = (ledger: Ledger): string => (ledger.gone === true ? GONE : (ledger.episodeStrikes?.reason ?? ''));

function common(entry: ClipEntry | EpisodeEntry, findings: FoundFindings, kind: 'episode' | 'clip', withShow = false) {
  const { info, facts, ordinal } = entry;
  const rows = kind === 'episode' ? findings.inEpisode(ordinal) : findings.ofClip(ordinal);
  const standing = rows.filter((row) => findings.stands(row));
  const name = cleanLine(info.title) || cleanLine(shownAddress(info.mediaUri));
  const measured = standing.length === 0 ? 0 : findings.durationOf(standing[0]!, kind);
  return {
    name: withShow && info.show ? `${cleanLine(info.show)}: ${name}` : name,
    seconds: (facts?.durationNs ?? measured) / 1e9,
    unknown: cleanLine(whyNotJudged(entry) ?? notHeard(entry) ?? ''),
    plays: standing.reduce((sum, row) => sum + findings.playsOf(row), 0),
    found: standing.length,
  };
}

function stateOfClip(
  { retired, gone, sameAs }: ClipEntry,
  parked: boolean,
  researched: number,
  episodes: number,
): State {
  if (retired === true) return 'retired';
  if (parked || gone === true || sameAs !== undefined) return 'given up';
  if (researched >= episodes) return 'complete';
  return researched === 0 ? 'not begun' : 'in progress';
}
