import type { Entry, Finding, Kind } from '../../../domain/collection.ts';
import type { Lease, Ledger } from '../../../domain/ledger.ts';
import type { PendingResearchItem } from '../../../domain/messages.ts';
import type { Process } from '../world/process.ts';
import { hashOf, type Recorded, type Said } from '../world/truth.ts';
import type { World } from '../world/world.ts';
import { isRecorded } from './oracle.ts';

/** Another recording of a clip or an episode is researched from its beginning, and no result of an older one is one of it. */

export const recordingNumber = (of: { readonly recording?: { readonly number: number } | undefined } | undefined) =>
  of?.recording?.number ?? 1;

export const isRecordedNow = ({ archive }: World, ledger: Ledger, clip: number): boolean => {
  const entry = archive.state.clip.get(clip);
  return entry === undefined ? ledger.researched.has(clip) : isRecorded(ledger, entry);
};

/** Clips whose pairs one write recorded, of their present recordings or at all. */
export function freshIn(before: Ledger, after: Ledger): number[] {
  const of = (ledger: Ledger, clip: number) => ledger.clipRecordings?.get(clip) ?? 1;
  return [...after.researched].filter((clip) => !before.researched.has(clip) || of(before, clip) < of(after, clip));
}

/**
 * Whether one write of a run recorded the pair for the recording that the lease is for, or a newer one: of a clip that was
 * replaced since the run began that need not be the present one.
 */
export function isRecordedAsRead(
  world: World,
  process: Process,
  before: Ledger,
  after: Ledger,
  lease: Lease,
  clip: number,
): boolean {
  if (!freshIn(before, after).includes(clip)) return false;
  const known = world.truth.recordings.get(`clip/${clip}`) ?? [];
  const then = known.findLast(({ at }) => at < process.started)?.number ?? 1;
  const recorded = after.clipRecordings?.get(clip) ?? 1;
  return recorded >= then && recorded >= (lease.clipRecordings?.get(clip) ?? 1);
}

/** What was gone from its address once: results of it may be turned away, and their pairs are free again. */
export const wasGone = ({ truth }: World, episode: number, clip: number): boolean =>
  truth.wasGone.has(`episode/${episode}`) || truth.wasGone.has(`clip/${clip}`);

/** What turned out to be another entry, which stands for both from then on: nobody asks for its pairs any more. */
export const isJoined = ({ archive: { state } }: World, episode: number, clip: number): boolean =>
  state.episode.get(episode)?.sameAs !== undefined || state.clip.get(clip)?.sameAs !== undefined;

export const wasReplaced = ({ truth }: World, episode: number, clip: number): boolean =>
  truth.recordings.has(`episode/${episode}`) || truth.recordings.has(`clip/${clip}`);

const recordingsOf = ({ truth }: World, kind: Kind, said: Said): readonly Recorded[] | undefined =>
  truth.recordings.get(`${kind}/${said[kind]}`);

/** Which recording something names by what its curator calls it. */
const numberOf = (known: readonly Recorded[] = [], named: string | undefined): number =>
  known.find(({ revision }) => revision !== undefined && revision === named)?.number ?? 1;

/**
 * Whether a result may be taken for one of that recording: its work item named it, whatever was sent back. Who knows the
 * clips as they were takes a newer one for an older one; that pair is researched again.
 */
const mayBe = (world: World, kind: Kind, said: Said, number: number): boolean =>
  numberOf(recordingsOf(world, kind, said), said.of?.[kind]) >= number;

export const mayBeOf = (world: World, said: Said, episode = 1, clip = 1): boolean =>
  mayBe(world, 'episode', said, episode) && mayBe(world, 'clip', said, clip);

/** Whether the archive must know that a result is of what is there now. */
function isSurely(world: World, kind: Kind, said: Said): boolean {
  const known = recordingsOf(world, kind, said);
  const last = known?.at(-1)?.number;
  return last === undefined || (said.of?.told === true && numberOf(known, said.of[kind]) === last);
}

/**
 * A result that may be turned away: of what was gone once or is another entry now, or of a recording that is not surely the
 * present one.
 */
export const isTurnedAway = (world: World, said: Said): boolean =>
  said.kind === 'result' &&
  (said.byName !== undefined ||
    wasGone(world, said.episode, said.clip) ||
    isJoined(world, said.episode, said.clip) ||
    !isSurely(world, 'episode', said) ||
    !isSurely(world, 'clip', said));

export function isOfNow({ archive }: World, finding: Finding): boolean {
  const { episode, clip } = archive.state;
  return (
    (finding.episodeRecording ?? 1) === recordingNumber(episode.get(finding.episode)) &&
    (finding.clipRecording ?? 1) === recordingNumber(clip.get(finding.clip))
  );
}

export const isOlder = (one: Finding, than: Finding): boolean =>
  (one.episodeRecording ?? 1) < (than.episodeRecording ?? 1) || (one.clipRecording ?? 1) < (than.clipRecording ?? 1);

/** Whether a result that tells its clip by names said what this clip was called once, at the address where it was then. */
export function isNamed({ truth, archive }: World, episode: number, clip: number): boolean {
  const entry = archive.state.clip.get(clip)?.info;
  const called = truth.ofSources.clip.filter(
    ({ source, sourceId }) => source === entry?.source && sourceId === entry?.sourceId,
  );
  return truth.byName.some(
    (said) =>
      said.episode === episode &&
      said.clip !== clip &&
      called.some(({ title, mediaUri }) => title === said.byName?.title && mediaUri === said.byName.mediaUri),
  );
}

/** What is recorded now was reported, of these recordings. */
export function checkSource(world: World, ledger: Ledger, clip: number): undefined {
  const pair = `${ledger.episode}×${clip}`;
  const results = world.truth.results.get(`${ledger.episode}/${clip}`) ?? [];
  if (isNamed(world, ledger.episode, clip)) return;
  if (results.length === 0) return world.violate('RECORDED-STAYS', `${pair} is recorded without a result`);
  const number = ledger.clipRecordings?.get(clip);
  if (!results.some((said) => mayBeOf(world, said, ledger.recording?.number, number)))
    world.violate('RECORDING', `${pair} is recorded with results of older recordings only`);
}

/** What is found now was found in these recordings. */
export function checkFinding(world: World, finding: Finding): undefined {
  const { episode, clip, episodeRecording, clipRecording } = finding;
  const results = world.truth.results.get(`${episode}/${clip}`) ?? [];
  const offsets = finding.offsetsNs.join();
  const found = results.filter((said) => said.offsets.join() === offsets);
  if (!isNamed(world, episode, clip) && !found.some((said) => mayBeOf(world, said, episodeRecording, clipRecording)))
    world.violate('RECORDING', `${episode}×${clip} has a finding that nobody reported of these recordings`);
}

type Any = Entry<{ readonly revision?: string | undefined }>;

/** Another recording is one, and nothing of the old one is said of it. */
export function checkReplaced(world: World, kind: Kind, old: Any | undefined, entry: Any): undefined {
  const { truth, archive } = world;
  const name = `${kind} ${entry.ordinal}`;
  const [was, is] = [old?.info.revision, entry.info.revision];
  const [before, after] = [recordingNumber(old), recordingNumber(entry)];
  if (after < before || (after === before && was !== undefined && is !== undefined && was !== is))
    return world.violate('RECORDING', `${name}: another recording is taken for the one that was there`);
  const ledger = kind === 'episode' ? archive.state.ledgers.get(entry.ordinal) : undefined;
  if (ledger !== undefined && recordingNumber(ledger) !== after)
    return world.violate('RECORDING', `${name} has recording ${after}, its ledger ${recordingNumber(ledger)}`);
  if (after === before) return;
  world.tell('archive', `${name} has recording ${after}`);
  const known = truth.recordings.get(`${kind}/${entry.ordinal}`) ?? [{ number: 1, revision: was, at: 0 }];
  truth.recordings.set(`${kind}/${entry.ordinal}`, [...known, { number: after, revision: is, at: world.now }]);
  if (archive.state[kind].get(entry.ordinal)?.facts !== undefined)
    world.violate('RECORDING', `${name} keeps the facts of its older recording`);
}

/** Who measures says which file it had: what is kept is of the recording, and the address, that is there. */
export function checkFacts(world: World, kind: Kind, ordinal: number): undefined {
  const entry = world.archive.state[kind].get(ordinal);
  if (entry?.facts === undefined || entry.facts.hash === hashOf(entry.info)) return;
  world.violate('RECORDING', `${kind} ${ordinal} has the facts of another file: ${entry.facts.hash}`);
}

/**
 * A work item names the recordings that its lease is for, or newer ones; and no older ones than were there when its run
 * began.
 */
export function checkNamed(world: World, process: Process, item: PendingResearchItem): undefined {
  const { truth } = world;
  const lease = truth.leases.get(item.leaseId);
  if (lease === undefined) return;
  const check = (kind: Kind, ordinal: number, revision: string | undefined, leased = 1, since = 0) => {
    const known = truth.recordings.get(`${kind}/${ordinal}`) ?? [];
    const [named, then] = [numberOf(known, revision), known.findLast(({ at }) => at < since)?.number ?? 1];
    if (named < leased || named < then || (known.length > 0 && revision === undefined))
      world.violate(
        'ITEM',
        `${process.name} sends ${kind} ${ordinal} as of recording ${named}, not ${Math.max(leased, then)}`,
      );
  };
  const { episode, clips } = item;
  check('episode', lease.episode, episode.revision, lease.episodeRecording);
  for (const { id, revision } of clips)
    check('clip', Number(id), revision, lease.clipRecordings?.get(Number(id)), process.started);
}

/** A curator's message leaves what is recorded; but the ledger of another recording knows no pair of the old one. */
export function checkKept(world: World, before: Ledger, { episode, ...ledger }: Ledger): undefined {
  if (recordingNumber(before) === recordingNumber(ledger)) {
    if ([...before.researched].some((clip) => !ledger.researched.has(clip)))
      world.violate('RECORDED-STAYS', `episode ${episode} lost results`);
    return;
  }
  const clips = [...ledger.researched, ...(ledger.found ?? []), ...(ledger.clipRecordings ?? new Map()).keys()];
  if (clips.length > 0 || ledger.pairStrikes.size > 0 || ledger.parked.size > 0 || ledger.episodeStrikes !== undefined)
    world.violate('RECORDING', `episode ${episode} has another recording, and its ledger knows of the older one`);
}
