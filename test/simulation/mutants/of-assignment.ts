import type { Mutant } from './mutant.ts';

const selection = 'domain/selection.ts';
const capacity = 'domain/capacity.ts';
const control = 'domain/control.ts';
const order = 'domain/order.ts';
const assign = 'functions/pending-research-archivist/assign-research.ts';
const choose = 'functions/pending-research-archivist/choose-work.ts';

export const assignmentMutants: readonly Mutant[] = [
  {
    name: 'capacity comes from queue counts alone',
    caughtBy: ['CAPACITY'],
    patches: [{ file: capacity, find: 'Math.max(visibleMessages, untaken)', replace: 'visibleMessages' }],
  },
  {
    name: 'unsigned leases are counted as researchers',
    caughtBy: ['CAPACITY'],
    patches: [
      { file: capacity, find: 'leases.filter((lease) => lease.signed !== undefined).length', replace: 'leases.length' },
    ],
  },
  {
    name: 'work is published before it is leased',
    caughtBy: ['LEASED-FIRST'],
    patches: [
      {
        file: choose,
        find: 'made = next.leases.slice(before.leases.length);',
        replace: `made = next.leases.slice(before.leases.length);
        void publisher.publish(next, made, catalogue);`,
      },
    ],
  },
  {
    name: 'what is leased is offered again',
    caughtBy: ['ONE-LEASE', 'ORDER'],
    patches: [{ file: selection, find: ' || leased.has(clip.ordinal)', replace: '' }],
  },
  {
    name: 'what is recorded is offered again',
    caughtBy: ['RECORDED-STAYS', 'ORDER'],
    patches: [{ file: selection, find: 'if (isResearched(ledger, clip) || leased', replace: 'if (leased' }],
  },
  {
    name: 'what rests is offered',
    caughtBy: ['REST', 'ORDER'],
    patches: [{ file: selection, find: ' && restOf(ledger, clip) > now', replace: ' && restOf(ledger, clip) < 0' }],
  },
  {
    name: 'an episode that rests is offered',
    caughtBy: ['REST', 'ORDER'],
    patches: [
      {
        file: selection,
        find: 'if (isResting(ledger.episodeStrikes, ledger.revision, now)) return nothing;',
        replace: '',
      },
    ],
  },
  {
    name: 'what was given up is offered',
    caughtBy: ['ORDER', 'COMPLETE', 'END', 'WAITING'],
    patches: [{ file: selection, find: 'isParked(clip.strikes, clip.revision) ||', replace: '' }],
  },
  {
    name: 'struck pairs are not put last',
    caughtBy: ['ORDER', 'STRUCK'],
    patches: [
      {
        file: selection,
        find: "strikesOf(ledger, clip) === 0 ? 'clean' : 'struck'",
        replace: "'clean'",
      },
    ],
  },
  {
    name: 'clips of low priority come first',
    caughtBy: ['ORDER'],
    patches: [
      {
        file: order,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
        find: "const priority = (INT32_MAXIMUM - info.priority).toString().padStart(10, '0');\n  return `${priority}${descending(digits(info.initialDateCurated))}",
        replace:
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
          "const priority = (INT32_MAXIMUM + info.priority).toString().padStart(10, '0');\n  return `${priority}${descending(digits(info.initialDateCurated))}",
      },
    ],
  },
  {
    name: 'episodes aired long ago come first',
    caughtBy: ['RANK'],
    patches: [
      {
        file: order,
        find: 'const aired = descending(digits(info.dateAired));',
        replace: 'const aired = digits(info.dateAired);',
      },
    ],
  },
  {
    name: 'everything leased counts as done',
    caughtBy: ['COMPLETE'],
    patches: [
      {
        file: selection,
        find: 'catalogue.clips.every((clip) => isResearched(ledger, clip) || isGivenUp(ledger, clip))',
        replace:
          'catalogue.clips.every((clip) => isResearched(ledger, clip) || isGivenUp(ledger, clip) || ledger.leases.some((lease) => lease.left.includes(clip.ordinal)))',
      },
    ],
  },
  {
    name: 'an archive without clips is complete',
    caughtBy: ['COMPLETE', 'ACCOUNTED'],
    patches: [
      { file: selection, find: 'if (catalogue.clips.length === 0) return', replace: 'if (false) return' },
      { file: selection, find: 'catalogue.clips.length > 0 && ', replace: '' },
      {
        file: assign,
        find: "if (catalogue.clips.length === 0) summary.end = 'no clips';\n    else {",
        replace: '{',
      },
    ],
  },
  {
    name: 'complete is judged at a version that was not read',
    caughtBy: ['COMPLETE'],
    patches: [
      {
        file: selection,
        find: 'completePosition(catalogue.assignableVersion, rank)',
        replace: 'completePosition(catalogue.assignableVersion + 1, rank)',
      },
    ],
  },
  {
    name: 'complete episodes never open for new clips',
    caughtBy: ['END'],
    patches: [
      { file: choose, find: 'completePosition(control.reopening.assignableVersion,', replace: 'completePosition(0,' },
    ],
  },
  {
    name: 'the archive re-opens for every clip',
    caughtBy: ['EPOCH'],
    patches: [{ file: control, find: ' || now < control.reopening.at + reopenIntervalMs', replace: '' }],
  },
  {
    name: 'an episode waits longer than its rule allows',
    caughtBy: ['WAITING', 'ACCOUNTED'],
    patches: [
      {
        file: selection,
        find: 'const lookAgainAt = Math.min(nextRestEnd(ledger, catalogue, now), cap);',
        replace: 'const lookAgainAt = cap + 86_400_000;',
      },
    ],
  },
  {
    name: 'waiting ignores when a rest ends',
    caughtBy: ['WAITING'],
    patches: [{ file: selection, find: 'Math.min(nextRestEnd(ledger, catalogue, now), cap)', replace: 'cap' }],
  },
  {
    name: 'the index decides, not the ledger',
    caughtBy: ['WAITING', 'ORDER', 'STRUCK', 'IDLE', 'END'],
    patches: [
      {
        file: choose,
        find: 'if (before.state !== state) return before;',
        replace: 'if (before.state !== state) return ledger.state === state ? { ...ledger } : before;',
      },
    ],
  },
  {
    name: 'work items are counted twice',
    caughtBy: ['COUNTERS', 'CAPACITY'],
    patches: [
      { file: choose, find: 'chosen.published += made.length;', replace: 'chosen.published += 2 * made.length;' },
    ],
  },
  {
    name: 'work items are not filled',
    caughtBy: ['ORDER'],
    patches: [
      {
        file: 'functions/pending-research-archivist/work-item.ts',
        find: '(item.length === most ||',
        replace: '(item.length === most - 1 ||',
      },
    ],
  },
  {
    name: 'ending a lease opens an episode that an operator holds',
    caughtBy: ['PARKED', 'REST'],
    patches: [
      {
        file: 'domain/ledger.ts',
        find: "if (ledger.state === 'PARKED' || ledger.state === 'HELD') return ledger;\n  return { ...ledger, state: 'OPEN'",
        replace: "if (ledger.state === 'PARKED') return ledger;\n  return { ...ledger, state: 'OPEN'",
      },
    ],
  },
  {
    name: 'a paused archive goes on leasing',
    caughtBy: ['REST'],
    patches: [{ file: assign, find: 'if (control.paused === true) {', replace: 'if (control.version < 0) {' }],
  },
  {
    name: 'what was set resting comes out of being parked',
    caughtBy: ['PARKED'],
    patches: [
      { file: 'test/support/memory/memory-ledgers.ts', find: ' || !NOMINATING.includes(stored.state)', replace: '' },
    ],
  },
];
