/**
 * Settings under which minutes are enough to see what takes hours: everything as short as the relations of the
 * settings allow. `strikeMemory` outlasts the run, so that only something that fails four of five researchers is parked.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  leaseDuration: '61',
  silenceLimit: '9',
  heartbeat: '3',
  rest1: '1',
  rest2: '1',
  rest3: '2',
  retryRest: '1',
  strikeMemory: '3600',
  reopenInterval: '0',
  clipsPerItem: '6',
  // Items of a second are done before a run sees that somebody works on them, so what waits must suffice for all.
  minimumWaiting: '5',
  batchingWindow: '0',
  curationTimeout: '6',
  assignTimeout: '15',
  drainTimeout: '16',
  drainVisibility: '17',
  pendingVisibility: '5',
};

export const PERIOD_SECONDS = 1;

/** Strikes count once a researcher: four of these must fail at something before it is parked. */
export const RESEARCHERS = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve'] as const;
