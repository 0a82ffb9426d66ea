import * as z from 'zod/mini';
import { MOST_CLIPS, MOST_UNHEARD_STRETCHES, SOURCE_LIMITS } from './limits.ts';
import { list, offsets, scores } from './list-fields.ts';
import { inside, message } from './message.ts';
import { flag, int32, nanoseconds, optionalFlag } from './number-fields.ts';
import { ordinalOrEpisode, ordinalRange } from './ordinal-fields.ts';
import { cutText, optionalText, ordinal, text, timestamp, uuid, uuidOrNone } from './text-fields.ts';

/**
 * The four messages: the one definition that parsing, the types and the JSON Schema files come from.
 * Lengths are in code points; timestamps in canonical UTC form; durations and offsets in nanoseconds.
 */

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

export const clipInfo = message(
  'ClipInfo',
  () => curated(text(1, 250, 'The name of the clip.')),
  'A clip (a few seconds of audio that shows play again and again), as its curator describes it.',
);

export const episodeInfo = message(
  'EpisodeInfo',
  () => ({
    ...curated(text(0, 250, 'The name of the episode; together with dateAired it identifies one.')),
    dateAired: z.exactOptional(timestamp('When the episode was first published.')),
  }),
  'An episode of a podcast, as its curator describes it.',
);

const mediaRevision = () =>
  optionalText(
    SOURCE_LIMITS.revision,
    'Which recording of the clip this is; echoed in results, it says which one they are of.',
  );

/** A clip as a researcher needs it, and no more: thousands of them are to fit into one work item. */
export const clipToFind = message(
  'ClipToFind',
  () => ({
    id: z.exactOptional(ordinal('The number of the clip in the collection; in results it is enough to name the clip.')),
    title: text(1, 250, 'The name of the clip.'),
    mediaUri: text(1, 2048, 'Where its audio is.'),
    mediaType: text(1, 16, 'The type of its audio, for example audio/mpeg.'),
    revision: mediaRevision(),
    factsWanted: optionalFlag('Length and hash of its file are not known yet: say them in its result, found or not.'),
  }),
  'A clip of a work item: what a researcher needs of it.',
);

export const pendingResearchItem = message(
  'PendingResearchItem',
  () => ({
    leaseId: uuid('The lease of this work item; results name it.'),
    episode: inside(episodeInfo),
    clips: list(inside(clipToFind), 1, MOST_CLIPS, 'The clips to find in the episode, in the order of work.'),
    deadline: timestamp('When the lease ends unless it was signed; an item received later is dropped.'),
    heartbeatSeconds: int32('A sign of life is wanted at least so often; 0 leaves it to the researcher.', 0),
    reportEach: optionalFlag(
      'Report each clip as it is done, in a message of its own: somebody fell silent here, and it is not known at which.',
    ),
  }),
  'A work item: the right to research the clips of one episode.',
);

/** A clip as a result names it: its id alone is enough, else the address decides, then the title. */
export const clipReference = message(
  'ClipReference',
  () => ({
    id: z.exactOptional(ordinal('The id that the work item gave.')),
    title: optionalText(250, 'The name of the clip.'),
    mediaUri: optionalText(2048, 'Where its audio is.'),
    mediaType: optionalText(16, 'The type of its audio.'),
    revision: mediaRevision(),
  }),
  'Which clip a result is of. A clip of a work item may be sent back as it came.',
  { anyOf: ['id', 'mediaUri', 'title'].map((name) => ({ required: [name] })) },
);

/** A stretch of an episode that was not heard: of clips that may play there nothing is known. */
export const unheardStretch = message(
  'UnheardStretch',
  () => ({
    from: nanoseconds('Where it begins, in nanoseconds.'),
    to: nanoseconds('Where it ends, in nanoseconds; behind the episode where its file was cut off.'),
    why: text(0, 100, 'Why: "damaged", "missing", or "unknown" (nothing that the researcher has can decode it).'),
  }),
  'A stretch of an episode that was not heard.',
);

/** What is said of one pair: at the top of the message, and in each of its results. */
const ofPair = () => ({
  clipDuration: nanoseconds('Length of the clip in nanoseconds; 0: not known.'),
  clipHash: text(0, 128, 'Hash of the file of the clip.'),
  clipOffsets: offsets('Where in the episode the clip begins, in nanoseconds; none: it was not found.'),
  clipScores: scores('How sure each offset is, in the order of clipOffsets; as many, or none.'),
  clipHeardFrom: offsets(
    'From where on the clip is heard at each offset, in nanoseconds of the clip; as many as clipOffsets, or none.',
  ),
  clipHeardTo: offsets(
    'Up to where the clip is heard at each offset, in nanoseconds of the clip; as many as clipOffsets, or none.',
  ),
  notJudged: optionalText(
    500,
    'Why nothing can be said of the clip, in any episode, by this analyzer: it is not distinctive, too short, too ' +
      'quiet. That no offset came then does not mean that it was not played.',
  ),
});

/** The result of one pair among others in a message. */
export const pairResult = message(
  'PairResult',
  () => ({
    clipInfo: inside(clipReference),
    ...ofPair(),
    failure: cutText(500, 'Why the clip could not be fetched or decoded; cut at 500 characters.'),
  }),
  'The result of one clip, as at the top of the message.',
);

export const completedResearchItem = message(
  'CompletedResearchItem',
  () => ({
    researchDate: z.exactOptional(timestamp('When the research was done.')),
    episodeInfo: inside(episodeInfo),
    clipInfo: z.exactOptional(inside(clipReference)),
    episodeDuration: nanoseconds('Length of the episode in nanoseconds; 0: not known.'),
    episodeHash: text(0, 128, 'Hash of the file of the episode.'),
    unheard: list(
      inside(unheardStretch),
      0,
      MOST_UNHEARD_STRETCHES,
      'Stretches of the episode that were not heard, in order; they go with every result of the episode.',
    ),
    ...ofPair(),
    leaseId: uuidOrNone('The lease of the work item that this answers; a result without one counts too.'),
    revokeLease: flag('The last word of this lease: what it has not reported is given to others.'),
    researcher: text(0, 128, 'Who did the research.'),
    analyzer: text(0, 128, 'With what: name@version.'),
    failure: cutText(500, 'Why clip or episode could not be fetched or decoded; cut at 500 characters.'),
    results: list(inside(pairResult), 0, MOST_CLIPS, 'Results of more clips of the episode, each of its own.'),
    notFound: list(
      ordinalRange('The id of a clip, or two with a hyphen between: all from the first to the last, up or down.'),
      0,
      MOST_CLIPS,
      'More clips that were searched for and not found, in the order of the work item.',
    ),
    workingOn: ordinalOrEpisode(
      'The id of the clip that is being worked on, or 0 while it is the episode. Who reports several clips in one ' +
        'message says so from the first sign of life on: then silence is not laid on the first clip without a result.',
    ),
  }),
  'What a researcher says of pairs, of an episode or of its lease.',
);

export type ClipInfo = z.output<typeof clipInfo>;
export type EpisodeInfo = z.output<typeof episodeInfo>;
export type ClipToFind = z.output<typeof clipToFind>;
export type ClipReference = z.output<typeof clipReference>;
export type UnheardStretch = z.output<typeof unheardStretch>;
export type PairResult = z.output<typeof pairResult>;
export type PendingResearchItem = z.output<typeof pendingResearchItem>;
export type CompletedResearchItem = z.output<typeof completedResearchItem>;
