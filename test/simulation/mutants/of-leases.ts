import type { Mutant } from './mutant.ts';

const leases = 'domain/leases.ts';
const reports = 'domain/reports.ts';
const assign = 'functions/pending-research-archivist/assign-research.ts';
const drafts = 'functions/pending-research-archivist/drafts.ts';

export const leaseMutants: readonly Mutant[] = [
  {
    name: 'a lease is renewed after its end',
    caughtBy: ['LEASE-END'],
    patches: [
      {
        file: reports,
        find: 'if (lease !== undefined) draft.ledger = signed(draft.ledger, lease, report);',
        replace: `if (lease !== undefined) draft.ledger = signed(draft.ledger, lease, report);
    else if (report.leaseId !== '' && clip !== undefined && !draft.ledger.researched.has(clip.ordinal)) {
      const revived = { id: report.leaseId, clips: [clip.ordinal], left: [clip.ordinal], created: report.sentAt, researcher: '' };
      draft.ledger = signed({ ...draft.ledger, leases: [...draft.ledger.leases, revived] }, revived, report);
    }`,
      },
    ],
  },
  {
    name: 'an unsigned lease is charged',
    caughtBy: ['STRIKES'],
    patches: [
      {
        file: leases,
        find: "lease.created + duration <= horizon ? 'unclaimed' : undefined",
        replace: "lease.created + duration <= horizon ? 'lapsed' : undefined",
      },
    ],
  },
  {
    name: 'a last word is obeyed before drainedUntil has passed it',
    caughtBy: ['LEASE-END'],
    patches: [
      {
        file: leases,
        find: 'lease.lastWord !== undefined && lease.lastWord < horizon',
        replace: 'lease.lastWord !== undefined',
      },
    ],
  },
  {
    name: 'a last word is not obeyed',
    caughtBy: ['LEASE-END', 'STRIKES', 'CAPACITY'],
    patches: [
      {
        file: leases,
        find: "if (lease.lastWord !== undefined && lease.lastWord < horizon) return 'revoked';",
        replace: '',
      },
      { file: leases, find: 'if (lease.lastWord !== undefined) return undefined;', replace: '' },
    ],
  },
  {
    name: 'a lapse is judged by the wall clock',
    caughtBy: ['LEASE-END'],
    patches: [{ file: assign, find: 'Math.min(clock(), control.drainedUntil)', replace: 'clock()' }],
  },
  {
    name: 'silence is counted from the first sign of life',
    caughtBy: ['LEASE-END'],
    patches: [{ file: leases, find: 'lease.lastSign ?? lease.signed', replace: 'lease.signed' }],
  },
  {
    name: 'a lease lapses after half of its silence',
    caughtBy: ['LEASE-END'],
    patches: [
      {
        file: leases,
        find: 'silentSince + settings.silenceLimit * 1000 <=',
        replace: 'silentSince + settings.silenceLimit * 500 <=',
      },
    ],
  },
  {
    name: 'who only ticks never lapses',
    caughtBy: ['END', 'CAPACITY'],
    patches: [
      {
        file: leases,
        find: "if ((lease.lastResult ?? lease.signed) + duration <= horizon) return 'lapsed';",
        replace: '',
      },
    ],
  },
  {
    name: 'who reports repetitions lapses as hung',
    caughtBy: ['LEASE-END', 'STRIKES'],
    patches: [
      {
        file: reports,
        find: "const works = report.kind !== 'signOfLife';",
        replace: "const works = report.kind === 'clipFailure' || report.newFinding === true;",
      },
    ],
  },
  {
    name: 'the index of leases is trusted',
    caughtBy: ['LEASE-END', 'COUNTERS'],
    patches: [
      {
        file: 'functions/pending-research-archivist/end-leases.ts',
        find: "if (draft?.endings.includes('lapsed') === true) {",
        replace: `await drafts.write(episode, ({ ledger }) => ({
          ...ledger,
          leases: ledger.leases.filter(({ id }) => remaining.some((one) => one.id === id) || !leases.some((one) => one.id === id)),
        }));
        if (draft?.endings.includes('lapsed') === true) {`,
      },
    ],
  },
  {
    name: 'ending a lease does not open its episode',
    caughtBy: ['WAITING', 'COMPLETE'],
    patches: [
      {
        file: leases,
        find: 'ledger: opened({ ...step.ledger, leases: remaining })',
        replace: 'ledger: { ...step.ledger, leases: remaining }',
      },
    ],
  },
  {
    name: 'a recorded pair stays in its lease',
    caughtBy: ['RECORDED-STAYS'],
    patches: [
      {
        file: reports,
        find: 'if (isOfIt) draft.left.get(lease.id)?.delete(clip.ordinal);',
        replace: '',
      },
    ],
  },
  {
    name: 'a result counts only while its lease lives',
    caughtBy: ['NOTHING-LOST', 'DRAINED', 'FINDINGS'],
    patches: [
      {
        file: reports,
        find: "if (report.kind === 'result' && clip !== undefined) resulted(",
        replace: "if (report.kind === 'result' && clip !== undefined && lease !== undefined) resulted(",
      },
    ],
  },
  {
    name: 'a version condition is dropped',
    caughtBy: ['VERSION'],
    patches: [
      {
        file: 'test/support/memory/memory-ledgers.ts',
        find: 'if (stored !== version) throw',
        replace: 'if (stored < version) throw',
      },
    ],
  },
  {
    name: 'a conflict is answered by writing what was decided before',
    caughtBy: [
      'VERSION',
      'RECORDED-STAYS',
      'ONE-LEASE',
      'LEASE-CHANGE',
      'COUNTERS',
      'LEASE-END',
      'RANK',
      'STRIKES',
      'RECORDING',
      'REST',
    ],
    patches: [
      {
        file: drafts,
        find: 'this.drafts.delete(episode);\n        if (!(error',
        replace: `const newest = await this.ledgers.read(episode);
        if (newest !== undefined) {
          this.drafts.set(episode, { ...draft, stored: newest, ledger: { ...draft.ledger, version: newest.version } });
        }
        if (!(error`,
      },
    ],
  },
];
