import type { Mutant } from './mutant.ts';

const leases = 'domain/leases.ts';
const reports = 'domain/reports.ts';
const strikes = 'domain/strikes.ts';
const drafts = 'functions/pending-research-archivist/drafts.ts';

export const strikeMutants: readonly Mutant[] = [
  {
    name: 'who reports several together is blamed for the first clip without a result',
    caughtBy: ['BLAME', 'STRIKES'],
    patches: [
      {
        file: leases,
        find: 'if (lease.at === undefined || reportsEach(lease))',
        replace: 'if (lease.created > 0)',
      },
    ],
  },
  {
    name: 'what is in doubt is not found out',
    caughtBy: ['BLAME'],
    patches: [{ file: leases, find: 'if (suspect === undefined) ledger = { ...ledger, careful: true };', replace: '' }],
  },
  {
    name: 'who is silent is believed to be where it was last',
    caughtBy: ['BLAME', 'STRIKES'],
    patches: [{ file: leases, find: '!silent && lease.left', replace: 'lease.left' }],
  },
  {
    name: 'of who ticks on nobody asks where it is',
    caughtBy: ['STRIKES', 'BLAME'],
    patches: [
      {
        file: leases,
        find: 'return !silent && lease.left.includes(lease.at) ? lease.at : undefined;',
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'what is refused strikes the clip in every episode',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: reports,
        find: "if (report.kind === 'refused' && clip !== undefined) refused(",
        replace: "if (report.kind === 'refused' && clip !== undefined) clipFailed(",
      },
    ],
  },
  {
    name: 'what is refused costs nothing',
    caughtBy: ['NOTHING-LOST', 'STRIKES', 'DRAINED', 'END', 'LEASE-CHANGE'],
    patches: [
      {
        file: reports,
        find: "if (report.kind === 'refused' && clip !== undefined) refused(draft, report, clip, settings);",
        replace: '',
      },
    ],
  },
  {
    name: 'what is handed back without a report does not rest',
    caughtBy: ['REST'],
    patches: [
      {
        file: leases,
        find: "if (ending === 'revoked') next = { ...next, ledger: handedBack(next.ledger, lease, now, settings) };",
        replace: '',
      },
    ],
  },
  {
    name: 'what a researcher had not come to when it stopped does not rest',
    caughtBy: ['REST'],
    patches: [
      {
        file: leases,
        find: 'with(lease.left)',
        replace:
          'with(lease.left.filter((clip) => lease.lastResult === undefined || lease.clips.slice(lease.clips.indexOf(clip)).some((later) => !lease.left.includes(later))))',
      },
    ],
  },
  {
    name: 'only the first result of a message counts',
    caughtBy: ['NOTHING-LOST', 'DRAINED', 'LEASE-END'],
    patches: [
      {
        file: 'functions/completed-research-archivist/understand.ts',
        find: 'for (const result of pairsOf(item)) {',
        replace: 'for (const result of pairsOf(item).slice(0, 1)) {',
      },
    ],
  },
  {
    name: 'a range of what was not found ends one before its end',
    caughtBy: ['NOTHING-LOST', 'DRAINED', 'RECORDED-STAYS'],
    patches: [
      {
        file: 'domain/messages/ranges.ts',
        find: 'ordinal !== last + step; ordinal += step',
        replace: 'ordinal !== (last === first ? last + step : last); ordinal += step',
      },
    ],
  },
  {
    name: 'failures among several results are taken for negatives',
    caughtBy: ['RECORDED-STAYS', 'NOTHING-LOST', 'STRIKES'],
    patches: [
      {
        file: 'functions/completed-research-archivist/understand.ts',
        find: "if (failure !== '') return { kind: 'clipFailure'",
        replace: "if (failure === 'none') return { kind: 'clipFailure'",
      },
    ],
  },
  {
    name: 'a lapse strikes all unreported pairs',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: leases,
        find: 'next = charged(next, lease, suspectOf(lease, horizon, settings), current, now, settings);',
        replace: 'for (const clip of lease.left) next = charged(next, lease, clip, current, now, settings);',
      },
      { file: drafts, find: 'suspectOf(lease, this.horizon, this.settings) ?? []', replace: 'lease.left' },
    ],
  },
  {
    name: 'a lapse strikes the last pair',
    caughtBy: ['STRIKES'],
    patches: [{ file: leases, find: 'return lease.left[0];', replace: 'return lease.left.at(-1);' }],
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
    patches: [{ file: leases, find: 'if (atEpisode && lease.created', replace: 'if (lease.created' }],
  },
  {
    name: 'a pair does not rest after a lapse',
    caughtBy: ['STRIKES', 'REST'],
    patches: [
      {
        file: leases,
        find: 'rested(after, clip.revision, strike.at + settings.retryRest * 1000)',
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
      {
        file: reports,
        find: 'const strikes = cleared(clip.strikes);',
        replace: 'const { strikes } = clip;',
      },
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
        find: 'if (left?.delete(clip.ordinal) !== true) return false;',
        replace: 'if (left === undefined) return false;\n  left.delete(clip.ordinal);',
      },
    ],
  },
  {
    name: 'a failure leaves its clip in the lease, so that it counts at each delivery',
    caughtBy: ['STRIKES', 'NOTHING-LOST', 'DRAINED'],
    patches: [
      {
        file: reports,
        find: 'if (left?.delete(clip.ordinal) !== true) return false;',
        replace: 'if (left?.has(clip.ordinal) !== true) return false;',
      },
    ],
  },
  {
    name: 'a failure does not open its episode',
    caughtBy: ['WAITING'],
    patches: [
      {
        file: reports,
        find: 'draft.ledger = opened({ ...draft.ledger, pairStrikes });',
        replace: 'draft.ledger = { ...draft.ledger, pairStrikes };',
      },
    ],
  },
  {
    name: 'a failure of media that is gone counts',
    caughtBy: ['STRIKES'],
    patches: [{ file: reports, find: 'if (!isLeasedFile(lease, clip)) return;', replace: '' }],
  },
  {
    name: 'a failure of a lease that is younger than the file counts, whichever file its run knew',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: reports,
        find: 'if (!isLeasedFile(lease, clip)) return;',
        replace: 'if (lease.created < clip.revisedAt) return;',
      },
    ],
  },
  {
    name: 'who fell silent at the file of before strikes the present one',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: leases,
        find: 'const ofThisMedia = isLeasedFile(lease, clip);',
        replace: 'const ofThisMedia = lease.id !== "";',
      },
    ],
  },
];
