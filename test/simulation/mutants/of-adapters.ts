import type { TestedMutant } from './mutant.ts';

const receive = 'functions/completed-research-archivist/receive-batch.ts';
const dynamo = 'functions/stores/dynamo.ts';
const commands = 'test/functions/recorded-commands.test.ts';

/** Breakages of what no seed sees, since the simulation stands on ports or is too small: named tests kill them. */
export const adapterMutants: readonly TestedMutant[] = [
  {
    name: 'the drain never cuts what it writes',
    killedBy: { file: 'test/functions/large-writes.test.ts', test: 'LARGE-1' },
    patches: [
      {
        file: 'functions/completed-research-archivist/record-episode.ts',
        find: 'if (!room.take(clip)) {',
        replace: 'if (!room) {',
      },
    ],
  },
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
    name: 'caught up when some messages are newer',
    killedBy: { file: commands, test: 'RECEIVE-2' },
    patches: [{ file: receive, find: 'messages.every((message)', replace: 'messages.some((message)' }],
  },
  {
    name: 'caught up after one receive',
    killedBy: { file: commands, test: 'RECEIVE-2' },
    patches: [{ file: receive, find: 'NEWER_IN_SUCCESSION = 5', replace: 'NEWER_IN_SUCCESSION = 1' }],
  },
  {
    name: 'the drain polls short',
    killedBy: { file: commands, test: 'RECEIVE-1' },
    patches: [
      { file: 'functions/queues/sqs-queues.ts', find: 'LONG_POLL_SECONDS = 1', replace: 'LONG_POLL_SECONDS = 0' },
    ],
  },
  {
    name: 'looking again is unbounded',
    killedBy: { file: commands, test: 'LOOK-1' },
    patches: [
      {
        file: 'functions/pending-research-archivist/choose-work.ts',
        find: 'LOOK_AGAIN_AT_MOST = 100',
        replace: 'LOOK_AGAIN_AT_MOST = 100_000',
      },
    ],
  },
  {
    name: 'batches are read from any replica',
    killedBy: { file: commands, test: 'STRONG' },
    patches: [{ file: dynamo, find: 'Keys, ConsistentRead: true', replace: 'Keys, ConsistentRead: false' }],
  },
  {
    name: 'keys that were not processed are dropped',
    killedBy: { file: commands, test: 'STRONG' },
    patches: [
      {
        file: dynamo,
        find: 'UnprocessedKeys?.[this.name]?.Keys ?? []',
        replace: 'UnprocessedKeys?.[this.name]?.Keys?.slice(0, 0) ?? []',
      },
    ],
  },
  {
    name: 'an old view of the control item is believed',
    killedBy: { file: 'test/contracts/control-item.test.ts', test: 'nothing is judged to be unchanged by an old view' },
    patches: [
      {
        file: 'functions/stores/dynamo-ledgers.ts',
        find: 'if (seen === undefined) return control;\n        continue;',
        replace: 'return control;',
      },
    ],
  },
  {
    name: 'facts of another address are kept',
    killedBy: { file: commands, test: 'FACTS-2' },
    patches: [
      {
        file: 'functions/stores/dynamo-facts.ts',
        find: 'mediaUri = :uri AND (',
        replace: '(',
      },
    ],
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
    name: 'a result without an id is that of whoever is at its address now',
    killedBy: { file: 'test/functions/results-without-id.test.ts', test: 'RESOLVE-3' },
    patches: [
      {
        file: 'functions/completed-research-archivist/resolve.ts',
        find: 'there !== undefined && (await isItsOwn(there)) ? there : undefined',
        replace: 'there',
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
