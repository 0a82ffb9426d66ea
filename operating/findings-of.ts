import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { isResearched, type Ledger } from '../domain/ledger.ts';
import { betterThan } from '../domain/rivals.ts';
import { epochMs } from '../domain/timestamp.ts';
import { nameOrAddress } from '../web/shown-address.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type AiredSpan, hasAired, isAiredIn, isOfShow, showOf } from './entry-filters.ts';
import { Failure } from './failure.ts';
import { readAllLedgers } from './reading/all-ledgers.ts';
import { withCopies } from './reading/copies.ts';
import {
  current,
  type FullFinding,
  findingsInEpisode,
  findingsInEpisodes,
  findingsOfClip,
} from './reading/findings.ts';
import { lightCatalogue, lightEntries, lightEpisodes } from './reading/light-entries.ts';
import { allOf } from './reading/parts.ts';
import { lookedUp, nameOfEntry } from './select.ts';
import type { StoredFinding } from './tables/dynamo-operations.ts';
import { counted } from './terminal.ts';
import { unknownSentence, whyNotJudged } from './unknown-words.ts';

/** Which findings somebody wants to see. Times are in ms since the epoch; each end belongs to its span. */
export interface FindingsFilter extends AiredSpan {
  readonly clip?: string | undefined;
  readonly episode?: string | undefined;
  /** A part of what the entry says of its show. */
  readonly show?: string | undefined;
  /** Found since. */
  readonly since?: number | undefined;
  readonly variants?: boolean | undefined;
}

export interface FoundSet {
  /** A group at a time: in the order of episodes, or of one clip. */
  readonly findings: AsyncGenerator<readonly FullFinding[]>;
  /** What to say when there is none: not played is something else than not there. */
  whyNone(): Promise<string>;
  /** What could not be known of the clips and episodes that were asked for; of clips alone, no episode is looked at. */
  unknown(): Promise<readonly string[]>;
}

type Client = Pick<ArchiveClient, 'dynamodb' | 'location' | 'collection'>;

/** So many clips are asked one by one before it is cheaper to look through the episodes. */
const CLIPS_ONE_BY_ONE = 200;

/**
 * Reads what is asked for and no more: findings of clips by their key, in episodes by theirs, all of them episode by
 * episode. @throws Failure when a selector names nothing
 */
export async function findingsOf(client: Client, filter: FindingsFilter): Promise<FoundSet> {
  const byEpisode = filter.episode !== undefined || filter.show !== undefined || hasAired(filter);
  const [clips, episodes] = await Promise.all([
    lightCatalogue(client).then(({ clips: all }) =>
      filter.clip === undefined ? all : lookedUp('clip', all, filter.clip),
    ),
    byEpisode ? lightEpisodes(client).then((all) => chosenEpisodes([...all.values()], filter)) : undefined,
  ]);
  const known = { clips: new Map(clips.map((clip) => [clip.ordinal, clip])), episodes };
  const fitting = (finding: StoredFinding): boolean =>
    (filter.variants === true || finding.variant === 0) &&
    known.clips.has(finding.clip) &&
    (filter.since === undefined || epochMs(finding.researchDate) >= filter.since);
  let reading: ReturnType<typeof readAllLedgers> | undefined;
  const ledgers = async (): Promise<readonly Ledger[]> => {
    reading ??= readAllLedgers(client);
    return (await reading).ledgers;
  };
  const isLateEnough = ({ foundAt }: Ledger): boolean =>
    filter.since === undefined || foundAt === undefined || foundAt >= filter.since - CLOCKS_APART_MS;
  const oneByOne = filter.clip !== undefined && clips.length <= CLIPS_ONE_BY_ONE;
  return {
    findings:
      oneByOne && (episodes === undefined || episodes.size > clips.length)
        ? ofClips(client, clips, episodes, fitting)
        : inEpisodes(client, { ...known, ledgers: async () => (await ledgers()).filter(isLateEnough) }, fitting),
    whyNone: async () => whyNone(await ledgers(), filter, clips, episodes),
    unknown: async () => unknownOf(clips, episodes ?? (filter.clip === undefined ? await lightEpisodes(client) : [])),
  };
}

/** The date of a finding is by its researcher's clock, that of the ledger by the queue's. */
const CLOCKS_APART_MS = 24 * 60 * 60_000;

/** So many clips, and as many episodes, are named. */
const UNKNOWN_NAMED = 20;

function unknownOf(
  clips: readonly ClipEntry[],
  episodes: ReadonlyMap<number, EpisodeEntry> | readonly EpisodeEntry[],
): string[] {
  const named = (entries: Iterable<ClipEntry | EpisodeEntry>, noun: string, what: string): string[] => {
    const lines = [...entries].flatMap((entry) => unknownSentence(entry, nameOfEntry(entry)));
    const more = lines.length - UNKNOWN_NAMED;
    return more <= 0 ? lines : [...lines.slice(0, UNKNOWN_NAMED), `${counted(more, `more ${noun}`)} ${what}.`];
  };
  return [...named(clips, 'clip', 'cannot be judged'), ...named(episodes.values(), 'episode', 'not heard in full')];
}

function chosenEpisodes(all: readonly EpisodeEntry[], filter: FindingsFilter): Map<number, EpisodeEntry> {
  const { episode } = filter;
  const named = episode === undefined ? all : lookedUp('episode', all, episode);
  const ofShow = filter.show === undefined ? named : named.filter((entry) => isOfShow(entry, filter.show!));
  if (ofShow.length === 0) throw new Failure(`No episode says that it is of “${filter.show}”: ${showsOf(all)}.`);
  const aired = ofShow.filter(({ info }) => isAiredIn(filter, info.dateAired));
  return new Map(aired.map((entry) => [entry.ordinal, entry]));
}

const SHOWS_NAMED = 10;

function showsOf(all: readonly EpisodeEntry[]): string {
  const shows = [...new Set(all.map(showOf).filter((show) => show !== ''))];
  if (shows.length === 0) return 'none says of which';
  const more = shows.length > SHOWS_NAMED ? `, and ${shows.length - SHOWS_NAMED} more` : '';
  return `there are ${shows.slice(0, SHOWS_NAMED).join(', ')}${more}`;
}

async function* ofClips(
  client: Client,
  clips: readonly ClipEntry[],
  episodes: ReadonlyMap<number, EpisodeEntry> | undefined,
  fitting: (finding: StoredFinding) => boolean,
): AsyncGenerator<FullFinding[]> {
  for (const clipEntry of clips) {
    const all = await allOf(findingsOfClip(client, clipEntry.ordinal));
    // With their variants, which tell of the same plays.
    const wanted = new Set(all.filter(fitting).map(({ episode }) => episode));
    const some = all.filter(({ episode }) => wanted.has(episode) && (episodes === undefined || episodes.has(episode)));
    const entries = episodes ?? (await lightEntries(client, 'episode', [...wanted]));
    const standing = some.flatMap((finding) => {
      const episodeEntry = entries.get(finding.episode);
      return episodeEntry === undefined ? [] : current({ ...finding, clipEntry, episodeEntry });
    });
    yield withCopies(standing).filter(fitting);
  }
}

/** Episodes without any finding are not asked, where their ledgers keep that. */
async function* inEpisodes(
  client: Client,
  {
    clips,
    episodes,
    ledgers,
  }: {
    readonly clips: ReadonlyMap<number, ClipEntry>;
    readonly episodes: ReadonlyMap<number, EpisodeEntry> | undefined;
    /** Those that may have what is wanted. */
    readonly ledgers: () => Promise<readonly Ledger[]>;
  },
  fitting: (finding: StoredFinding) => boolean,
): AsyncGenerator<FullFinding[]> {
  const one = episodes?.size === 1 ? episodes.keys().next().value : undefined;
  const asked = one !== undefined ? [one] : withFindings(await ledgers(), clips, episodes);
  const entries = episodes ?? (await lightEpisodes(client));
  const read = one === undefined ? findingsInEpisodes(client, asked) : [await allOf(findingsInEpisode(client, one))];
  for await (const findings of read) {
    const standing = findings.flatMap((finding) => {
      const clipEntry = clips.get(finding.clip);
      const episodeEntry = entries.get(finding.episode);
      return clipEntry && episodeEntry ? current({ ...finding, clipEntry, episodeEntry }) : [];
    });
    yield withBetter(withCopies(standing)).filter(fitting);
  }
}

/** Findings of one episode, each with what fits its places better. */
function withBetter(findings: readonly FullFinding[]): FullFinding[] {
  const better = betterThan(findings.filter(({ variant }) => variant === 0));
  const titles = new Map(findings.map(({ clip, clipEntry }) => [clip, nameOrAddress(clipEntry.info)]));
  return findings.map((finding) => {
    const own = finding.variant === 0 ? better.get(finding.clip) : undefined;
    if (own === undefined) return finding;
    const named = [...own].map(
      ([offset, { clip, score }]) => [offset, { clip, score, title: titles.get(clip) ?? '' }] as const,
    );
    return { ...finding, better: new Map(named) };
  });
}

function withFindings(
  ledgers: readonly Ledger[],
  clips: ReadonlyMap<number, ClipEntry>,
  episodes: ReadonlyMap<number, EpisodeEntry> | undefined,
): number[] {
  const isWanted = (found: Iterable<number>): boolean => {
    for (const clip of found) if (clips.has(clip)) return true;
    return false;
  };
  return ledgers
    .filter(({ episode, found }) => episodes?.has(episode) !== false && (found === undefined || isWanted(found)))
    .map(({ episode }) => episode);
}

function whyNone(
  ledgers: readonly Ledger[],
  filter: FindingsFilter,
  clips: readonly ClipEntry[],
  episodes: ReadonlyMap<number, EpisodeEntry> | undefined,
): string {
  const concerned = ledgers.filter(({ episode }) => episodes?.has(episode) !== false);
  if (filter.since !== undefined) return 'Nothing was found since then that fits.';
  const [clip] = clips;
  if (filter.clip === undefined || clip === undefined) {
    return ledgers.some(({ found }) => found === undefined || found.size > 0)
      ? `Nothing was found in ${episodes === undefined ? 'any episode' : counted(concerned.length, 'such episode')}.`
      : 'No findings yet.';
  }
  if (clips.length === 1 && whyNotJudged(clip) !== undefined) {
    return `${nameOfEntry(clip)} was not found, which says nothing of whether it is played.`;
  }
  const name = clips.length === 1 ? nameOfEntry(clip) : `None of ${counted(clips.length, 'such clip')}`;
  return `${name} ${clips.length === 1 ? 'was not found' : 'was found'} ${heardSentence(clips, concerned)}.`;
}

/** In how many of the episodes the clips were looked for: what nobody listened for may still be there. */
function heardSentence(clips: readonly ClipEntry[], ledgers: readonly Ledger[]): string {
  const done = ledgers.filter((ledger) => clips.every((clip) => isResearched(ledger, clip))).length;
  if (ledgers.length === 0) return 'since no episode fits';
  if (done === ledgers.length)
    return ledgers.length === 1 ? 'in that episode' : `in any of ${counted(done, 'episode')}`;
  return `so far: ${done.toLocaleString('en-US')} of ${counted(ledgers.length, 'episode')} researched for it`;
}
