import type { DecodedMedia, MediaSubject } from '../media/decode.ts';
import type { AudioFeatures } from './audio-features.ts';
import type { CacheOptions } from './cache-options.ts';
import type { EpisodePart, EpisodePlan } from './episode-parts.ts';
import type { ClipPlays } from './find-clips.ts';
import type { OpenedAudio } from './open-audio.ts';

/** One clip of a block: its file, or the hash of it, by which its features are kept. */
export type BlockClip = { readonly path: string } | { readonly hash: string };

/** What the pool asks a worker thread to do; one task at a time. */
export type WorkerTask =
  | { readonly kind: 'hash-episode'; readonly path: string }
  | { readonly kind: 'read-episode'; readonly hash: string; readonly cache: CacheOptions }
  | { readonly kind: 'keep-episode'; readonly opened: OpenedAudio; readonly cache: CacheOptions }
  | { readonly kind: 'plan-episode'; readonly path: string; readonly ffmpeg: string | false }
  | { readonly kind: 'open-part'; readonly plan: EpisodePlan; readonly part: number }
  | {
      readonly kind: 'find-clips';
      readonly clips: readonly BlockClip[];
      readonly ffmpeg: string | false;
      readonly cache: CacheOptions | undefined;
    };

/** Sent besides tasks: which episode the next clips are looked for in. Not copied: its memory is shared. */
export interface EpisodeMessage {
  readonly kind: 'episode';
  readonly features: AudioFeatures;
}

export interface FoundClip {
  readonly media: DecodedMedia;
  readonly found: ClipPlays;
}

/** What a thread tells while it is at a task. Any of it means that the task goes on. */
export type WorkerNews =
  | { readonly kind: 'progress'; readonly share: number }
  /** The process that the thread waits for, if any: whoever ends the thread must end it too. */
  | { readonly kind: 'child'; readonly pid: number | undefined }
  /** Of find-clips, by the place in the block. `at`: what is begun now; whoever ends the thread knows what it died of. */
  | { readonly kind: 'at'; readonly clip: number }
  /** `next`: what is begun then, for a message of its own takes as long again. */
  | { readonly kind: 'clip-found'; readonly clip: number; readonly of: FoundClip; readonly next?: number | undefined }
  | { readonly kind: 'clip-failed'; readonly clip: number; readonly message: string }
  /** Its features were kept, and are no more: its file is needed. */
  | { readonly kind: 'clip-wanted'; readonly clip: number };

/** How a task ends: each with one of these. */
export type WorkerAnswer =
  | { readonly kind: 'hash'; readonly hash: string }
  /** To read-episode, when nothing is kept; to keep-episode; and to find-clips, when each clip was told. */
  | { readonly kind: 'done' }
  /** To plan-episode: how it is opened in parts; or, of formats that have none, the whole of it. */
  | { readonly kind: 'plan'; readonly plan: EpisodePlan }
  | { readonly kind: 'episode'; readonly opened: OpenedAudio }
  | { readonly kind: 'part'; readonly part: EpisodePart }
  | { readonly kind: 'failed'; readonly message: string; readonly subject: MediaSubject };
