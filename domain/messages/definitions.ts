import * as z from 'zod/mini';
import { list, offsets, scores } from './list-fields.ts';
import { message } from './message.ts';
import { flag, int32, nanoseconds } from './number-fields.ts';
import { cutText, optionalText, ordinal, text, timestamp, uuid, uuidOrNone } from './text-fields.ts';

/**
 * The four messages: the one definition that parsing, the types and the JSON Schema files come from.
 * Lengths are in code points; timestamps in canonical UTC form; durations and offsets in nanoseconds.
 */

/** The lengths (code points) of what says where an entry comes from; curators shorten to these. */
export const SOURCE_LIMITS = { source: 250, sourceId: 2048, show: 250, revision: 128 } as const;

/** More clips never go into one work item, and a lease has a bitset of so many. */
export const MOST_CLIPS = 100;

const curated = (title: z.ZodMiniType<string, string>) => ({
  id: z.exactOptional(ordinal('The number of the entry in the collection, given by Archivist; echoed in results.')),
  initialDateCurated: timestamp('When a curator first found the entry.'),
  lastDateCurated: timestamp('When a curator last changed it: of two descriptions the newer one counts.'),
  curatorInformation: text(0, 250, 'Which curator found it, and where.'),
  title,
  description: text(0, 16_384, 'More words about it.'),
  mediaUri: text(1, 2048, 'Where its audio is.'),
  mediaType: text(1, 16, 'The type of its audio, for example audio/mpeg.'),
  priority: int32('Higher ones are researched first.'),
  source: optionalText(
    SOURCE_LIMITS.source,
    'The lasting identity of the feed or folder that the entry came from, chosen by its curator.',
  ),
  sourceId: optionalText(
    SOURCE_LIMITS.sourceId,
    'The identity of the entry in its source: a guid, an Atom id, a relative path. It decides which entry this is.',
  ),
  show: optionalText(SOURCE_LIMITS.show, 'The title of the show that the entry belongs to, for people.'),
  revision: optionalText(
    SOURCE_LIMITS.revision,
    'Which recording of the entry this is, as its curator tells them apart (of a file: the hash of its content). ' +
      'Another one is researched again; echoed in results, it says which one they are of.',
  ),
});

const dateAired = timestamp('When the episode was first published.');

export const clipInfo = message(
  'ClipInfo',
  curated(text(1, 250, 'The name of the clip.')),
  'A clip (a few seconds of audio that shows play again and again), as its curator describes it.',
);

export const episodeInfo = message(
  'EpisodeInfo',
  {
    ...curated(text(0, 250, 'The name of the episode; together with dateAired it identifies one.')),
    dateAired: z.exactOptional(dateAired),
  },
  'An episode of a podcast, as its curator describes it.',
);

export const pendingResearchItem = message(
  'PendingResearchItem',
  {
    leaseId: uuid('The lease of this work item; results name it.'),
    episode: episodeInfo,
    clips: list(clipInfo, 1, MOST_CLIPS, 'The clips to find in the episode, in the order of work.'),
    deadline: timestamp('When the lease ends unless it was signed; an item received later is dropped.'),
    heartbeatSeconds: int32('A sign of life is wanted at least so often; 0 leaves it to the researcher.', 0),
  },
  'A work item: the right to research the clips of one episode.',
);

export const completedResearchItem = message(
  'CompletedResearchItem',
  {
    researchDate: z.exactOptional(timestamp('When the research was done.')),
    episodeInfo,
    clipInfo: z.exactOptional(clipInfo),
    episodeDuration: nanoseconds('Length of the episode in nanoseconds; 0: not known.'),
    episodeHash: text(0, 128, 'Hash of the file of the episode.'),
    clipDuration: nanoseconds('Length of the clip in nanoseconds; 0: not known.'),
    clipHash: text(0, 128, 'Hash of the file of the clip.'),
    clipOffsets: offsets('Where in the episode the clip begins, in nanoseconds; none: it was not found.'),
    leaseId: uuidOrNone('The lease of the work item that this answers; a result without one counts too.'),
    revokeLease: flag('The last word of this lease: what it has not reported is given to others.'),
    researcher: text(0, 128, 'Who did the research.'),
    analyzer: text(0, 128, 'With what: name@version.'),
    clipScores: scores('How sure each offset is, in the order of clipOffsets; as many, or none.'),
    failure: cutText(500, 'Why clip or episode could not be fetched or decoded; cut at 500 characters.'),
  },
  'What a researcher says of a pair, a clip, an episode or its lease.',
);

export type ClipInfo = z.output<typeof clipInfo>;
export type EpisodeInfo = z.output<typeof episodeInfo>;
export type PendingResearchItem = z.output<typeof pendingResearchItem>;
export type CompletedResearchItem = z.output<typeof completedResearchItem>;
