import type { TestedMutant } from './mutant.ts';

const receive = 'functions/completed-research-archivist/receive-batch.ts';
const resolve = 'functions/completed-research-archivist/resolve.ts';
const commands = 'test/functions/recorded-commands.test.ts';

/** Breakages of what no seed sees, since the simulation stands on ports or is too small, or one in thousands: named tests kill them. */
export const adapterMutants: readonly TestedMutant[] = [
  {
    name: 'assignment never cuts what it writes',
    killedBy: { file: 'test/functions/large-writes.test.ts', test: 'LARGE-3' },
    patches: [
      {
        file: 'functions/pending-research-archivist/drafts.ts',
        find: 'return clips.every((clip) => room.take(clip));',
        replace: 'return clips.length >= 0 && room !== undefined;',
      },
    ],
  },
  {
    name: 'writes are cut by items alone',
    killedBy: { file: 'test/functions/large-writes.test.ts', test: 'LARGE-5' },
    patches: [
      {
        file: 'functions/stores/write-room.ts',
        find: 'this.items < 2 || this.bytes < bytes',
        replace: 'this.items < 2',
      },
    ],
  },
  {
    name: 'the queue was empty from its last empty receive on',
    killedBy: { file: commands, test: 'RECEIVE-3' },
    patches: [{ file: receive, find: 'Math.min(...empties)', replace: 'Math.max(...empties)' }],
  },
  {
    name: 'facts as they were read go back with every update',
    killedBy: { file: commands, test: 'FACTS-1' },
    patches: [
      {
        file: 'functions/stores/dynamo-collection.ts',
        find: 'newMedium ? { ...curated, ...noFacts } : curated',
        replace: 'newMedium ? { ...curated, ...noFacts } : attributes',
      },
    ],
  },
  {
    name: 'facts are kept of whatever recording is there',
    killedBy: { file: 'test/contracts/dynoxide.test.ts', test: 'FINDING-6' },
    patches: [
      {
        file: 'functions/stores/dynamo-facts.ts',
        find: "recording === 1 ? 'attribute_not_exists(#recording) OR ' : ''",
        replace: "'attribute_exists(mediaUri) OR '",
      },
    ],
  },
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
    name: 'an episode that was joined to another one is researched on',
    killedBy: { file: 'test/functions/archive-entries.test.ts', test: 'ARCHIVE-23' },
    patches: [
      {
        file: 'functions/curation/archive-entries.ts',
        find: 'gone === true || sameAs !== undefined ?',
        replace: 'gone === true ?',
      },
    ],
  },
  {
    name: 'what was joined to another entry is taken for one of its own',
    killedBy: { file: 'test/functions/archive-entries.test.ts', test: 'ARCHIVE-23' },
    patches: [
      {
        file: 'domain/claims.ts',
        find: 'while (entry?.sameAs !== undefined) entry = entryOf(entry.sameAs);',
        replace: '',
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
    name: 'a finding of an older recording says that the one of now was found',
    killedBy: { file: 'test/functions/recordings.test.ts', test: 'RECORDING-8' },
    patches: [
      {
        file: 'domain/reports.ts',
        find: 'report.found === true && isNewest',
        replace: 'report.found === true',
      },
    ],
  },
  {
    name: 'a result of an older recording ends the work on the one that came since',
    killedBy: { file: 'test/domain/reports.test.ts', test: 'RECORDING-9' },
    patches: [
      {
        file: 'domain/reports.ts',
        find: 'leasedRecording(lease, clip.ordinal) <= recordingOf(clip);',
        replace: 'leasedRecording(lease, clip.ordinal) > 0;',
      },
    ],
  },
  {
    name: 'an episode moved when a clock says so that may be behind those of its leases',
    killedBy: { file: 'test/domain/ledger.test.ts', test: 'LEDGER-4' },
    patches: [{ file: 'domain/ledger.ts', find: 'revisedAt: afterLeases(ledger, now)', replace: 'revisedAt: now' }],
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
  {
    name: 'a run that passed over enough says that nothing is left',
    killedBy: { file: 'test/functions/assign-research.test.ts', test: 'ASSIGN-25' },
    patches: [
      {
        file: 'functions/pending-research-archivist/choose-work.ts',
        find: "chosen.end = 'enough passed over';",
        replace: "chosen.end = 'nothing left to assign';",
      },
    ],
  },
];
