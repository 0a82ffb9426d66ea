import type { Mutant } from './mutant.ts';

const byId = 'domain/archiving-by-id.ts';
const claims = 'domain/claims.ts';
const entries = 'functions/curation/archive-entries.ts';

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
    caughtBy: ['COLLECTION', 'IDENTITY'],
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
    patches: [{ file: byId, find: '[{ ...rival, gone: true }]', replace: '[]' }],
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
        find: 'names: changes,\n    newMedium,',
        replace: 'names: changes,\n    newMedium: replaced,',
      },
    ],
  },
];
