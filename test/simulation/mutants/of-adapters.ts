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
    // A seed in three hundred sees it.
    name: 'a late result of the file of before counts for the present one',
    killedBy: { file: 'test/functions/trials.test.ts', test: 'TRIAL-5' },
    patches: [
      {
        file: 'domain/reports.ts',
        find: '(liveLease(ledger, leaseId)?.clipRevisions?.get(ordinal) ?? 1) >= revision',
        replace: '(liveLease(ledger, leaseId)?.clipRevisions?.get(ordinal) ?? 1) < revision',
      },
    ],
  },
  {
    name: 'what has waited for five minutes is as good as lost',
    killedBy: { file: 'test/domain/trial.test.ts', test: 'TRIAL-1' },
    patches: [{ file: 'domain/trial.ts', find: '.slice(0, visible)', replace: '.slice(0, 0)' }],
  },
  {
    name: 'a late result of the file of before clears what the present one struck',
    killedBy: { file: 'test/functions/trials.test.ts', test: 'TRIAL-5' },
    patches: [
      {
        file: 'domain/reports.ts',
        find: 'isOfPresentFile(report, ledger, clip) ? cleared(clip.strikes) : clip.strikes;',
        replace: 'cleared(clip.strikes);',
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
    name: 'the title decides before the address when a result is matched',
    killedBy: { file: commands, test: 'RESOLVE-1' },
    patches: [
      {
        file: 'functions/completed-research-archivist/resolve.ts',
        find: "meant ?? owners.get(title ?? '')",
        replace: "owners.get(title ?? '') ?? meant",
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
    name: 'a run keeps the entry of an episode that gets another recording meanwhile',
    killedBy: { file: 'test/functions/recordings.test.ts', test: 'RECORDING-7' },
    patches: [
      {
        file: 'functions/pending-research-archivist/publish-work.ts',
        find: 'known.revision >= revision',
        replace: 'known.revision > 0',
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
  {
    // A seed in five thousand sees it.
    name: 'a lease whose last word the horizon has not passed yet may lapse',
    killedBy: { file: 'test/domain/leases.test.ts', test: 'a last word that the horizon has not passed yet' },
    patches: [{ file: 'domain/leases.ts', find: 'if (lease.lastWord !== undefined) return undefined;', replace: '' }],
  },
  {
    // A seed in five thousand sees it.
    name: 'what is stored of a report does not tell which recordings it is of',
    killedBy: { file: 'test/functions/recordings.test.ts', test: 'RECORDING-10' },
    patches: [
      {
        file: 'functions/completed-research-archivist/record-episode.ts',
        find: 'if (isKnown) known.set(',
        replace: 'if (!isKnown) known.set(',
      },
    ],
  },
  {
    name: 'who takes an address that another has left does not notice that it comes back',
    killedBy: { file: 'test/functions/archive-entries.test.ts', test: 'ARCHIVE-20' },
    patches: [
      {
        file: 'domain/archiving-by-id.ts',
        find: 'rival === undefined || !wins ? [] :',
        replace: 'rival?.info.mediaUri !== info.mediaUri || !wins ? [] :',
      },
    ],
  },
];
