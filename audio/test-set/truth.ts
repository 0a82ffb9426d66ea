/** truth.json of a test set. `offset` is where the clip's first sample lies in the episode, in seconds, also if cut off. */
export interface Truth {
  /** File of the episode, relative to truth.json. */
  readonly episode: string;
  readonly clips: readonly {
    readonly id: string;
    readonly kind: string;
    readonly present: boolean;
    readonly variantOf?: string;
    /** Clips that have some of the same audio. */
    readonly shares?: readonly string[];
  }[];
  readonly plays: {
    readonly clip: string;
    readonly offset: number;
    readonly class: string;
    readonly seconds?: number;
    readonly overTalkDb?: number;
  }[];
  readonly seed?: number;
  readonly minutes?: number;
  readonly profile?: string;
  /** What spoke. */
  readonly talk?: string;
}
