import type { Mutant } from './mutant.ts';

const archiving = 'domain/archiving.ts';
const batch = 'domain/archive-batch.ts';
const entries = 'functions/curation/archive-entries.ts';
const cached = 'functions/stores/cached-catalogue.ts';

export const collectionMutants: readonly Mutant[] = [
  {
    name: 'an alias is not kept',
    caughtBy: ['COLLECTION'],
    patches: [{ file: batch, find: 'this.rename(decision.names.map((name) => ({ name, ordinal })));', replace: '' }],
  },
  {
    name: 'the title decides before the URI',
    caughtBy: ['COLLECTION', 'NOTHING-LOST'],
    patches: [
      {
        file: archiving,
        find: 'if (there !== undefined && called !== undefined && there.ordinal !== called.ordinal)',
        replace: 'if (called?.ordinal === -1 && there !== undefined)',
      },
    ],
  },
  {
    name: 'a new URI makes no new media',
    caughtBy: ['COLLECTION'],
    patches: [
      {
        file: 'domain/redescribing.ts',
        find: '...(newMedium && { revision: entry.revision + 1, revisedAt: now }),',
        replace: '',
      },
    ],
  },
  {
    name: 'a moved clip does not raise assignableVersion',
    caughtBy: ['CATALOGUE'],
    patches: [{ file: batch, find: 'decision.entry, [], decision.moved);', replace: 'decision.entry, [], false);' }],
  },
  {
    name: 'an update does not raise catalogueVersion',
    caughtBy: ['CATALOGUE'],
    patches: [
      {
        file: entries,
        find: "raisesCatalogue: kind === 'clip',",
        replace: 'raisesCatalogue: batch.lastOrdinal > lastOrdinal,',
      },
    ],
  },
  {
    name: 'an update does not rewrite the rank',
    caughtBy: ['RANK'],
    patches: [{ file: entries, find: 'const ranked = reranked(ledger, rank);', replace: 'const ranked = ledger;' }],
  },
  {
    name: 'new media of an episode leaves its strikes',
    caughtBy: ['RANK', 'PARKED'],
    patches: [
      {
        file: entries,
        find: 'episode.revision > ledger.revision ? revised(ranked, episode.revision, now) : ranked',
        replace: 'ranked',
      },
    ],
  },
  {
    name: 'the first date of curation is overwritten',
    caughtBy: ['COLLECTION'],
    patches: [
      {
        file: archiving,
        find: '{ ...described(info), initialDateCurated: entry.info.initialDateCurated }',
        replace: '{ ...described(info), initialDateCurated: info.lastDateCurated }',
      },
    ],
  },
  {
    name: 'the names of an older description that comes late are lost',
    caughtBy: ['COLLECTION'],
    patches: [{ file: archiving, find: 'return fresh.length === 0 ?', replace: 'return fresh.length >= 0 ?' }],
  },
  {
    name: 'an episode that moves in the batch of its insertion has the ledger of its old media',
    caughtBy: ['RANK'],
    patches: [
      {
        file: entries,
        find: 'episode.revision > ledger.revision ?',
        replace: '!inserted && episode.revision > ledger.revision ?',
      },
    ],
  },
  {
    name: 'an older description wins',
    caughtBy: ['COLLECTION'],
    patches: [
      {
        file: archiving,
        find: 'entry.info.lastDateCurated) <= 0)) {',
        replace: 'entry.info.lastDateCurated) === 0)) {',
      },
    ],
  },
  {
    name: 'the catalogue is read before its version',
    caughtBy: ['CATALOGUE'],
    patches: [
      {
        file: cached,
        find: 'const counter = await this.source.counter();\n',
        replace:
          'const early = await this.source.all(await this.source.counter());\n    const counter = await this.source.counter();\n',
      },
      {
        file: cached,
        find: '(await this.renewed(counter)) ?? (await this.whole(counter))',
        replace: '{ ...catalogueOf(early.clips), ...versions(counter), unreadable: [] }',
      },
    ],
  },
  {
    name: 'the catalogue is cached for good',
    caughtBy: ['CATALOGUE'],
    patches: [
      {
        file: cached,
        find: 'this.cached?.counter.catalogueVersion === counter.catalogueVersion',
        replace: 'this.cached !== undefined',
      },
    ],
  },
  {
    name: 'the log of the catalogue does not note what a strike changes',
    caughtBy: ['CATALOGUE'],
    patches: [
      {
        file: 'test/support/memory/memory-ledgers.ts',
        find: 'const changed = clips.map(({ ordinal }) => ordinal);',
        replace: 'const changed: number[] = [];',
      },
    ],
  },
  {
    name: 'new clips are not looked for beside the log',
    caughtBy: ['CATALOGUE'],
    patches: [
      {
        file: 'functions/stores/catalogue-log.ts',
        find: 'return [...new Set([...changed, ...fresh])];',
        replace: 'return [...new Set(changed)];',
      },
    ],
  },
  {
    name: 'a log that does not reach back far enough is believed',
    caughtBy: ['CATALOGUE'],
    patches: [
      {
        file: 'functions/stores/catalogue-log.ts',
        find: 'if (noted < 0 || noted > now.log.recent.length) return undefined;',
        replace: '',
      },
      { file: 'functions/stores/catalogue-log.ts', find: 'NOTED_AT_MOST = 8', replace: 'NOTED_AT_MOST = 0' },
    ],
  },
  {
    name: 'only the first page of a query is read',
    caughtBy: ['CATALOGUE', 'ORDER', 'IDLE', 'END'],
    patches: [{ file: 'functions/stores/whole-reads.ts', find: 'start = next;', replace: 'start = undefined;' }],
  },
  {
    name: 'keys that a batch leaves unprocessed are not there',
    caughtBy: ['NO-BUGS', 'CATALOGUE', 'COLLECTION', 'IDENTITY', 'NOTHING-LOST', 'VERSION', 'STRIKES'],
    patches: [{ file: 'functions/stores/whole-reads.ts', find: 'wanted = [...unprocessed];', replace: 'wanted = [];' }],
  },
];
