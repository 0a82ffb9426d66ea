import type { Mutant } from './mutant.ts';

/** Breakages that show only where what is rare happens often: in the seeds of a profile. */
export const profileMutants: readonly Mutant[] = [
  {
    name: 'a late result of the file of before counts for the present one',
    caughtBy: ['TRIAL', 'STRIKES'],
    patches: [
      {
        file: 'domain/reports.ts',
        find: 'return lease !== undefined && isLeasedFile(lease, clip);',
        replace: 'return lease === undefined || !isLeasedFile(lease, clip);',
      },
    ],
  },
  {
    name: 'what has waited for five minutes is as good as lost',
    caughtBy: ['TRIAL'],
    patches: [{ file: 'domain/trial.ts', find: '.slice(0, visible)', replace: '.slice(0, 0)' }],
  },
  {
    name: 'a late result of the file of before clears what the present one struck',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: 'domain/reports.ts',
        find: 'if (!isOfPresentFile(report, draft.ledger, clip)) {',
        replace: 'if (draft.ledger === undefined) {',
      },
    ],
  },
  {
    name: 'the title decides before the address when a result is matched',
    caughtBy: ['RECORDED-STAYS', 'NOTHING-LOST'],
    patches: [
      {
        file: 'functions/completed-research-archivist/resolve.ts',
        find: "(await meantBy(owners.get(uri ?? ''))) ?? (await meantBy(titled)) ?? titled;",
        replace: "titled ?? (await meantBy(owners.get(uri ?? '')));",
      },
    ],
  },
  {
    name: 'a run keeps the entry of an episode that gets another recording meanwhile',
    caughtBy: ['ITEM'],
    patches: [
      {
        file: 'functions/pending-research-archivist/publish-work.ts',
        find: 'known.revision >= revision',
        replace: 'known.revision > 0',
      },
    ],
  },
  {
    name: 'a lease whose last word the horizon has not passed yet may lapse',
    caughtBy: ['LEASE-END'],
    patches: [{ file: 'domain/leases.ts', find: 'if (lease.lastWord !== undefined) return undefined;', replace: '' }],
  },
  {
    name: 'what is stored of a report does not tell which recordings it is of',
    caughtBy: ['RECORDING', 'FINDINGS'],
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
    caughtBy: ['IDENTITY'],
    patches: [
      {
        file: 'domain/archiving-by-id.ts',
        find: 'rival === undefined || !wins ? [] :',
        replace: 'rival?.info.mediaUri !== info.mediaUri || !wins ? [] :',
      },
    ],
  },
  {
    name: 'who comes back to an address does not notice that another has taken it since its names were read',
    caughtBy: ['IDENTITY'],
    patches: [
      {
        file: 'domain/archiving-by-id.ts',
        find: '(comes || joined !== undefined) ? stillOwned(known, names.uri) : []',
        replace: '(comes || joined !== undefined) ? [] : []',
      },
    ],
  },
  {
    name: 'the drain never cuts what it writes',
    caughtBy: ['NO-BUGS'],
    patches: [
      {
        file: 'functions/completed-research-archivist/record-episode.ts',
        find: 'if (!room.take(clip)) {',
        replace: 'if (!room) {',
      },
    ],
  },
  {
    name: 'caught up when some messages are newer',
    caughtBy: ['DRAINED'],
    patches: [
      {
        file: 'functions/completed-research-archivist/receive-batch.ts',
        find: 'messages.every((message)',
        replace: 'messages.some((message)',
      },
    ],
  },
  {
    name: 'caught up after one receive',
    caughtBy: ['DRAINED'],
    patches: [
      {
        file: 'functions/completed-research-archivist/receive-batch.ts',
        find: 'NEWER_IN_SUCCESSION = 5',
        replace: 'NEWER_IN_SUCCESSION = 1',
      },
    ],
  },
  {
    name: 'looking again is unbounded',
    caughtBy: ['WAITING'],
    patches: [
      {
        file: 'functions/pending-research-archivist/choose-work.ts',
        find: 'LOOK_AGAIN_AT_MOST = 100',
        replace: 'LOOK_AGAIN_AT_MOST = 100_000',
      },
    ],
  },
  {
    name: 'a result without an id is that of whoever is at its address now',
    caughtBy: ['RECORDED-STAYS', 'TRIAL', 'RECORDING'],
    patches: [
      {
        file: 'functions/completed-research-archivist/resolve.ts',
        find: 'stands !== undefined && (await isItsOwn(stands)) ? stands : undefined',
        replace: 'stands',
      },
    ],
  },
  {
    name: 'the drain polls short',
    caughtBy: ['DRAINED'],
    patches: [
      { file: 'functions/queues/sqs-queues.ts', find: 'LONG_POLL_SECONDS = 1', replace: 'LONG_POLL_SECONDS = 0' },
    ],
  },
  {
    name: 'batches are read from any replica',
    caughtBy: ['NO-BUGS', 'CATALOGUE'],
    patches: [
      {
        file: 'functions/stores/dynamo.ts',
        find: 'Keys, ConsistentRead: true',
        replace: 'Keys, ConsistentRead: false',
      },
    ],
  },
  {
    name: 'keys that were not processed are dropped',
    caughtBy: ['NO-BUGS', 'CATALOGUE'],
    patches: [
      {
        file: 'functions/stores/dynamo.ts',
        find: 'UnprocessedKeys?.[this.name]?.Keys ?? []',
        replace: 'UnprocessedKeys?.[this.name]?.Keys?.slice(0, 0) ?? []',
      },
    ],
  },
  {
    name: 'an old view of the control item is believed',
    caughtBy: ['VERSION'],
    patches: [
      {
        file: 'functions/stores/dynamo-ledgers.ts',
        find: 'if (seen === undefined) return control;\n        continue;',
        replace: 'return control;',
      },
    ],
  },
  {
    name: 'an episode that was joined to another one is researched on',
    caughtBy: ['IDENTITY'],
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
    caughtBy: ['COLLECTION'],
    patches: [
      {
        file: 'domain/claims.ts',
        find: 'while (entry?.sameAs !== undefined) entry = entryOf(entry.sameAs);',
        replace: '',
      },
    ],
  },
  {
    name: 'an episode moved when a clock says so that may be behind those of its leases',
    caughtBy: ['STRIKES'],
    patches: [{ file: 'domain/ledger.ts', find: 'revisedAt: afterLeases(ledger, now)', replace: 'revisedAt: now' }],
  },
  {
    name: 'a run that passed over enough says that nothing is left',
    caughtBy: ['IDLE'],
    patches: [
      {
        file: 'functions/pending-research-archivist/choose-work.ts',
        find: "chosen.end = 'enough passed over';",
        replace: "chosen.end = 'nothing left to assign';",
      },
    ],
  },
];
