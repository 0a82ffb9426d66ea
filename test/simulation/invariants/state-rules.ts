import { Bitset } from '../../../domain/bitset.ts';
import { knownFoundBy } from '../../../domain/found-by.ts';
import type { Ledger } from '../../../domain/ledger.ts';
import type { World } from '../world/world.ts';
import { compareEpisodes, episodeGivenUp, free, pairRestEnd } from './oracle.ts';
import { isOfNow, isRecordedNow } from './recording-rules.ts';

const LOOK_AGAIN_MS = 15 * 60_000;
const CLOCKS_MS = 60_000;
const PAIRS_CHECKED = 500;

/** What must hold of the state whenever anybody looks, checked after every step that changed it. */
export function checkState(world: World, changed?: Ledger): undefined {
  const { state } = world.archive;
  // In the large scenarios only what changed is looked at: the rest is as it was, but for the time.
  const large = state.ledgers.size * state.clip.size > PAIRS_CHECKED;
  for (const ledger of large && changed ? [changed] : state.ledgers.values()) checkLedger(world, ledger);
  const { clip, episode } = state.counters;
  for (const [kind, counter] of [
    ['clip', clip],
    ['episode', episode],
  ] as const) {
    for (const ordinal of state[kind].keys()) {
      if (ordinal > counter.lastOrdinal)
        world.violate('COUNTERS', `${kind} ${ordinal} is beyond ${counter.lastOrdinal}`);
    }
  }
}

/** The sets of all analyzers together are what was found. */
function tellsByWhom(ledger: Ledger): boolean {
  const by = knownFoundBy(ledger);
  if (by === undefined) return ledger.found === undefined;
  const told = Bitset.of([...by.values()].flatMap((clips) => [...clips]));
  return told.size === ledger.found?.size && told.and(ledger.found).size === told.size;
}

function checkLedger(world: World, ledger: Ledger): undefined {
  const { state } = world.archive;
  const name = `episode ${ledger.episode}`;
  const held = new Set<number>();
  for (const lease of ledger.leases) {
    for (const clip of lease.left) {
      if (held.has(clip)) return world.violate('ONE-LEASE', `${name}: clip ${clip} is in two live leases`);
      held.add(clip);
      if (isRecordedNow(world, ledger, clip)) {
        return world.violate('RECORDED-STAYS', `${name}: clip ${clip} is recorded and leased`);
      }
    }
  }
  for (const clip of ledger.found ?? []) {
    const findings = state.findings.get(`${ledger.episode}/${clip}`) ?? [];
    if (findings.length === 0 || !ledger.researched.has(clip))
      return world.violate('FINDINGS', `${name}: clip ${clip} is kept as found, but has no finding`);
    if (isRecordedNow(world, ledger, clip) && !findings.some((one) => isOfNow(world, one)))
      return world.violate('RECORDING', `${name}: clip ${clip} is kept as found, but only in an older recording`);
  }
  if (!tellsByWhom(ledger))
    return world.violate('FINDINGS', `${name}: by whom its clips were found is told of others, or of some alone`);
  if (ledger.leases.length > 64) return world.violate('ONE-LEASE', `${name} has ${ledger.leases.length} leases`);
  const medium = state.episode.get(ledger.episode)?.revision;
  if (ledger.revision !== medium)
    return world.violate('RANK', `${name} has media ${medium}, its ledger ${ledger.revision}`);
  const byRank = ledger.state !== 'WAITING' && ledger.state !== 'COMPLETE';
  if (byRank && ledger.position !== ledger.rank) return world.violate('RANK', `${name} is not at its rank`);
  if (ledger.state === 'PARKED') {
    if (!episodeGivenUp(ledger)) world.violate('PARKED', `${name} is parked with fewer than four strikes`);
    return;
  }
  if (ledger.state === 'HELD') return;
  const clips = [...state.clip.values()];
  const number = Number(ledger.position.split('#')[0]);
  const { reopenInterval, rest3, retryRest } = world.plan.settings;
  for (const clip of free(ledger, clips)) {
    const pair = `${ledger.episode}×${clip.ordinal}`;
    const comesBack = world.now + (rest3 + retryRest) * 1000 + CLOCKS_MS;
    if (pairRestEnd(ledger, clip) > comesBack) return world.violate('ACCOUNTED', `${pair} rests without an end`);
    if (ledger.state === 'WAITING') {
      const latest = world.now + Math.max(reopenInterval * 1000, LOOK_AGAIN_MS) + CLOCKS_MS;
      if (number > latest) return world.violate('ACCOUNTED', `${pair} waits until ${number - world.now} ms from now`);
    }
    if (ledger.state === 'COMPLETE' && number >= state.counters.clip.assignableVersion) {
      return world.violate('COMPLETE', `${name} is complete at ${number}, but ${pair} is not done`);
    }
  }
}

/** The ranks sort as the episodes do. Checked when an episode changes. */
export function checkRanks(world: World): undefined {
  const { state } = world.archive;
  const ledgers = [...state.ledgers.values()].sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const entries = [...state.episode.values()].sort(compareEpisodes);
  const wrong = entries.findIndex((entry, index) => ledgers[index]?.episode !== entry.ordinal);
  if (wrong >= 0)
    world.violate('RANK', `episode ${entries[wrong]?.ordinal} is not where its priority and dates put it`);
}
