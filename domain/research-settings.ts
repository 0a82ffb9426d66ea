/** The numbers that the rules of research depend on. Durations are in seconds; lib/settings.ts has the values and their reasons. */
export interface ResearchSettings {
  /** A lease that nobody signed ends so long after its creation; so does a signed one after its last result. */
  readonly leaseDuration: number;
  /** A signed lease lapses after so long without a sign of life. */
  readonly silenceLimit: number;
  /** How often researchers are asked to send a sign of life. */
  readonly heartbeat: number;
  /** Rest after the first, second and third counted strike. */
  readonly rest1: number;
  readonly rest2: number;
  readonly rest3: number;
  /** A pair that failed or was struck is not leased again for so long, counted or not. */
  readonly retryRest: number;
  /** A second strike by the same researcher within this time does not count. */
  readonly strikeMemory: number;
  /** How long a result of an unknown clip or episode is kept for curation to catch up. */
  readonly unknownRetry: number;
  /** The archive re-opens completed episodes for new clips at most once in this time. */
  readonly reopenInterval: number;
  /** Work items that wait for researchers even when there is none (a count). */
  readonly minimumWaiting: number;
  /** Clips in one work item, at most (a count). */
  readonly clipsPerItem: number;
}
