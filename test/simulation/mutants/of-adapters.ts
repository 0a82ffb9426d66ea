import type { TestedMutant } from './mutant.ts';

const receive = 'functions/completed-research-archivist/receive-batch.ts';
const commands = 'test/functions/recorded-commands.test.ts';

/** Breakages of what no seed sees, since the simulation stands on ports or is too small: named tests kill them. */
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
];
