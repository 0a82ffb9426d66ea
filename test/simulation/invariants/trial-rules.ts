import type { ClipEntry } from '../../../domain/collection.ts';
import type { Control } from '../../../domain/control.ts';
import type { Lease } from '../../../domain/ledger.ts';
import type { Process } from '../world/process.ts';
import type { Said } from '../world/truth.ts';
import type { World } from '../world/world.ts';
import { trueEnding } from './lease-rules.ts';
import { isStruck } from './oracle.ts';
import { isTurnedAway } from './recording-rules.ts';

/** What nobody has reported yet is in three live work items at most, what struck or is in doubt in one. */

const UNTRIED_AT_MOST = 3;
/** Five minutes, less what clocks differ. */
const TAKEN_WITHIN_MS = 290_000;

/** Whether the archive may have thought that nobody had reported the clip, as of the control item that a run read. */
function seemsUntried(control: Control, clip: ClipEntry): boolean {
  return clip.facts === undefined && !isNoted(control, clip);
}

/** Whether it is noted that somebody reported the clip as it is. */
function isNoted({ tried }: Control, clip: ClipEntry): boolean {
  return tried?.clips.has(clip.ordinal) === true && Math.max(clip.revisedAt, clip.recording?.at ?? 0) <= tried.asOf;
}

/** Whether a run may leave the clip out for others that try it, or whatever it is. */
export function mayBeWithheld(process: Process, clip: ClipEntry): boolean {
  return isStruck(clip) || process.control === undefined || seemsUntried(process.control, clip);
}

/** Whether somebody may be at work on the lease, for all that the archive can see. */
function isOut(world: World, lease: Lease, horizon: number): boolean {
  // The archive may know signs from beyond the horizon; those keep a lease as well.
  const ends = (lease.lastSign ?? 0) <= horizon && trueEnding(world, lease, horizon) !== undefined;
  if (lease.left.length === 0 || lease.lastWord !== undefined || ends) return false;
  const waits = world.archive.pendingMessages.messages.some(
    ({ group, hiddenUntil }) => group === lease.id && hiddenUntil <= world.now,
  );
  return lease.signed !== undefined || waits || world.now - lease.created < TAKEN_WITHIN_MS;
}

/** Of what others try no more is given out. */
export function checkTrial(world: World, process: Process, made: readonly Lease[]): undefined {
  const { truth } = world;
  for (const { id, clips } of made) {
    const entries = clips.flatMap((clip) => process.catalogue?.byOrdinal.get(clip) ?? []);
    if (entries.some(isStruck)) truth.suspects.add(id);
    if (entries.some(isStruck) && !entries.every(isStruck)) {
      world.violate('TRIAL', `a work item has struck clips among others: ${clips.join(' ')}`);
    }
  }
  if (made.length === 0 || process.disturbed) return;
  const ledgers = [...world.archive.state.ledgers.values()];
  if (ledgers.some(({ leases, episode }) => leases.length > 0 && world.witness?.othersWrote(process, episode))) return;
  const out = ledgers.flatMap(({ leases }) => leases.filter((lease) => isOut(world, lease, process.horizon ?? 0)));
  const tried = new Set([...truth.reported].map((pair) => Number(pair.split('/')[1])));
  const isUntried = (clip: number) => !tried.has(clip) && world.archive.state.clip.get(clip)?.facts === undefined;
  const untried = out.filter(({ id, left }) => !truth.suspects.has(id) && left.some(isUntried));
  if (untried.length > UNTRIED_AT_MOST && made.some((lease) => untried.includes(lease)))
    world.violate('TRIAL', `${untried.length} work items hold clips that nobody has reported`);
  const suspected = out.filter(({ id, careful }) => careful === true || truth.suspects.has(id));
  if (suspected.length > 1 && made.some((lease) => suspected.includes(lease)))
    world.violate('TRIAL', `${suspected.length} work items are about suspects`);
}

/** A run that read the clips before one changed may lease it as it was for so long, clocks that differ included. */
const KNOWN_AS_IT_WAS_MS = 75_000;

const resultsOf = ({ truth }: World, clip: number): Said[] =>
  [...truth.results].flatMap(([pair, results]) => (pair.endsWith(`/${clip}`) ? results : []));

const received = ({ truth }: World, process: Process, clip: number): Said[] =>
  [...process.received]
    .flatMap((id) => truth.said.get(id) ?? [])
    .flatMap((one) => [one, ...(one.parts ?? [])])
    .filter((one) => one.kind === 'result' && one.clip === clip);

/** What a run recorded is tried, and nothing else is: a file that nobody has reported must not be given to everybody. */
export function checkTried(world: World, process: Process): undefined {
  if (process.disturbed) return;
  const { clip: clips, control } = world.archive.state;
  const { truth } = world;
  const isOfFileOf =
    ({ info, revision }: ClipEntry) =>
    ({ of }: Said): boolean =>
      revision === 1 || of?.mediaUri === info.mediaUri;
  const changes = process.catalogue?.clips.map(({ revisedAt, recording }) => Math.max(revisedAt, recording?.at ?? 0));
  const isBehind = Math.max(0, ...(changes ?? [])) < (control.tried?.asOf ?? 0);
  for (const ordinal of process.recorded) {
    const clip = clips.get(ordinal);
    const known = process.catalogue?.byOrdinal.get(ordinal);
    if (clip === undefined || known?.revisedAt !== clip.revisedAt || known.recording !== clip.recording) continue;
    // A late result of the file of before says nothing of this one, and of a lease that ended nobody knows of which it is.
    const tells = (said: Said) =>
      said.sentAt > clip.revisedAt &&
      isOfFileOf(clip)(said) &&
      (clip.revision === 1 || !truth.ended.has(said.leaseId)) &&
      !isTurnedAway(world, said);
    const isOld = clip.revisedAt < process.started - TAKEN_WITHIN_MS;
    // Another run received what this one did not, and answers for it; and who knows less than is noted notes nothing.
    if (isOld && !isBehind && seemsUntried(control, clip) && received(world, process, ordinal).some(tells))
      world.violate('TRIAL', `${process.name} recorded clip ${ordinal}, and it still counts as reported by nobody`);
  }
  for (const clip of clips.values()) {
    if (clip.revision === 1 || !isNoted(control, clip)) continue;
    const mayBe = (said: Said) => {
      const made = truth.leases.get(said.leaseId)?.at ?? 0;
      return isOfFileOf(clip)(said) || Math.abs(made - clip.revisedAt) < KNOWN_AS_IT_WAS_MS;
    };
    // Where another one of the same name was before: its names are all that such a result says, and they are this one's now.
    const isCalledSo = truth.byName.some(
      ({ byName }) => byName?.title === clip.info.title && byName.mediaUri === clip.info.mediaUri,
    );
    if (!isCalledSo && !resultsOf(world, clip.ordinal).some(mayBe))
      world.violate('TRIAL', `clip ${clip.ordinal} counts as reported, and nobody has had its file`);
  }
}
