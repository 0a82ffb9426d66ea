import type { Mutant } from './mutant.ts';

const control = 'domain/control.ts';
const drain = 'functions/completed-research-archivist/drain.ts';
const understand = 'functions/completed-research-archivist/understand.ts';
const record = 'functions/completed-research-archivist/record-episode.ts';

export const drainMutants: readonly Mutant[] = [
  {
    name: 'drainedUntil advances past undeleted messages',
    caughtBy: ['DRAINED'],
    patches: [{ file: control, find: 'if (outcome.undeleted) return', replace: 'if (false) return' }],
  },
  {
    name: 'drainedUntil advances past what a dead drain hides',
    caughtBy: ['DRAINED'],
    patches: [{ file: control, find: 'if (hiding || took) return', replace: 'if (took) return' }],
  },
  {
    name: 'a drain does not announce itself',
    caughtBy: ['DRAINED'],
    patches: [{ file: control, find: '[run]: mayHideUntil } };', replace: '} };' }],
  },
  {
    name: 'a drain forgets the others when they are over for itself',
    caughtBy: ['DRAINED'],
    patches: [
      {
        file: control,
        find: '.filter(([, until]) => until > known)',
        replace: '.filter(([, until]) => until > mayHideUntil)',
      },
    ],
  },
  {
    name: 'drainedUntil is the end of the run',
    caughtBy: ['DRAINED'],
    patches: [
      {
        file: drain,
        find: 'emptiedUntil: batch.emptyAt ?? freshness.caughtUpTo',
        replace: 'emptiedUntil: clock() + 5_000',
      },
    ],
  },
  {
    name: 'drainedUntil ignores that clocks differ',
    caughtBy: ['DRAINED'],
    patches: [{ file: control, find: 'emptiedUntil - CLOCKS_DIFFER_MS', replace: 'emptiedUntil' }],
  },
  {
    name: 'the sign of life of a kept message is not applied',
    caughtBy: ['DRAINED'],
    patches: [
      {
        file: understand,
        find: "if (!tooLate()) return { ...understood, reports: given, fate: 'keep' };",
        replace: "if (!tooLate()) return { kind: 'unknown' };",
      },
    ],
  },
  {
    name: 'what is unknown is given up at once',
    caughtBy: ['NOTHING-LOST'],
    patches: [{ file: understand, find: '>= settings.unknownRetry * 1000', replace: '>= 0' }],
  },
  {
    name: 'messages are acknowledged before they are recorded',
    caughtBy: ['NOTHING-LOST'],
    patches: [
      {
        file: record,
        find: 'const { recorded, reports, findings } = await recordFindings(known, group, catalogue, ports);',
        replace: `await ports.settlement.acknowledge(group.filter(({ keep }) => !keep).map(({ message }) => message));
    const { recorded, reports, findings } = await recordFindings(known, group, catalogue, ports);`,
      },
    ],
  },
  {
    name: 'a finding is lost after a negative',
    caughtBy: ['NOTHING-LOST', 'FINDINGS', 'DRAINED'],
    patches: [
      {
        file: record,
        find: 'const { recorded, reports, findings } = await recordFindings(known, group, catalogue, ports);',
        replace: `const bits = (await ports.ledgers.read(episode))?.researched;
    const { recorded, reports, findings } = await recordFindings(
      known,
      group.map((one) => ({
        ...one,
        reports: one.reports.map((said) => (bits?.has(said.report.clip ?? 0) ? { ...said, report: { ...said.report, found: false } } : said)),
      })),
      catalogue,
      ports,
    );`,
      },
    ],
  },
  {
    name: 'a variant replaces the first finding',
    caughtBy: ['FINDINGS'],
    patches: [
      {
        file: 'test/support/memory/memory-collection.ts',
        find: 'known.push(finding);',
        replace: 'known[0] = finding;',
      },
    ],
  },
  {
    name: 'a finding that cannot be stored is acknowledged',
    caughtBy: ['NOTHING-LOST', 'FINDINGS'],
    patches: [
      {
        file: record,
        find: 'const recorded = inOrder.filter((understood) => !failed.has(understood));',
        replace: 'const recorded = inOrder;',
      },
    ],
  },
];
