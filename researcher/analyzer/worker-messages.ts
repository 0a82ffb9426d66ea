import type { DecodedMedia, MediaSubject } from '../media/decode.ts';
import type { AudioFeatures } from './audio-features.ts';
import type { ClipCacheOptions } from './clip-cache.ts';
import type { EpisodePart, EpisodePlan } from './episode-parts.ts';
import type { ClipPlays } from './find-clips.ts';
import type { OpenedAudio } from './open-audio.ts';

/** What the pool asks a worker thread to do; one task at a time. */
export type WorkerTask =
  | { readonly kind: 'plan-episode'; readonly path: string; readonly ffmpeg: string | false }
  | { readonly kind: 'open-part'; readonly plan: EpisodePlan; readonly part: number }
  | {
      readonly kind: 'find-clip';
      readonly path: string;
      readonly ffmpeg: string | false;
      readonly cache: ClipCacheOptions | undefined;
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

export type WorkerAnswer =
  | { readonly kind: 'progress'; readonly share: number }
  /** The process that the thread waits for, if any: whoever ends the thread must end it too. */
  | { readonly kind: 'child'; readonly pid: number | undefined }
  /** To plan-episode: how it is opened in parts; or, of formats that have none, the whole of it. */
  | { readonly kind: 'plan'; readonly plan: EpisodePlan }
  | { readonly kind: 'episode'; readonly opened: OpenedAudio }
  | { readonly kind: 'part'; readonly part: EpisodePart }
  | { readonly kind: 'clip'; readonly clip: FoundClip }
  | { readonly kind: 'failed'; readonly message: string; readonly subject: MediaSubject };
