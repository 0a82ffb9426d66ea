import type { Mutant } from './mutant.ts';

const byId = 'domain/archiving-by-id.ts';
const authority = 'const [has, brings] = [authorityOf(entry), authorityOf({ info })];';
const claims = 'domain/claims.ts';
const entries = 'functions/curation/archive-entries.ts';

const reports = 'domain/reports.ts';
const recording = 'domain/recording.ts';
const ledger = 'domain/ledger.ts';

export const identityMutants: readonly Mutant[] = [
  {
    name: 'the address decides before the id',
    caughtBy: ['COLLECTION', 'IDENTITY'],
    patches: [
      {
        file: byId,
        find: 'ownerOf(names.id) ?? unnamedThere',
        replace: 'there ?? ownerOf(names.id) ?? unnamedThere',
      },
    ],
  },
  {
    name: 'an id is one in all sources',
    caughtBy: ['COLLECTION', 'IDENTITY', 'ITEM'],
    patches: [
      {
        file: 'domain/identity.ts',
        find: "named(kind, 'id', source, sourceId)",
        replace: "named(kind, 'id', '', sourceId)",
      },
    ],
  },
  {
    name: 'a title leads to an entry of another source',
    caughtBy: ['COLLECTION', 'IDENTITY'],
    patches: [
      {
        file: 'domain/identity.ts',
        find: 'if (sourceId !== undefined) return { uri, id: idName(kind, source, sourceId), ...late };',
        replace:
          'if (sourceId !== undefined) return { uri, id: titleName(kind, info) ?? idName(kind, source, sourceId), ...late };',
      },
    ],
  },
  {
    name: 'of two descriptions of a source the one that comes last counts',
    caughtBy: ['COLLECTION', 'IDENTITY'],
    patches: [
      {
        file: claims,
        find: 'return order === 0 ? canonical(a) > canonical(b) : order > 0;',
        replace: 'return order !== 0;',
      },
    ],
  },
  {
    name: 'who loses its address does not know',
    caughtBy: ['IDENTITY'],
    patches: [{ file: byId, find: '{ ...rival, gone: true } : rival', replace: 'rival : rival' }],
  },
  {
    name: 'what is said to be back stays gone',
    caughtBy: ['IDENTITY'],
    patches: [
      {
        file: byId,
        find: 'const gone = isNewest ? !wins : before.gone === true;',
        replace: 'const gone = before.gone === true || (isNewest && !wins);',
      },
    ],
  },
  {
    name: 'an episode that is gone is researched on',
    caughtBy: ['IDENTITY'],
    patches: [{ file: entries, find: '? goneFrom(ledger) : cameBack(ledger)', replace: '? ledger : cameBack(ledger)' }],
  },
  {
    name: 'a clip that is gone is leased',
    caughtBy: ['ORDER', 'COMPLETE', 'END'],
    patches: [
      {
        file: 'domain/collection.ts',
        find: 'removed === true || gone === true || sameAs',
        replace: 'removed === true || sameAs',
      },
    ],
  },
  {
    name: 'a source that moves a clip does not raise the version that complete episodes are judged by',
    caughtBy: ['CATALOGUE'],
    patches: [
      {
        file: byId,
        find: 'others, names: changes };',
        replace: 'others, names: changes, newMedium: next.revision !== stands.info.revision };',
      },
    ],
  },
  {
    name: 'a result that says that it is of an older recording counts',
    caughtBy: ['RECORDING'],
    patches: [{ file: recording, find: 'return told !== now.revision;', replace: 'return false;' }],
  },
  {
    name: 'who does not say of which recording a result is is believed',
    caughtBy: ['RECORDING'],
    patches: [{ file: recording, find: 'leased === undefined || leased < now.number', replace: 'false' }],
  },
  {
    name: 'a result of an older recording takes its pair out of whatever lease holds it now',
    caughtBy: ['LEASE-CHANGE'],
    patches: [
      {
        file: reports,
        find: 'if (draft.left.get(leaseId)?.delete(clip.ordinal) === true) draft',
        replace: 'if ([...draft.left.values()].some((left) => left.delete(clip.ordinal))) draft',
      },
    ],
  },
  {
    name: 'another recording of an episode frees no pair that is researched',
    caughtBy: ['RECORDING'],
    patches: [
      {
        file: ledger,
        find: ', researched: Bitset.empty, found: Bitset.empty });\n}\n\n/** Nothing',
        replace: ' });\n}\n\n/** Nothing',
      },
    ],
  },
  {
    name: 'another recording of a clip frees no pair that is researched',
    caughtBy: ['COMPLETE', 'ACCOUNTED', 'WAITING', 'IDLE', 'ORDER', 'END', 'NOTHING-LOST', 'DRAINED'],
    patches: [{ file: ledger, find: 'return needed === 1 || (', replace: 'return needed > 0 || (' }],
  },
  {
    name: 'a finding does not say of which recordings it is',
    caughtBy: ['RECORDING', 'FINDINGS', 'NOTHING-LOST', 'DRAINED'],
    patches: [
      {
        file: 'functions/completed-research-archivist/record-episode.ts',
        find: '...(ofEpisode !== undefined && { episodeRecording: ofEpisode }),',
        replace: '',
      },
    ],
  },
  {
    name: 'a late result of an older recording measures the new one',
    caughtBy: ['RECORDING'],
    patches: [
      {
        file: 'functions/completed-research-archivist/record-episode.ts',
        find: "report.kind === 'result' && !isOld(report, ledger, catalogue));",
        replace: "report.kind === 'result');",
      },
    ],
  },
  {
    name: 'strikes and facts of an older recording stay',
    caughtBy: ['RECORDING', 'COLLECTION'],
    patches: [
      {
        file: 'domain/redescribing.ts',
        find: 'entry.info.mediaUri || replaced || (',
        replace: 'entry.info.mediaUri || (',
      },
    ],
  },
  {
    name: 'when its lease was made says which recording of a clip is meant, and not what the work item named',
    caughtBy: ['RECORDING'],
    patches: [
      {
        file: reports,
        find: 'lease && leasedRecording(lease, clip.ordinal)',
        replace: 'lease && (lease.created < (recording?.at ?? 0) ? 1 : recording?.number)',
      },
    ],
  },
  {
    name: 'a lease does not say which recordings its work item names',
    caughtBy: ['END'],
    patches: [{ file: recording, find: '...(later.length > 0 && {', replace: '...(later.length < 0 && {' }],
  },
  {
    name: 'a lease is for newer recordings than its work item names',
    caughtBy: ['ITEM', 'RECORDING'],
    patches: [
      {
        file: recording,
        find: '[clip.ordinal, recordingOf(clip)]',
        replace: '[clip.ordinal, recordingOf(clip) + 1]',
      },
    ],
  },
  {
    name: 'a work item does not say which recordings of clips it is for',
    caughtBy: ['ITEM', 'RECORDING'],
    patches: [
      {
        file: 'functions/pending-research-archivist/work-item.ts',
        find: '...(revision !== undefined && { revision }),',
        replace: '',
      },
    ],
  },
  {
    name: 'facts of another address are kept',
    caughtBy: ['RECORDING'],
    patches: [
      {
        file: 'test/support/memory/memory-collection.ts',
        find: 'entry.info.mediaUri !== mediaUri || ',
        replace: '',
      },
    ],
  },
  {
    name: 'facts of another recording are kept',
    caughtBy: ['RECORDING'],
    patches: [
      {
        file: 'test/support/memory/memory-collection.ts',
        find: ' || recordingOf(entry) !== recording',
        replace: '',
      },
    ],
  },
  // Messages without a source that mean what a source names.
  {
    name: 'a message without a source describes what a source names',
    caughtBy: ['IDENTITY'],
    patches: [{ file: 'domain/archiving.ts', find: authority, replace: 'const has = 0 as 0 | 1 | 2, brings = has;' }],
  },
  {
    name: 'what came without a source counts against its source, if it is newer',
    caughtBy: ['IDENTITY'],
    patches: [
      { file: byId, find: 'const named = ones.filter((one) => authorityOf(one) > 1);', replace: 'const named = ones;' },
    ],
  },
  {
    name: 'an address that only a message without a source gave to an entry makes two sources’ entries one',
    caughtBy: ['IDENTITY', 'COLLECTION'],
    patches: [{ file: byId, find: 'return authorityOf(owner) > 1 && !isOrWasThere;', replace: 'return false;' }],
  },
];
