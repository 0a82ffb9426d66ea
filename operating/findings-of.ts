import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { isResearched } from '../domain/ledger.ts';
import { betterThan } from '../domain/rivals.ts';
import { epochMs } from '../domain/timestamp.ts';
import { nameOrAddress } from '../web/shown-address.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type AiredSpan, hasAired, isAiredIn, isOfShow, showOf } from './entry-filters.ts';
import { Failure } from './failure.ts';
import { ledgerPages } from './reading/all-ledgers.ts';
import { withCopies } from './reading/copies.ts';
import { current, type FullFinding, findingsInEpisodes, findingsOfClip, SHOWN } from './reading/findings.ts';
import { type FoundLedger, foundLedgers } from './reading/found-ledgers.ts';
import { lightCatalogue, lightEntries, lightEpisodes, unheardEpisodes } from './reading/light-entries.ts';
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
  /** A group at a time: all of an episode, in the order of episodes, or all of a clip. */
  readonly findings: AsyncGenerator<readonly FullFinding[]>;
  readonly grouped: 'by episode' | 'by clip';
  /** How many there will be, as ledgers tell it before the first one comes; 0 where nobody counted. */
  expected(): number;
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
 * episode.
 * @param told hears how many episodes of how many were read, where it goes by episodes
 * @throws Failure when a selector names nothing
 */
export async function findingsOf(
  client: Client,
  filter: FindingsFilter,
  told: (read: number, of: number) => void = () => undefined,
): Promise<FoundSet> {
  const byEpisode = filter.episode !== undefined || filter.show !== undefined || hasAired(filter);
  const [clips, episodes] = await Promise.all([
    lightCatalogue(client).then(({ clips: all }) =>
      filter.clip === undefined ? all : lookedUp('clip', all, filter.clip),
    ),
    byEpisode ? candidates(client, filter).then((all) => chosenEpisodes([...all.values()], filter)) : undefined,
  ]);
  const known = { clips: new Map(clips.map((clip) => [clip.ordinal, clip])), episodes };
  const fitting = (finding: StoredFinding): boolean =>
    (filter.variants === true || finding.variant === 0) &&
    known.clips.has(finding.clip) &&
    (filter.since === undefined || epochMs(finding.researchDate) >= filter.since);
  const oneByOne = filter.clip !== undefined && clips.length <= CLIPS_ONE_BY_ONE;
  const byClip = oneByOne && (episodes === undefined || episodes.size > clips.length);
  const since = filter.since === undefined ? undefined : filter.since - CLOCKS_APART_MS;
  let expected = 0;
  const expect = (many: number) => {
    expected = many;
  };
  return {
    findings: byClip
      ? ofClips(client, clips, episodes, fitting)
      : inEpisodes(client, { ...known, since, told, expect }, fitting),
    expected: () => expected,
    grouped: byClip ? 'by clip' : 'by episode',
    whyNone: () => whyNone(client, filter, clips, episodes),
    unknown: async () => unknownOf(client, clips, episodes ?? (filter.clip === undefined ? 'all' : [])),
  };
}

/** The date of a finding is by its researcher's clock, that of the ledger by the queue's. */
const CLOCKS_APART_MS = 24 * 60 * 60_000;

/** So many clips, and as many episodes, are named. */
const UNKNOWN_NAMED = 20;

async function unknownOf(
  client: Client,
  clips: readonly ClipEntry[],
  episodes: ReadonlyMap<number, EpisodeEntry> | readonly EpisodeEntry[] | 'all',
): Promise<string[]> {
  const named = (lines: readonly string[], noun: string, what: string, all = lines.length): string[] => {
    const some = lines.slice(0, UNKNOWN_NAMED);
    const more = all - some.length;
    return more <= 0 ? some : [...some, `${counted(more, `more ${noun}`)} ${what}.`];
  };
  const sentences = (entries: Iterable<ClipEntry | EpisodeEntry>): string[] =>
    [...entries].flatMap((entry) => unknownSentence(entry, nameOfEntry(entry)));
  const notJudged = named(sentences(clips), 'clip', 'cannot be judged');
  const partly = ['episode', 'not heard in full'] as const;
  if (episodes !== 'all') return [...notJudged, ...named(sentences(episodes.values()), ...partly)];
  const unheard = await unheardEpisodes(client);
  const some = await lightEntries(client, 'episode', unheard.slice(0, UNKNOWN_NAMED));
  return [...notJudged, ...named(sentences(some.values()), ...partly, unheard.length)];
}

/** The one that is named by its id, which goes before every title, or else all. */
async function candidates(client: Client, { episode = '' }: FindingsFilter): Promise<Map<number, EpisodeEntry>> {
  const byId = /^[1-9]\d{0,14}$/.test(episode) ? await lightEntries(client, 'episode', [Number(episode)]) : new Map();
  return byId.size > 0 ? byId : lightEpisodes(client);
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

/** So many episodes are looked up before their findings are read: the first findings come at once, whatever follows. */
const EPISODES_AT_A_TIME = 400;

interface Asked {
  readonly clips: ReadonlyMap<number, ClipEntry>;
  /** Undefined of all. */
  readonly episodes: ReadonlyMap<number, EpisodeEntry> | undefined;
  /** Nothing that came before is wanted. */
  readonly since: number | undefined;
  readonly told: (read: number, of: number) => void;
  readonly expect: (many: number) => void;
}

/** Episodes without any finding are not asked, where their ledgers keep that. */
async function* inEpisodes(
  client: Client,
  { clips, episodes, since, told, expect }: Asked,
  fitting: (finding: StoredFinding) => boolean,
): AsyncGenerator<FullFinding[]> {
  const one = episodes?.size === 1 ? episodes.keys().next().value : undefined;
  const ledgers = one === undefined ? await foundLedgers(client, { since, among: episodes }) : [];
  const asked = one !== undefined ? [one] : withFindings(ledgers, clips);
  if (since === undefined) expect(ledgers.reduce((sum, { found }) => sum + howManyOf(found ?? [], clips), 0));
  let read = 0;
  for (let start = 0; start < asked.length; start += EPISODES_AT_A_TIME) {
    const some = asked.slice(start, start + EPISODES_AT_A_TIME);
    const entries = episodes ?? (await lightEntries(client, 'episode', some));
    for await (const findings of findingsInEpisodes(client, some, SHOWN)) {
      told(++read, asked.length);
      const standing = findings.flatMap((finding) => {
        const clipEntry = clips.get(finding.clip);
        const episodeEntry = entries.get(finding.episode);
        return clipEntry && episodeEntry ? current({ ...finding, clipEntry, episodeEntry }) : [];
      });
      yield withBetter(withCopies(standing)).filter(fitting);
    }
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

function howManyOf(found: Iterable<number>, clips: ReadonlyMap<number, ClipEntry>): number {
  let many = 0;
  for (const clip of found) if (clips.has(clip)) many++;
  return many;
}

function withFindings(ledgers: readonly FoundLedger[], clips: ReadonlyMap<number, ClipEntry>): number[] {
  const isWanted = (found: Iterable<number>): boolean => {
    for (const clip of found) if (clips.has(clip)) return true;
    return false;
  };
  return ledgers.filter(({ found }) => found === undefined || isWanted(found)).map(({ episode }) => episode);
}

async function whyNone(
  client: Client,
  filter: FindingsFilter,
  clips: readonly ClipEntry[],
  episodes: ReadonlyMap<number, EpisodeEntry> | undefined,
): Promise<string> {
  if (filter.since !== undefined) return 'Nothing was found since then that fits.';
  const [clip] = clips;
  if (filter.clip === undefined || clip === undefined) {
    if (episodes?.size === 0) return 'No episode was aired then.';
    if (episodes !== undefined) return `Nothing was found in ${counted(episodes.size, 'such episode')}.`;
    const isAny = (await foundLedgers(client)).some(({ found }) => found === undefined || found.size > 0);
    return isAny ? 'Nothing was found in any episode.' : 'No findings yet.';
  }
  if (clips.length === 1 && whyNotJudged(clip) !== undefined) {
    return `${nameOfEntry(clip)} was not found, which says nothing of whether it is played.`;
  }
  const name = clips.length === 1 ? nameOfEntry(clip) : `None of ${counted(clips.length, 'such clip')}`;
  let [all, done] = [0, 0];
  for await (const ledgers of ledgerPages(client, episodes && new Set(episodes.keys()))) {
    all += ledgers.length;
    done += ledgers.filter((ledger) => clips.every((one) => isResearched(ledger, one))).length;
  }
  return `${name} ${clips.length === 1 ? 'was not found' : 'was found'} ${heardSentence(done, all)}.`;
}

/** In how many of the episodes the clips were looked for: what nobody listened for may still be there. */
function heardSentence(done: number, all: number): string {
  if (all === 0) return 'since no episode fits';
  if (done === all) return all === 1 ? 'in that episode' : `in any of ${counted(done, 'episode')}`;
  return `so far: ${done.toLocaleString('en-US')} of ${counted(all, 'episode')} researched for it`;
}
