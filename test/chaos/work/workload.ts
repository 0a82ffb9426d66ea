import { createHash } from 'node:crypto';
import { Random } from '../../simulation/world/random.ts';

/** What is so of a pair, whoever looks and whenever: the truth is known without any audio. */
export type Outcome =
  | { readonly kind: 'found'; readonly offsetsNs: readonly number[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'clip failed'; readonly reason: string }
  | { readonly kind: 'episode failed'; readonly reason: string };

/** A curated clip or episode, as the message that describes it. */
export interface Curated {
  readonly title: string;
  readonly mediaUri: string;
  readonly mediaType: string;
  readonly initialDateCurated: string;
  readonly lastDateCurated: string;
  readonly priority: number;
  readonly dateAired?: string;
}

export interface Workload {
  readonly clips: readonly Curated[];
  readonly episodes: readonly Curated[];
  /** Hopeless messages, with the queue they go to. */
  readonly bad: readonly { readonly queue: 'CuratedClips' | 'CuratedEpisodes'; readonly body: string }[];
}

const DEAD_CLIP = 'Dead clip';
const DEAD_EPISODE = 'Dead episode';
const FOUND_SHARE = 0.25;

/** Pure: what a researcher finds of the pair, by titles alone, which nobody changes. */
export function outcomeOf(episodeTitle: string, clipTitle: string): Outcome {
  if (episodeTitle.startsWith(DEAD_EPISODE)) return { kind: 'episode failed', reason: 'the episode is a web page' };
  if (clipTitle.startsWith(DEAD_CLIP)) return { kind: 'clip failed', reason: 'the clip is a web page' };
  const digest = createHash('sha256').update(`${episodeTitle}/${clipTitle}`).digest();
  const random = new Random(digest.readUInt32BE(0));
  if (!random.chance(FOUND_SHARE)) return { kind: 'absent' };
  const offsets = Array.from({ length: random.int(1, 4) }, () => random.int(0, 3_600_000) * 1_000_000);
  return { kind: 'found', offsetsNs: [...new Set(offsets)].sort((a, b) => a - b) };
}

const CLIPS = 22;
const DEAD_CLIPS = 2;
const EPISODES_A_MINUTE = 20;
const CURATED_AT = '2026-01-01T00:00:00Z';

/** The collection of a run: as much as keeps the researchers busy for the time. */
export function workloadOf(seed: number, minutes: number): Workload {
  const random = new Random(seed).fork();
  const curated = (kind: string, title: string): Curated => ({
    title,
    mediaUri: `https://media.example.org/${kind}/${encodeURIComponent(title)}.mp3`,
    mediaType: 'audio/mpeg',
    initialDateCurated: CURATED_AT,
    lastDateCurated: CURATED_AT,
    priority: random.int(-3, 3),
  });
  const titles = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name} ${n + 1}`);
  const clips = [...titles('Clip', CLIPS), ...titles(DEAD_CLIP, DEAD_CLIPS)];
  const episodes = [...titles('Episode', Math.max(4, Math.round(EPISODES_A_MINUTE * minutes))), `${DEAD_EPISODE} 1`];
  return {
    clips: clips.map((title) => curated('clips', title)),
    episodes: episodes.map((title) => ({
      ...curated('episodes', title),
      dateAired: new Date(Date.UTC(2025, 0, 1 + random.int(0, 364))).toISOString(),
    })),
    bad: [
      { queue: 'CuratedClips', body: '{"title": "cut off' },
      {
        queue: 'CuratedEpisodes',
        body: JSON.stringify({ ...curated('episodes', 'Bad date'), lastDateCurated: 'soon' }),
      },
    ],
  };
}
