import type { ClipEntry, EpisodeEntry } from '../../domain/collection.ts';
import { type Lease, reportsEach } from '../../domain/ledger.ts';
import { bodyOf } from '../../domain/messages/canonical-json.ts';
import type { ClipToFind } from '../../domain/messages.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import type { WorkItem } from '../ports.ts';
import { MESSAGE_BYTES_AT_MOST } from '../queues/message-bytes.ts';

/** What a work item holds besides its episode and clips: lease, deadline, heartbeat, brackets. */
const FRAME_BYTES = 512;

/** The message that gives a researcher a lease. */
export function workItem(
  lease: Pick<Lease, 'id' | 'created' | 'careful' | 'untried' | 'struck'>,
  episode: EpisodeEntry,
  clips: readonly ClipEntry[],
  settings: ResearchSettings,
): WorkItem {
  const body = bodyOf({
    leaseId: lease.id,
    episode: described(episode),
    clips: clips.map(toFind),
    deadline: timestampOf(lease.created + settings.leaseDuration * 1000),
    heartbeatSeconds: settings.heartbeat,
    ...(reportsEach(lease) && { reportEach: true }),
  });
  return { leaseId: lease.id, body };
}

/** What a researcher needs of a clip. Length and hash of its file are wanted once, from whoever is the first. */
function toFind({ info, ordinal, facts }: ClipEntry): ClipToFind {
  const { title, mediaUri, mediaType, revision } = info;
  return {
    id: String(ordinal),
    ...{ title, mediaUri, mediaType },
    ...(revision !== undefined && { revision }),
    ...(facts === undefined && { factsWanted: true }),
  };
}

/** As a researcher needs it; where it came from is nobody's business there. */
function described({ info, ordinal }: EpisodeEntry): EpisodeEntry['info'] {
  const { source: _source, sourceId: _sourceId, show: _show, ...rest } = info;
  return { ...rest, id: String(ordinal) };
}

/**
 * Who reports several clips together holds back a hundred of them, or five seconds' worth: at the 20 ms that a clip takes
 * at the least, it fell silent at one of the next 250.
 */
const CAREFUL_CLIPS = 300;

/** Body sizes of clips, kept as long as the catalogue keeps the clips. */
const clipBytes = new WeakMap<ClipEntry, number>();

function bytesOf(clip: ClipEntry): number {
  let bytes = clipBytes.get(clip);
  if (bytes === undefined) {
    bytes = bodyOf(toFind(clip)).length + 1;
    clipBytes.set(clip, bytes);
  }
  return bytes;
}

/**
 * The first of the clips that go into one work item: at most `clipsPerItem`, and as many as fit into its message; one
 * alone always fits.
 * @param careful whether it is to find out at which clip somebody fell silent: then it has few
 */
export function nextItem(
  clips: readonly ClipEntry[],
  episode: EpisodeEntry,
  settings: ResearchSettings,
  careful = false,
): ClipEntry[] {
  const most = careful ? Math.min(CAREFUL_CLIPS, settings.clipsPerItem) : settings.clipsPerItem;
  let room = MESSAGE_BYTES_AT_MOST - FRAME_BYTES - bodyOf(described(episode)).length;
  const item: ClipEntry[] = [];
  for (const clip of clips) {
    room -= bytesOf(clip);
    if (item.length === most || (item.length > 0 && room < 0)) break;
    item.push(clip);
  }
  return item;
}
