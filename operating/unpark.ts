import type { ClipEntry } from '../domain/collection.ts';
import type { Ledger } from '../domain/ledger.ts';
import { clipUnparked, episodeUnparked, pairsUnparked } from '../domain/operating.ts';
import { PARKED_AT, type Strikes } from '../domain/strikes.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, changeClips, changeLedgers } from './change.ts';
import { chosenClips, chosenEpisodes, type Filter } from './chosen.ts';
import { ledgersWith } from './reading/all-ledgers.ts';
import { lightCatalogue, lightEntries } from './reading/light-entries.ts';
import { allOf } from './reading/parts.ts';
import { listed } from './select.ts';
import { counted } from './terminal.ts';

/** Whether strikes keep something back, or will; that somebody struck it once does not. */
const counts = (strikes: Strikes | undefined, now: number): boolean =>
  strikes !== undefined && (strikes.count > 0 || strikes.restUntil > now);

/** Attributes of ledgers in which something was struck or given up. */
const MARKS = ['pairStrikes', 'episodeStrikes', 'parked'];

/**
 * Parking, strikes and rests are forgotten: of clips everywhere, of episodes with all of their pairs, of single pairs
 * when both are named, or of everything.
 */
export async function unparking(client: ArchiveClient, filter: Filter): Promise<Change> {
  const now = Date.now();
  const clips = filter.clip && (await chosenClips(client, filter.clip));
  const episodes = filter.episode && (await chosenEpisodes(client, filter.episode));
  const clipsNamed = clips && new Set(clips.map(({ ordinal }) => ordinal));
  const episodesNamed = episodes && new Set(episodes.map(({ ordinal }) => ordinal));
  const onlyPairs = clips !== undefined && episodes !== undefined;

  const concernsPair = (clip: number) => clipsNamed?.has(clip) !== false;
  const ledgers = (await allOf(ledgersWith(client, MARKS, ['PARKED']))).flat().sort((a, b) => a.episode - b.episode);
  const inLedgers = ledgers.flatMap((ledger) => {
    if (episodesNamed?.has(ledger.episode) === false) return [];
    const pairs = markedPairs(ledger, now).filter(concernsPair);
    const itself = clips === undefined && (ledger.state === 'PARKED' || counts(ledger.episodeStrikes, now));
    if (pairs.length === 0 && !itself) return [];
    const givenUp = itself && ledger.state === 'PARKED';
    const gaps = [...ledger.parked.keys()].some(concernsPair);
    return [{ episode: ledger.episode, pairs: new Set(pairs), itself, givenUp, gaps }];
  });
  const candidates: readonly ClipEntry[] =
    clips ?? (episodes === undefined ? (await lightCatalogue(client)).clips : []);
  const marked = candidates.filter(({ strikes }) => counts(strikes, now));
  const clipsMarked = onlyPairs ? [] : marked;

  const episodeCount = inLedgers.filter(({ itself }) => itself).length;
  const pairCount = inLedgers.reduce((sum, { pairs }) => sum + pairs.size, 0);
  const named = async (some: readonly { readonly episode: number }[]) => {
    const found = await lightEntries(
      client,
      'episode',
      some.map(({ episode }) => episode),
    );
    return [...found.values()];
  };
  const parked = clipsMarked.filter(({ strikes }) => (strikes?.count ?? 0) >= PARKED_AT);
  return {
    what: `clear the strikes and parking of ${counted(clipsMarked.length, 'clip')}, ${counted(episodeCount, 'episode')} and ${counted(pairCount, 'pair')}`,
    count: clipsMarked.length + episodeCount + pairCount,
    details: [
      ...titled('Clips that were given up:', parked),
      ...titled('Episodes that were given up:', await named(inLedgers.filter(({ givenUp }) => givenUp))),
      ...titled('Episodes with pairs that were given up:', await named(inLedgers.filter(({ gaps }) => gaps))),
    ],
    hints:
      onlyPairs && marked.length > 0
        ? ['Clips among them are struck or given up everywhere: see `unpark --clip` alone.']
        : [],
    apply: async () => {
      const of = new Map(inLedgers.map((one) => [one.episode, one]));
      let changed = 0;
      await changeLedgers(client, of.keys(), (ledger) => {
        const { pairs, itself } = of.get(ledger.episode) ?? { pairs: new Set<number>(), itself: false };
        const next = pairsUnparked(ledger, (clip) => pairs.has(clip));
        return itself ? episodeUnparked(next) : next;
      });
      changed += pairCount + episodeCount;
      return (
        changed +
        (await changeClips(
          client,
          clipsMarked.map(({ ordinal }) => ordinal),
          clipUnparked,
          true,
        ))
      );
    },
  };
}

const titled = (title: string, entries: Parameters<typeof listed>[0]): string[] =>
  entries.length === 0 ? [] : [`  ${title}`, ...listed(entries).map((line) => `  ${line}`)];

function markedPairs(ledger: Ledger, now: number): number[] {
  const struck = [...ledger.pairStrikes].filter(([, strikes]) => counts(strikes, now)).map(([clip]) => clip);
  return [...new Set([...struck, ...ledger.parked.keys()])];
}
