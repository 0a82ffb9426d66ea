import type {
  ClipInfo,
  ClipToFind,
  CompletedResearchItem,
  EpisodeInfo,
  PairResult,
  PendingResearchItem,
} from '../../domain/messages.ts';

/**
 * Perfect messages: each is accepted as it is, uses every field (but where its entry comes from: see SOURCED), and takes
 * the differences that a test is about.
 */

/** What says where an entry comes from. Two entries must not share it: it decides which one a message means. */
export const SOURCED = {
  source: 'feed://feed.example.org/Xk29',
  sourceId: 'tag:example.org,2024:12',
  show: 'On the Road',
  revision: 'sha256-3q2-7wAAAAA',
} as const;

export function perfectClip(overrides: Partial<ClipInfo> = {}): ClipInfo {
  return {
    id: '7',
    initialDateCurated: '2024-03-01T08:00:00Z',
    lastDateCurated: '2024-03-02T09:30:00.250Z',
    curatorInformation: 'drops.example.org, page 3',
    title: 'Are you serious?',
    description: 'Said in the first show.',
    mediaUri: 'https://media.example.org/clips/serious.mp3',
    mediaType: 'audio/mpeg',
    priority: 5,
    ...overrides,
  };
}

export function perfectEpisode(overrides: Partial<EpisodeInfo> = {}): EpisodeInfo {
  return {
    id: '12',
    initialDateCurated: '2024-02-01T08:00:00Z',
    lastDateCurated: '2024-02-02T09:30:00Z',
    curatorInformation: 'feed.example.org',
    title: 'Episode 12: On trains',
    description: 'Two hours about trains.',
    mediaUri: 'https://media.example.org/episodes/12.mp3',
    mediaType: 'audio/mpeg',
    priority: 1,
    dateAired: '2024-01-31T20:00:00Z',
    ...overrides,
  };
}

export function perfectClipToFind(overrides: Partial<ClipToFind> = {}): ClipToFind {
  const { id = '7', title, mediaUri, mediaType } = perfectClip();
  return { id, title, mediaUri, mediaType, ...overrides };
}

/** A finding among other results in one message. */
export function perfectPairResult(overrides: Partial<PairResult> = {}): PairResult {
  return {
    clipInfo: { id: '8' },
    clipDuration: 1_500_000_000,
    clipHash: 'c'.repeat(64),
    clipOffsets: [5_000_000_000],
    clipScores: [0.25],
    clipHeardFrom: [],
    clipHeardTo: [],
    failure: '',
    ...overrides,
  };
}

export function perfectItem(overrides: Partial<PendingResearchItem> = {}): PendingResearchItem {
  return {
    leaseId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    episode: perfectEpisode(),
    clips: [
      perfectClipToFind(),
      perfectClipToFind({ id: '8', title: 'Horn', mediaUri: 'https://media.example.org/clips/horn.mp3' }),
    ],
    deadline: '2024-04-01T12:00:00Z',
    heartbeatSeconds: 300,
    ...overrides,
  };
}

/** A finding: the clip plays twice. */
export function perfectResult(overrides: Partial<CompletedResearchItem> = {}): CompletedResearchItem {
  return {
    researchDate: '2024-04-01T10:15:00.123456Z',
    episodeInfo: perfectEpisode(),
    clipInfo: perfectClipToFind(),
    episodeDuration: 7_200_000_000_000,
    episodeHash: 'a'.repeat(64),
    unheard: [{ from: 0, to: 2_000_000_000, why: 'damaged' }],
    clipDuration: 2_500_000_000,
    clipHash: 'b'.repeat(64),
    clipOffsets: [61_500_000_000, 3_600_000_000_001],
    leaseId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    revokeLease: true,
    researcher: 'volunteer-1',
    analyzer: 'listener@1.2.0',
    clipScores: [0.75, 0.5],
    clipHeardFrom: [],
    clipHeardTo: [],
    failure: '',
    results: [],
    notFound: [],
    ...overrides,
  };
}

/** The value without one of its fields. */
export function without<T extends object, K extends keyof T>(value: T, field: K): Omit<T, K> {
  const { [field]: _, ...rest } = value;
  return rest;
}
