import type { ClipEntry, EpisodeEntry } from '../../domain/collection.ts';
import { bodyOf, type ClipToFind } from '../../domain/messages.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import type { WorkItem } from '../ports.ts';
import { MESSAGE_BYTES_AT_MOST } from '../queues/message-bytes.ts';

/** What a work item holds besides its episode and clips: lease, deadline, heartbeat, brackets. */
const FRAME_BYTES = 512;

/** The message that gives a researcher a lease. */
export function workItem(
  lease: { readonly id: string; readonly created: number },
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
 * Cuts clips in order into work items of at most `clipsPerItem` clips and the message size; one that would not fit has
 * fewer clips. At most `itemsAtMost` items; a clip alone always fits.
 */
export function cutIntoItems(
  clips: readonly ClipEntry[],
  episode: EpisodeEntry,
  itemsAtMost: number,
  settings: ResearchSettings,
): ClipEntry[][] {
  const room = MESSAGE_BYTES_AT_MOST - FRAME_BYTES - bodyOf(described(episode)).length;
  const items: ClipEntry[][] = [];
  let item: ClipEntry[] = [];
  let bytes = 0;
  for (const clip of clips) {
    const size = bytesOf(clip);
    if (item.length > 0 && (item.length === settings.clipsPerItem || bytes + size > room)) {
      items.push(item);
      item = [];
      bytes = 0;
    }
    if (items.length === itemsAtMost) return items;
    item.push(clip);
    bytes += size;
  }
  return item.length === 0 ? items : [...items, item];
}
