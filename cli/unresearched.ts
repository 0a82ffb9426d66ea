import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { isResearched, type Ledger } from '../domain/ledger.ts';
import { isGivenUp } from '../domain/selection.ts';
import { isParked } from '../domain/strikes.ts';
import { countPairs, givenUpClips } from '../operating/count-pairs.ts';
import type { Progress } from '../operating/reading/progress.ts';
import { counted, shown } from '../operating/terminal.ts';
import { nameOrAddress } from '../web/shown-address.ts';

/** What a researcher reported as failed: by `episode/clip` ordinals, or `episode/` for a whole episode. */
export type Failures = ReadonlyMap<string, string>;

/** A pair that was not researched. */
export interface Unresearched {
  readonly episode: number;
  readonly episodeTitle: string;
  readonly clip: string;
  readonly reason: string;
  /** Whether the reason is one of the clip (or the pair), or of the whole episode. */
  readonly of: 'clip' | 'episode';
}

/** Why a job that ends does not wait for the pair; undefined when it is to be waited for. */
export function whyNotDone(
  ledger: Ledger,
  clip: ClipEntry,
  failures: Failures,
): Pick<Unresearched, 'reason' | 'of'> | undefined {
  const { episode, state, held, episodeStrikes, revision } = ledger;
  const failure = failures.get(`${episode}/${clip.ordinal}`);
  if (failure !== undefined) return { of: 'clip', reason: failure };
  if (clip.gone === true || clip.sameAs !== undefined) return { of: 'clip', reason: 'it is gone from its address' };
  if (clip.retired === true) return { of: 'clip', reason: 'an operator retired the clip' };
  if (isParked(clip.strikes, clip.revision)) return { of: 'clip', reason: clip.strikes?.reason ?? '' };
  const episodeFailure = failures.get(`${episode}/`);
  if (episodeFailure !== undefined) return { of: 'episode', reason: episodeFailure };
  if (ledger.gone === true) return { of: 'episode', reason: 'it is gone from its address' };
  if (state === 'HELD') return { of: 'episode', reason: `an operator ${held ?? 'paused'} the episode` };
  if (state === 'PARKED' || isParked(episodeStrikes, revision)) {
    return { of: 'episode', reason: episodeStrikes?.reason ?? '' };
  }
  return isGivenUp(ledger, clip) ? { of: 'clip', reason: 'given up; `explain` tells why' } : undefined;
}

/** Whether every pair is researched, or not to be waited for. */
export function isSettled({ catalogue, ledgers }: Progress, failures: Failures): boolean {
  const hopeless = givenUpClips(catalogue);
  return ledgers.every(
    (ledger) =>
      // Of most episodes nothing is to do, and a large archive has hundreds of millions of pairs.
      countPairs(ledger, catalogue, hopeless).toDo === 0 ||
      catalogue.clips.every((clip) => isResearched(ledger, clip) || whyNotDone(ledger, clip, failures) !== undefined),
  );
}

/** The ledgers of episodes with pairs that were not researched. */
export const notComplete = ({ catalogue, ledgers }: Progress): Ledger[] =>
  ledgers.filter((ledger) => countPairs(ledger, catalogue, []).researched < catalogue.clips.length);

/** The pairs of these ledgers that were not researched, by episode. @param episodes those that have any */
export function unresearchedPairs(
  { catalogue, ledgers }: Pick<Progress, 'catalogue' | 'ledgers'>,
  failures: Failures,
  episodes: ReadonlyMap<number, EpisodeEntry>,
): Unresearched[] {
  return ledgers.flatMap((ledger) => {
    const info = episodes.get(ledger.episode)?.info;
    return catalogue.clips
      .filter((clip) => !isResearched(ledger, clip))
      .map((clip) => ({
        episode: ledger.episode,
        episodeTitle: info ? nameOrAddress(info) : '',
        clip: clip.info.title,
        ...(whyNotDone(ledger, clip, failures) ?? { of: 'clip' as const, reason: 'not done yet' }),
      }));
  });
}

/**
 * A line for each clip and reason, and for each episode of which nothing could be researched: an archive may have
 * thousands of pairs with one cause.
 */
export function unresearchedLines(pairs: readonly Unresearched[], episodes: number): string[] {
  const ofEpisodes = pairs.filter((pair) => pair.of === 'episode');
  const broken = Map.groupBy(ofEpisodes, ({ episode, reason }) => JSON.stringify([episode, reason]));
  const brokenEpisodes = new Set(ofEpisodes.map(({ episode }) => episode)).size;
  const byClip = Map.groupBy(
    pairs.filter((pair) => pair.of === 'clip'),
    ({ clip, reason }) => JSON.stringify([clip, reason]),
  );
  const ofClip = ([first, ...others]: readonly Unresearched[]): string => {
    const all = [first, ...others];
    const titles = all.slice(0, EPISODES_NAMED).map((pair) => shown(pair?.episodeTitle ?? ''));
    const more = all.length > EPISODES_NAMED ? ` and ${counted(all.length - EPISODES_NAMED, 'other episode')}` : '';
    const where = all.length >= episodes - brokenEpisodes ? 'in any episode' : `in ${titles.join(', ')}${more}`;
    return `${shown(first?.clip ?? '')}, ${where}: ${shown(first?.reason ?? '')}`;
  };
  return [
    ...[...byClip.values()].map(ofClip),
    ...[...broken.values()].map(
      ([pair]) => `any clip, in ${shown(pair?.episodeTitle ?? '')}: ${shown(pair?.reason ?? '')}`,
    ),
  ];
}

const EPISODES_NAMED = 3;
