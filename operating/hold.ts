import type { EpisodeEntry } from '../domain/collection.ts';
import type { Ledger } from '../domain/ledger.ts';
import { archivePaused, archiveResumed, clipRestored, clipRetired, held, released } from '../domain/operating.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, changeClips, changeEpisode, changeLedgers } from './change.ts';
import { chosenClips, chosenEpisodes } from './chosen.ts';
import { Failure } from './failure.ts';
import { ledgerPages } from './reading/all-ledgers.ts';
import { listed } from './select.ts';
import { counted } from './terminal.ts';

/** Pauses the whole archive, or lets it go on. */
export async function archiveHold(client: ArchiveClient, what: 'pause' | 'resume'): Promise<Change> {
  const change = what === 'pause' ? archivePaused : archiveResumed;
  const control = await client.ledgers.control();
  return {
    what: `${what} the whole archive`,
    count: change(control) === control ? 0 : 1,
    details: [],
    hints:
      what === 'pause'
        ? ['Work items that are out go on, and their results are recorded; nothing new is given out.']
        : ['Episodes that were paused by themselves stay so: `resume --episode "*"` ends that too.'],
    apply: async () => {
      await client.ledgers.changeControl(change);
      return 1;
    },
  };
}

const VERBS = { paused: ['pause', 'resume'], retired: ['retire', 'restore'] } as const;

/** What was removed is restored as what was retired is. */
const restored = (ledger: Ledger): Ledger => released(released(ledger, 'removed'), 'retired');

/** Pauses or retires episodes, or ends that. */
export async function episodeHold(
  client: ArchiveClient,
  selectors: readonly string[],
  hold: 'paused' | 'retired',
  on: boolean,
): Promise<Change> {
  const restores = !on && hold === 'retired';
  const change = restores ? restored : (ledger: Ledger) => (on ? held(ledger, hold) : released(ledger, hold));
  const chosen = await chosenEpisodes(client, selectors, { withRemoved: restores });
  const episodes = await concerned(client, chosen, change);
  const leases = episodes.reduce((sum, episode) => sum + episode.leases, 0);
  return {
    what: `${VERBS[hold][on ? 0 : 1]} ${counted(episodes.length, 'episode')}`,
    count: episodes.length,
    details: listed(episodes.map(({ entry }) => entry)),
    hints:
      on && leases > 0
        ? [`${counted(leases, 'lease')} of them go on, and what they report is recorded; \`revoke\` ends them.`]
        : [],
    apply: async () => {
      if (restores) {
        for (const { entry } of episodes) await changeEpisode(client, entry.ordinal, shownAgain);
      }
      return changeLedgers(
        client,
        episodes.map(({ entry }) => entry.ordinal),
        change,
      );
    },
  };
}

const shownAgain = (entry: EpisodeEntry): EpisodeEntry =>
  entry.removed === true ? { ...entry, removed: undefined } : entry;

interface Concerned {
  readonly entry: EpisodeEntry;
  readonly leases: number;
}

/** The episodes that the change changes, in their order. @throws Failure when a ledger is damaged */
async function concerned(
  client: ArchiveClient,
  entries: readonly EpisodeEntry[],
  change: (ledger: Ledger) => Ledger,
): Promise<Concerned[]> {
  const byEpisode = new Map(entries.map((entry) => [entry.ordinal, entry]));
  const found: Concerned[] = [];
  const unreadable: number[] = [];
  const asked = { withRemoved: true, unreadable };
  for await (const ledgers of ledgerPages(client, new Set(byEpisode.keys()), asked)) {
    for (const ledger of ledgers) {
      const entry = byEpisode.get(ledger.episode);
      if (entry !== undefined && change(ledger) !== ledger) found.push({ entry, leases: ledger.leases.length });
    }
  }
  const damaged = unreadable.filter((episode) => byEpisode.has(episode));
  if (damaged.length > 0) throw new Failure(`The ledgers of these episodes are damaged: ${damaged.join(', ')}.`);
  return found.sort((a, b) => a.entry.ordinal - b.entry.ordinal);
}

/** Retires clips, or restores them. */
export async function clipHold(client: ArchiveClient, selectors: readonly string[], on: boolean): Promise<Change> {
  const change = on ? clipRetired : clipRestored;
  const clips = (await chosenClips(client, selectors, { withRemoved: !on })).filter((clip) => change(clip) !== clip);
  return {
    what: `${VERBS.retired[on ? 0 : 1]} ${counted(clips.length, 'clip')}`,
    count: clips.length,
    details: listed(clips),
    hints: on ? ['Work items that are out still have them; findings so far stay.'] : [],
    apply: () =>
      changeClips(
        client,
        clips.map(({ ordinal }) => ordinal),
        change,
        !on,
      ),
  };
}
