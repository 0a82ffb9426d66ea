/** What became of the reports of one ledger, for metrics and people. */
export interface ReportCounts {
  /** Pairs that were recorded now. */
  readonly researched: number;
  /** Those of them without offsets. */
  readonly negatives: number;
  /** Results of pairs that had one already and say nothing new. */
  readonly duplicates: number;
  /** Results of recordings that are not there any more: they are not recorded, and their pairs are researched again. */
  readonly outdated: number;
  /** Recorded results whose lease had ended, or that named none. */
  readonly late: number;
  /** Failures that counted while their lease held the clip or the episode. */
  readonly failuresCounted: number;
  /** Pairs struck by a refusal. */
  readonly pairsStruck: number;
  readonly clipsStruck: number;
  readonly episodesStruck: number;
  readonly parked: number;
}

export const NOTHING: ReportCounts = {
  researched: 0,
  negatives: 0,
  duplicates: 0,
  outdated: 0,
  late: 0,
  failuresCounted: 0,
  pairsStruck: 0,
  clipsStruck: 0,
  episodesStruck: 0,
  parked: 0,
};
