import { type ClipEntry, type Recording, recordingOf } from './collection.ts';
import type { Lease } from './ledger.ts';

/** A recording that took the place of another one, with what its curator calls it. */
export interface NamedRecording extends Recording {
  readonly revision: string;
}

/**
 * Whether a result is of an older recording than the one that there is now.
 *
 * @param told what the result echoes of its work item; undefined of researchers that send back no such field, and of
 *   clips that are told by their ids alone
 * @param leased the number of the recording that its work item named, where its lease lives
 */
export function isOutdated(
  told: string | undefined,
  now: NamedRecording | undefined,
  leased: number | undefined,
): boolean {
  if (now === undefined) return false;
  if (told !== undefined) return told !== now.revision;
  return leased === undefined || leased < now.number;
}

/** The recording of the clip that the work item of a lease named. */
export const leasedRecording = ({ clipRecordings }: Pick<Lease, 'clipRecordings'>, clip: number): number =>
  clipRecordings?.get(clip) ?? 1;

/**
 * Whether the work item of a lease named the file that is at the clip's address now. When it was made does not say that: its
 * run may have read the clips before the file came.
 */
export const isLeasedFile = (
  { clipRevisions }: Pick<Lease, 'clipRevisions'>,
  { ordinal, revision }: Pick<ClipEntry, 'ordinal' | 'revision'>,
): boolean => (clipRevisions?.get(ordinal) ?? 1) >= revision;

/** Which recordings and files a work item of these clips names, where they are not the first ones. */
export function recordingsToLease(clips: readonly ClipEntry[]): Pick<Lease, 'clipRecordings' | 'clipRevisions'> {
  const later = clips.filter((clip) => recordingOf(clip) > 1);
  const revised = clips.filter(({ revision }) => revision > 1);
  return {
    ...(later.length > 0 && { clipRecordings: new Map(later.map((clip) => [clip.ordinal, recordingOf(clip)])) }),
    ...(revised.length > 0 && { clipRevisions: new Map(revised.map(({ ordinal, revision }) => [ordinal, revision])) }),
  };
}
