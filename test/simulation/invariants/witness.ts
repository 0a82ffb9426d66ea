import type { Catalogue, ClipEntry, Finding, Kind } from '../../../domain/collection.ts';
import type { Control } from '../../../domain/control.ts';
import type { Ledger, LedgerState } from '../../../domain/ledger.ts';
import { type PendingResearchItem, parsePendingResearchItem } from '../../../domain/messages.ts';
import type { RecordSummary } from '../../../functions/completed-research-archivist/drain.ts';
import type { AssignSummary } from '../../../functions/pending-research-archivist/assign-research.ts';
import type { CollectionChange, EntryOf, LedgerChange, WorkItem } from '../../../functions/ports.ts';
import type { Observer } from '../world/observer.ts';
import type { Process } from '../world/process.ts';
import { clockText, EPOCH, shortLease, type World } from '../world/world.ts';
import { allowance, checkChoice, checkIdle, checkMade } from './assignment-rules.ts';
import { checkArchived, checkIdentities } from './identity-rules.ts';
import { checkChanged, checkEnded, newLeases } from './lease-rules.ts';
import { checkAcknowledged, checkDrained, checkGivenUp } from './queue-rules.ts';
import { checkRecorded, checkStates } from './record-rules.ts';
import {
  checkFacts,
  checkFinding,
  checkKept,
  checkNamed,
  checkReplaced,
  isOlder,
  isRecordedAsRead,
  isRecordedNow,
  recordingNumber,
} from './recording-rules.ts';
import { checkRanks, checkState } from './state-rules.ts';
import { checkStrikes } from './strike-rules.ts';
import { checkTrial, checkTried } from './trial-rules.ts';

const MESSAGES_A_BATCH = 10;

/** Sees every change as it happens, remembers what the archive may not, and judges by the rules of docs/invariants.md. */
export class Witness implements Observer {
  private readonly world: World;
  private readonly changed = new Map<number, number>();
  /** Episode → the ranks that it had, and until when; the last one is the present one. */
  private readonly ranks = new Map<number, { readonly rank: string; until: number }[]>();
  /** Episode → who wrote its ledger, and when last. */
  private readonly writers = new Map<number, Map<string, number>>();
  /** Clip → the catalogue version and the entry version of its latest change. */
  private readonly clipContent = new Map<number, { catalogueVersion: number; version: number }>();
  private readonly firstFindings = new Map<string, Finding>();
  private readonly dead = new Set<string>();
  onArchived: (kind: Kind, thing: number, body: string) => void = () => undefined;

  constructor(world: World) {
    this.world = world;
  }

  /** When the index showed the ledger as it is now, at the latest. */
  shownSince(episode: number): number {
    return (this.changed.get(episode) ?? Number.POSITIVE_INFINITY) + this.world.plan.indexDelayMs;
  }

  othersWrote(process: Process, episode: number): boolean {
    const since = process.started - this.world.plan.indexDelayMs;
    return [...(this.writers.get(episode) ?? [])].some(([name, at]) => name !== process.name && at >= since);
  }

  /** The best rank at which the index may have shown the episode to the run. */
  bestRank(process: Process, { episode, rank }: Ledger): string {
    const since = process.started - this.world.plan.indexDelayMs;
    const shown = (this.ranks.get(episode) ?? []).flatMap((one) => (one.until >= since ? [one.rank] : []));
    return shown.reduce((best, one) => (one < best ? one : best), rank);
  }

  private noteChange(episode: number, by: string): void {
    this.changed.set(episode, this.world.now);
    this.noteRank(episode);
    const writers = this.writers.get(episode) ?? new Map<string, number>();
    this.writers.set(episode, writers.set(by, this.world.now));
  }

  private noteRank(episode: number): void {
    const rank = this.world.archive.state.ledgers.get(episode)?.rank;
    const ranks = this.ranks.get(episode) ?? [];
    const last = ranks.at(-1);
    if (rank === undefined || last?.rank === rank) return;
    if (last !== undefined) last.until = this.world.now;
    this.ranks.set(episode, [...ranks, { rank, until: Number.POSITIVE_INFINITY }]);
  }

  runBegins(process: Process): undefined {
    process.allowed = undefined;
  }

  ledgerWritten(
    process: Process,
    before: Ledger | undefined,
    after: Ledger,
    change: LedgerChange,
    clipsBefore: readonly (ClipEntry | undefined)[],
  ): undefined {
    const { world } = this;
    const name = `ledger ${after.episode}`;
    if (before === undefined || change.ledger.version !== before.version || after.version !== before.version + 1) {
      return world.violate(
        'VERSION',
        `${process.name} overwrites ${name} ${before?.version} knowing ${change.ledger.version}`,
      );
    }
    for (const [index, clip] of (change.clips ?? []).entries()) {
      if (clipsBefore[index]?.version !== clip.version) {
        world.violate('VERSION', `${process.name} overwrites clip ${clip.ordinal}`);
      }
      this.contentChanged(clip.ordinal);
    }
    checkRecorded(world, process, before, after);
    const ended = checkEnded(world, process, before, after);
    process.did.ended += ended.length;
    const made = newLeases(world, process, before, after);
    const failed = checkChanged(world, process, before, after);
    checkStrikes(world, process, before, after, change, clipsBefore, ended, failed);
    if (made.length > 0 && (before.state === 'HELD' || before.state === 'PARKED')) {
      world.violate('REST', `episode ${after.episode} is ${before.state} and leased`);
    }
    if (made.length > 0 && world.pausedAt < process.started)
      world.violate('REST', `${process.name} leases while the archive is paused`);
    checkMade(world, process, after, made);
    checkTrial(world, process, made);
    checkChoice(world, process, after, made);
    this.noteChange(after.episode, process.name);
    // What the write recorded was taken out as that, be it of a recording that was replaced a moment ago.
    const freed = failed.some(
      ([lease, clip]) =>
        !isRecordedNow(world, after, clip) && !isRecordedAsRead(world, process, before, after, lease, clip),
    );
    checkStates(world, process, before, after, freed);
    checkState(world, after);
  }

  /** An operator wrote the ledger. */
  operated(ledger: Ledger): undefined {
    this.noteChange(ledger.episode, 'operator');
    if (ledger.state !== 'HELD' && ledger.episodeStrikes === undefined) {
      const { truth } = this.world;
      truth.strikes.delete(`episode ${ledger.episode}/${ledger.revision}/0`);
    }
    checkState(this.world, ledger);
  }

  setAside(process: Process, episode: number, before: LedgerState | undefined): undefined {
    const stays = before === 'PARKED' || before === 'HELD';
    if (stays && this.world.archive.state.ledgers.get(episode)?.state !== before) {
      this.world.violate('PARKED', `${process.name} set episode ${episode} resting, which is ${before}`);
    }
    this.noteChange(episode, process.name);
    this.world.tell(process.name, `sets episode ${episode} resting`);
    checkState(this.world);
  }

  collectionChanged<K extends Kind>(
    process: Process,
    change: CollectionChange<K>,
    before: readonly (EntryOf[K] | undefined)[],
    ledgersBefore: readonly (Ledger | undefined)[],
  ): undefined {
    const { world } = this;
    const { state } = world.archive;
    for (const [index, entry] of change.entries.entries()) {
      const old = before[index];
      const what = `${change.kind} ${entry.ordinal}`;
      if ((old?.version ?? 0) !== entry.version) world.violate('VERSION', `${process.name} overwrites ${what}`);
      if (entry.gone === true) world.truth.wasGone.add(`${change.kind}/${entry.ordinal}`);
      checkReplaced(world, change.kind, old, entry);
      const renewed = recordingNumber(old) < recordingNumber(entry);
      const moved = old !== undefined && (old.info.mediaUri !== entry.info.mediaUri || renewed);
      world.tell(process.name, `${old === undefined ? 'inserts' : moved ? 'moves' : 'updates'} ${what}`);
      // What a source says counts more than what was heard of it, whenever that was.
      const takesOver = old?.info.sourceId === undefined && entry.info.sourceId !== undefined;
      if (old !== undefined && !takesOver && old.info.initialDateCurated !== entry.info.initialDateCurated) {
        world.violate('COLLECTION', `${what}: its first date of curation changed`);
      }
      // Within one batch an entry may move more than once, or lose its address and get it back: another medium each time.
      const least = (old?.revision ?? 0) + Number(moved);
      const often = moved || change.entries.length > 1 || old?.gone === true || world.plan.habits.addresses > 0;
      const most = often ? least + MESSAGES_A_BATCH : least;
      if (old !== undefined && (entry.revision < least || entry.revision > most)) {
        world.violate('COLLECTION', `${what} has media revision ${entry.revision} after ${old.revision}`);
      }
      // By the time that they mean: as texts, half a second after a full one comes before it.
      const wentBack =
        old !== undefined && Date.parse(entry.info.lastDateCurated) < Date.parse(old.info.lastDateCurated);
      if (wentBack && !takesOver) world.violate('COLLECTION', `${what} went back to an older description`);
      if (old?.sameAs !== undefined && entry.sameAs !== old.sameAs) {
        world.violate('COLLECTION', `${what}, for which ${old.sameAs} stands, is an entry of its own again`);
      }
      if (change.kind === 'clip') {
        if (!change.raisesCatalogue) world.violate('CATALOGUE', `${what} changed without raising catalogueVersion`);
        if ((old === undefined || moved) && !change.raisesAssignable)
          world.violate('CATALOGUE', `${what} did not raise assignableVersion`);
        this.contentChanged(entry.ordinal);
      }
    }
    for (const [index, ledger] of change.ledgers.entries()) {
      const old = ledgersBefore[index];
      this.noteChange(ledger.episode, process.name);
      if ((old?.version ?? 0) !== ledger.version)
        world.violate('VERSION', `${process.name} overwrites ledger ${ledger.episode}`);
      if (old === undefined) continue;
      const moved = ledger.revision > old.revision;
      if (old.state === 'PARKED' && ledger.state !== 'PARKED' && !moved && ledger.gone !== true) {
        world.violate('PARKED', `episode ${ledger.episode} came back without new media`);
      }
      if (moved && (ledger.episodeStrikes !== undefined || ledger.state === 'PARKED')) {
        world.violate('PARKED', `episode ${ledger.episode} has new media and old strikes`);
      }
      checkKept(world, old, ledger);
    }
    if (change.kind === 'episode') checkRanks(world);
    if (change.kind === 'episode' && change.entries.some(({ ordinal }) => !state.ledgers.has(ordinal))) {
      world.violate('COLLECTION', 'an episode was inserted without a ledger');
    }
    checkState(world);
  }

  private contentChanged(ordinal: number): undefined {
    const { state } = this.world.archive;
    const version = state.clip.get(ordinal)?.version ?? 0;
    this.clipContent.set(ordinal, { catalogueVersion: state.counters.clip.catalogueVersion, version });
  }

  catalogueRead(process: Process, catalogue: Catalogue, since: number): undefined {
    if (catalogue.catalogueVersion < since) {
      this.world.violate(
        'CATALOGUE',
        `${process.name} goes by clips as of ${catalogue.catalogueVersion}, but ${since} was there`,
      );
    }
    for (const [ordinal, { catalogueVersion, version }] of this.clipContent) {
      if (catalogueVersion > catalogue.catalogueVersion || (catalogue.byOrdinal.get(ordinal)?.version ?? 0) >= version)
        continue;
      this.world.violate(
        'CATALOGUE',
        `${process.name} knows clips as of ${catalogue.catalogueVersion}, but not clip ${ordinal} of ${catalogueVersion}`,
      );
    }
  }

  findingRecorded(process: Process, finding: Finding, outcome: string): undefined {
    const { world } = this;
    const pair = `${finding.episode}/${finding.clip}`;
    const [first, ...variants] = world.archive.state.findings.get(pair) ?? [];
    const known = this.firstFindings.get(pair);
    if (first === undefined) return world.violate('FINDINGS', `${pair} was ${outcome} and is not there`);
    const stands = known === undefined || known === first || isOlder(known, first);
    if (!stands) world.violate('FINDINGS', `the first finding of ${pair} did not stand`);
    if (variants.length > 2) world.violate('FINDINGS', `${pair} has ${variants.length} variants`);
    checkFinding(world, finding);
    this.firstFindings.set(pair, first);
    if (outcome !== 'duplicate') world.tell(process.name, `${outcome} finding ${pair.replace('/', '×')}`);
  }

  described(kind: Kind, ordinal: number): undefined {
    checkFacts(this.world, kind, ordinal);
  }

  workItemSent(process: Process, { leaseId, body }: WorkItem): undefined {
    const { world } = this;
    const lease = world.truth.leases.get(leaseId);
    if (lease === undefined)
      return world.violate('LEASED-FIRST', `${process.name} sends ${shortLease(leaseId)} without a lease`);
    const item = parsePendingResearchItem(body);
    const clips = item.clips.map(({ id }) => id).join();
    if (item.leaseId !== leaseId || item.episode.id !== String(lease.episode) || clips !== lease.clips.join()) {
      world.violate('LEASED-FIRST', `${shortLease(leaseId)} is sent with another content than it was leased for`);
    }
    checkNamed(world, process, item);
    world.tell(process.name, `sends ${shortLease(leaseId)}`);
  }

  taken(_item: PendingResearchItem, _who: string): undefined {}

  counted(process: Process, visible: number): undefined {
    process.allowed = allowance(this.world, process, visible);
  }

  controlWritten(process: Process, before: Control, after: Control): undefined {
    const { world } = this;
    checkDrained(world, process, before.drainedUntil, after.drainedUntil);
    if (after.drainedUntil > world.now) world.violate('DRAINED', 'drainedUntil lies ahead of the clock');
    if (after.drainedUntil !== before.drainedUntil) {
      world.tell(process.name, `has drained everything until ${clockText(after.drainedUntil - EPOCH)}`);
    }
    if (after.reopening.assignableVersion === before.reopening.assignableVersion) return;
    const { reopenInterval } = world.plan.settings;
    if (before.reopening.at > 0 && process.clock() < before.reopening.at + reopenInterval * 1000) {
      world.violate('EPOCH', `${process.name} re-opens before its time`);
    }
    if (after.reopening.assignableVersion > world.archive.state.counters.clip.assignableVersion)
      world.violate('EPOCH', 'opened is ahead of assignableVersion');
    world.tell(process.name, `re-opens what was complete before ${after.reopening.assignableVersion}`);
  }

  acknowledged(process: Process, receipt: string): undefined {
    checkAcknowledged(this.world, process, receipt, this.dead);
  }

  givenUp(process: Process, body: string, reason: string): undefined {
    this.dead.add(body);
    checkGivenUp(this.world, process, body, reason);
  }

  /** A curated message was acknowledged. */
  archived(process: Process, kind: Kind, body: string): undefined {
    const thing = checkArchived(this.world, process, kind, body, this.dead);
    if (thing !== undefined) this.onArchived(kind, thing, body);
  }

  allArchived(kind: Kind): undefined {
    checkIdentities(this.world, kind);
  }

  assignEnds(process: Process, summary: AssignSummary): undefined {
    const { world } = this;
    const { did } = process;
    const { ended, published, clipsLeased, end } = summary;
    const endings = ended.finished + ended.revoked + ended.unclaimed + ended.lapsed;
    const says = `${published} published, ${clipsLeased} clips, ${endings} ended`;
    const recount = `${did.leases} published, ${did.clips} clips, ${did.ended} ended`;
    if (!process.disturbed && says !== recount)
      world.violate('COUNTERS', `${process.name} says ${says}; it was ${recount}`);
    if (end === 'nothing left to assign') checkIdle(world, process);
  }

  recordEnds(process: Process, { researched }: RecordSummary): undefined {
    const { did } = process;
    checkTried(this.world, process);
    if (process.disturbed || researched === did.researched) return;
    this.world.violate('COUNTERS', `${process.name} says ${researched} researched; it was ${did.researched}`);
  }
}
