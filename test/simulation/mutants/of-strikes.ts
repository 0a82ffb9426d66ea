import type { Mutant } from './mutant.ts';

const leases = 'domain/leases.ts';
const reports = 'domain/reports.ts';
const strikes = 'domain/strikes.ts';
const drafts = 'functions/pending-research-archivist/drafts.ts';

export const strikeMutants: readonly Mutant[] = [
  {
    name: 'a lapse strikes all unreported pairs',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: leases,
        find: "if (ending === 'lapsed') step = charged(step, lease, current, now, settings);",
        replace:
          "if (ending === 'lapsed') for (const clip of lease.left) step = charged(step, { ...lease, left: [clip] }, current, now, settings);",
      },
      { file: drafts, find: 'lease.left.slice(0, 1)', replace: 'lease.left' },
    ],
  },
  {
    name: 'a lapse strikes the last pair',
    caughtBy: ['STRIKES'],
    patches: [
      { file: leases, find: 'const ordinal = lease.left[0];', replace: 'const ordinal = lease.left.at(-1);' },
      { file: drafts, find: 'lease.left.slice(0, 1)', replace: 'lease.left' },
    ],
  },
  {
    name: 'a lapse strikes the pair but not its clip',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: leases,
        find: 'if (clipStrikes !== clip.strikes) changed.push({ ...clip, strikes: clipStrikes });',
        replace: '',
      },
    ],
  },
  {
    name: 'a lapse strikes the episode in spite of results',
    caughtBy: ['STRIKES'],
    patches: [{ file: leases, find: 'lease.lastResult === undefined && lease.created', replace: 'lease.created' }],
  },
  {
    name: 'a pair does not rest after a lapse',
    caughtBy: ['STRIKES', 'REST'],
    patches: [
      {
        file: leases,
        find: 'rested(after, clip.revision, now + settings.retryRest * 1000)',
        replace: 'rested(after, clip.revision, 0)',
      },
    ],
  },
  {
    name: 'a pair does not rest after a failure',
    caughtBy: ['REST'],
    patches: [{ file: reports, find: 'report.sentAt + settings.retryRest * 1000', replace: '0' }],
  },
  {
    name: 'struck while it rests',
    caughtBy: ['STRIKES'],
    patches: [{ file: strikes, find: ' || strike.at < before.restUntil', replace: '' }],
  },
  {
    name: 'the memory of who struck is not consulted',
    caughtBy: ['STRIKES'],
    patches: [{ file: strikes, find: 'striker.by === strike.by && striker.at > since', replace: 'false' }],
  },
  {
    name: 'a result clears the memory of who struck',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: strikes,
        find: "return { ...strikes, count: 0, restUntil: 0, reason: '' };",
        replace: "return { ...strikes, count: 0, restUntil: 0, reason: '', strikers: [] };",
      },
    ],
  },
  {
    name: 'a result clears nothing',
    caughtBy: ['STRIKES'],
    patches: [
      { file: reports, find: 'const strikes = cleared(clip.strikes);', replace: 'const { strikes } = clip;' },
      {
        file: reports,
        find: 'const episodeStrikes = cleared(ledger.episodeStrikes);',
        replace: 'const { episodeStrikes } = ledger;',
      },
    ],
  },
  {
    name: 'every rest is the first one',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: strikes,
        find: '[settings.rest1, settings.rest2, settings.rest3][count - 1]',
        replace: '[settings.rest1, settings.rest1, settings.rest1][count - 1]',
      },
    ],
  },
  {
    name: 'parked at the third strike',
    caughtBy: ['STRIKES', 'PARKED', 'END', 'COMPLETE'],
    patches: [{ file: strikes, find: 'export const PARKED_AT = 4;', replace: 'export const PARKED_AT = 3;' }],
  },
  {
    name: 'a failure counts although its lease does not hold the clip',
    caughtBy: ['STRIKES', 'WAITING'],
    patches: [
      {
        file: reports,
        find: 'if (lease?.left.includes(clip.ordinal) !== true) return;',
        replace: 'if (lease === undefined) return;',
      },
    ],
  },
  {
    name: 'a failure leaves its clip in the lease, so that it counts at each delivery',
    caughtBy: ['STRIKES', 'NOTHING-LOST', 'DRAINED'],
    patches: [
      {
        file: reports,
        find: 'const ledger = withLease(draft.ledger, { ...lease, left });',
        replace: 'const ledger = withLease(draft.ledger, { ...lease, left: lease.left.concat(left.slice(0, 0)) });',
      },
    ],
  },
  {
    name: 'a failure does not open its episode',
    caughtBy: ['WAITING'],
    patches: [
      {
        file: reports,
        find: 'draft.ledger = opened({ ...ledger, pairStrikes });',
        replace: 'draft.ledger = { ...ledger, pairStrikes };',
      },
    ],
  },
  {
    name: 'a failure of media that is gone counts',
    caughtBy: ['STRIKES'],
    patches: [{ file: reports, find: 'if (lease.created < clip.revisedAt) return;', replace: '' }],
  },
];
