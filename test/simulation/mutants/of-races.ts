import type { TestedMutant } from './mutant.ts';

const resolve = 'functions/completed-research-archivist/resolve.ts';

/**
 * Breakages of conditions that matter in races of which one seed in thousands has one: 200 seeds kill none of them. They are
 * not counted among the mutants, but each is shown to its named test beside those.
 */
export const raceMutants: readonly TestedMutant[] = [
  {
    name: 'who takes an address asks whose it is, and not since when',
    killedBy: { file: 'test/contracts/dynoxide.test.ts', test: 'COLLECTION-4b' },
    patches: [
      {
        file: 'functions/stores/name-item.ts',
        find: "at === undefined ? 'attribute_not_exists(#at)' : '#at = :at'",
        replace: "at === undefined ? 'attribute_exists(pk)' : '#at = :at'",
      },
    ],
  },
  {
    name: 'a message is refused for what was so at no moment',
    killedBy: { file: 'test/functions/archive-entries.test.ts', test: 'ARCHIVE-24' },
    patches: [
      {
        file: 'functions/curation/archive-entries.ts',
        find: "outcomes.some((outcome) => outcome.kind === 'refused')",
        replace: 'outcomes.length === 0',
      },
    ],
  },
  {
    name: 'a result whose offsets were not kept counts if what it is of has come back by then',
    killedBy: { file: 'test/functions/recordings.test.ts', test: 'RECORDING-12' },
    patches: [{ file: 'domain/reports.ts', find: 'report.turnedAway === true || ', replace: '' }],
  },
  {
    name: 'what was reported of the file of before is of the one that came while the run went on',
    killedBy: { file: 'test/domain/trial.test.ts', test: 'TRIAL-2' },
    patches: [
      {
        file: 'domain/trial.ts',
        find: 'clip?.revision === known.revision && recordingOf(clip) === recordingOf(known);',
        replace: 'clip !== undefined && recordingOf(known) > 0;',
      },
    ],
  },
  {
    name: 'who knows less than is noted of clips notes what it was told all the same',
    killedBy: { file: 'test/domain/trial.test.ts', test: 'TRIAL-2' },
    patches: [{ file: 'domain/trial.ts', find: 'latest < tried.asOf && ', replace: 'latest < 0 && ' }],
  },
  {
    name: 'names of an episode that was joined to another one lead to it',
    killedBy: { file: 'test/functions/results-without-id.test.ts', test: 'RESOLVE-6' },
    patches: [
      {
        file: resolve,
        find: 'return sameAs === undefined ? ordinal : standingEpisode(sameAs, leaseId);',
        replace: 'return sameAs === undefined ? ordinal : ordinal;',
      },
    ],
  },
  {
    name: 'whatever what was joined was called is the one that stands for it',
    killedBy: { file: 'test/functions/results-without-id.test.ts', test: 'RESOLVE-9' },
    patches: [
      { file: resolve, find: '?? (await meantBy(titled)) ?? titled', replace: '?? (titled && standing(titled))' },
    ],
  },
  {
    name: 'who was joined to another entry keeps that one from being meant at its address',
    killedBy: { file: 'test/functions/results-without-id.test.ts', test: 'RESOLVE-7' },
    patches: [
      { file: resolve, find: 'clip.gone === true && clip.sameAs === undefined', replace: 'clip.gone === true' },
    ],
  },
  {
    name: 'a lease of what came by a clock that is ahead is of what was before',
    killedBy: { file: 'test/domain/leases.test.ts', test: 'LEASE-10' },
    patches: [
      { file: 'domain/leases.ts', find: 'Math.max(now, ledger.revisedAt, ledger.recording?.at ?? 0)', replace: 'now' },
    ],
  },
  {
    name: 'a late result of the file of before that comes first keeps the present one from clearing its strikes',
    killedBy: { file: 'test/domain/reports.test.ts', test: 'REPORT-13' },
    patches: [
      {
        file: 'domain/reports.ts',
        find: 'if (draft.ofOtherFiles.has(clip.ordinal)) clearedBy(draft, report, clip);',
        replace: '',
      },
    ],
  },
  {
    name: 'newer messages say that the older ones are received, although another drain received beside',
    killedBy: { file: 'test/domain/control.test.ts', test: 'CONTROL-3' },
    patches: [{ file: 'domain/control.ts', find: 'if (hiding || took) return', replace: 'if (hiding) return' }],
  },
];
