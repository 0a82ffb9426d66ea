import type { Lease, Ledger } from '../../../domain/ledger.ts';
import type { Process } from '../world/process.ts';
import type { Said } from '../world/truth.ts';
import { shortLease, type World } from '../world/world.ts';
import { isRecordedAsRead, isRecordedNow, isTurnedAway } from './recording-rules.ts';

/** What the leases of a ledger may become, judged by what was really said. */

export interface Ended {
  readonly lease: Lease;
  readonly how: 'finished' | 'revoked' | 'unclaimed' | 'lapsed';
  /** What was said of it up to the horizon. */
  readonly said: readonly Said[];
}

const WORK: readonly Said['kind'][] = ['result', 'clipFailure', 'refused', 'episodeFailure'];

export const tells = ({ kind }: Said): boolean => WORK.includes(kind);

/** What takes its clip out of a lease without a result. */
export const fails = ({ kind }: Said): boolean => kind === 'clipFailure' || kind === 'refused';

/** How the lease ends at the horizon by everything that was sent until then, whoever received it. */
export function trueEnding(world: World, lease: Lease, horizon: number): Ended | undefined {
  const { leaseDuration, silenceLimit } = world.plan.settings;
  const all = world.truth.saidUntil(lease.id, horizon);
  const said = all.filter(({ kind }) => kind !== 'revoked');
  if (lease.left.length === 0) return { lease, how: 'finished', said };
  if (all.some(({ lastWord }) => lastWord)) return { lease, how: 'revoked', said: all };
  if (said.length === 0) {
    return lease.created + leaseDuration * 1000 <= horizon ? { lease, how: 'unclaimed', said } : undefined;
  }
  const lastSign = Math.max(...said.map(({ sentAt }) => sentAt));
  const results = said.filter(tells).map(({ sentAt }) => sentAt);
  const lastResult = results.length > 0 ? Math.max(...results) : Math.min(...said.map(({ sentAt }) => sentAt));
  const silent = lastSign + silenceLimit * 1000 <= horizon;
  return silent || lastResult + leaseDuration * 1000 <= horizon ? { lease, how: 'lapsed', said } : undefined;
}

/** Whether its researcher had the last word: what an operator took away is free at once. */
export function isHandedBack({ how, said }: Ended): boolean {
  const last = said.findLast(({ lastWord }) => lastWord);
  const revoked = said.filter(({ kind }) => kind === 'revoked').map(({ sentAt }) => sentAt);
  return how === 'revoked' && last !== undefined && last.sentAt > Math.max(0, ...revoked);
}

/** Leases that are gone: only the pending-research archivist may end them, and only for a reason. */
export function checkEnded(world: World, process: Process, before: Ledger, after: Ledger): Ended[] {
  const gone = before.leases.filter(({ id }) => !after.leases.some((lease) => lease.id === id));
  const ended: Ended[] = [];
  for (const lease of gone) {
    world.truth.ended.add(lease.id);
    if (process.role !== 'assign') world.violate('LEASE-END', `${process.name} ended ${shortLease(lease.id)}`);
    const ending = trueEnding(world, lease, process.horizon ?? 0);
    if (ending === undefined) {
      world.violate('LEASE-END', `${shortLease(lease.id)} of episode ${before.episode} ended before its time`);
      continue;
    }
    // Who revoked it has the later word, be that after the horizon: it ends by that, and charges nobody.
    if (ending.how === 'lapsed' && lease.lastWord !== undefined)
      world.violate('LEASE-END', `${shortLease(lease.id)} of episode ${before.episode} lapsed after its last word`);
    ended.push(ending);
    world.tell(process.name, `${shortLease(lease.id)} of episode ${before.episode} ends: ${ending.how}`);
  }
  return ended;
}

/** Leases that are new: made by the pending-research archivist, never one that was there before. */
export function newLeases(world: World, process: Process, before: Ledger, after: Ledger): Lease[] {
  const made = after.leases.filter(({ id }) => !before.leases.some((lease) => lease.id === id));
  for (const lease of made) {
    const name = shortLease(lease.id);
    if (process.role !== 'assign') world.violate('LEASE-END', `${process.name} made ${name}`);
    if (world.truth.leases.has(lease.id)) world.violate('LEASE-END', `${name} lives again after its end`);
    const { episode, recording, revision } = after;
    const { clips, clipRecordings } = lease;
    const known = clips.flatMap((clip) => process.catalogue?.byOrdinal.get(clip) ?? []);
    world.truth.leases.set(lease.id, {
      episode,
      clips,
      at: world.now,
      episodeRecording: recording?.number,
      clipRecordings,
      revision,
      clipRevisions: new Map(known.map((clip) => [clip.ordinal, clip.revision])),
    });
    world.tell(process.name, `leases episode ${after.episode}, clips ${lease.clips.join(' ')}, as ${name}`);
  }
  return made;
}

/** A lease that goes on changes by what was said of it, and by results of its pairs. @returns clips it lost by failures */
export function checkChanged(world: World, process: Process, before: Ledger, after: Ledger): [Lease, number][] {
  const failed: [Lease, number][] = [];
  for (const lease of after.leases) {
    const old = before.leases.find(({ id }) => id === lease.id);
    if (old === undefined || old === lease) continue;
    const name = shortLease(lease.id);
    const said = world.truth.ofLease.get(lease.id) ?? [];
    const wrong = (what: string) =>
      world.violate('LEASE-CHANGE', `${what} of ${name} comes from no message (${process.name})`);
    const from = (time: number | undefined, candidates: readonly Said[]) =>
      time === undefined || candidates.some(({ sentAt }) => sentAt === time);
    if (!from(lease.signed, said) || !from(lease.lastSign, said)) wrong('a sign of life');
    if (
      !from(
        lease.lastWord,
        said.filter(({ lastWord }) => lastWord),
      )
    )
      wrong('the last word');
    if (!from(lease.lastResult, said.filter(tells))) wrong('the last result');
    if ((lease.lastSign ?? 0) < (old.lastSign ?? 0)) wrong('an older sign of life');
    if (lease.created !== old.created || lease.clips.join() !== old.clips.join()) wrong('the content');
    if (lease.left.some((clip) => !old.left.includes(clip))) wrong('a clip that is back');
    if (process.role !== 'record') world.violate('LEASE-CHANGE', `${process.name} changed ${name}`);
    for (const clip of old.left) {
      if (lease.left.includes(clip)) continue;
      const ofIt = said.filter((one) => one.clip === clip);
      const recorded =
        isRecordedNow(world, after, clip) || isRecordedAsRead(world, process, before, after, lease, clip);
      if (ofIt.some(fails)) failed.push([lease, clip]);
      else if (!recorded && !ofIt.some((one) => isTurnedAway(world, one))) wrong(`losing clip ${clip}`);
    }
    if (old.signed === undefined && lease.signed !== undefined) world.tell(process.name, `${name} is signed`);
  }
  return failed;
}
