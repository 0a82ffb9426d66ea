import type { Mutant } from './mutant.ts';

const archiving = 'functions/domain/archiving.ts';
const entries = 'functions/archive-entries.ts';
const cached = 'functions/cached-catalogue.ts';

export const collectionMutants: readonly Mutant[] = [
  {
    name: 'an alias is not kept',
    caughtBy: ['COLLECTION'],
    patches: [{ file: entries, find: 'own(decision.names, ordinal);\n        raisesMembers ||=', replace: 'raisesMembers ||=' }],
  },
  {
    name: 'the title decides before the URI',
    caughtBy: ['COLLECTION', 'NOTHING-LOST'],
    patches: [
      { file: archiving, find: 'if (byUri !== undefined && byTitle !== undefined && byUri !== byTitle) {', replace: 'if (byTitle === -1) {' },
    ],
  },
  {
    name: 'a new URI makes no new media',
    caughtBy: ['COLLECTION'],
    patches: [
      { file: archiving, find: 'const media = moved ? { revision: entry.revision + 1, revisedAt: now } : {};', replace: 'const media = {};' },
    ],
  },
  {
    name: 'a moved clip does not raise members',
    caughtBy: ['CATALOGUE'],
    patches: [{ file: entries, find: 'raisesMembers ||= decision.moved;', replace: '' }],
  },
  {
    name: 'an update does not raise content',
    caughtBy: ['CATALOGUE'],
    patches: [{ file: entries, find: 'raisesMembers ||= decision.moved;\n        raisesContent = true;', replace: 'raisesMembers ||= decision.moved;' }],
  },
  {
    name: 'an update does not rewrite the rank',
    caughtBy: ['RANK'],
    patches: [{ file: entries, find: 'reranked(ledger, rankOf(decision.entry as EpisodeEntry))', replace: 'ledger' }],
  },
  {
    name: 'new media of an episode leaves its strikes',
    caughtBy: ['RANK', 'PARKED'],
    patches: [{ file: entries, find: 'decision.moved ? revised(ranked, decision.entry.revision, now) : ranked', replace: 'ranked' }],
  },
  {
    name: 'the first date of curation is overwritten',
    caughtBy: ['COLLECTION'],
    patches: [
      { file: archiving, find: '{ ...stored(info), initialDateCurated: entry.info.initialDateCurated }', replace: '{ ...stored(info), initialDateCurated: info.lastDateCurated }' },
    ],
  },
  {
    name: 'an older description wins',
    caughtBy: ['COLLECTION'],
    patches: [{ file: archiving, find: 'entry.info.lastDateCurated) <= 0) return', replace: 'entry.info.lastDateCurated) === 0) return' }],
  },
  {
    name: 'the catalogue is read before its version',
    caughtBy: ['CATALOGUE'],
    patches: [
      {
        file: cached,
        find: 'const counter = await this.counter();\n',
        replace: 'const early = await this.clips(await this.counter());\n    const counter = await this.counter();\n',
      },
      { file: cached, find: 'inOrder(await this.clips(counter))', replace: 'inOrder(early)' },
    ],
  },
  {
    name: 'the catalogue is cached for good',
    caughtBy: ['CATALOGUE'],
    patches: [{ file: cached, find: 'this.cached?.content === counter.content', replace: 'this.cached !== undefined' }],
  },
];
