import type { Mutant } from './mutant.ts';

const selection = 'domain/selection.ts';
const choosing = 'functions/pending-research-archivist/choose-work.ts';

export const trialMutants: readonly Mutant[] = [
  {
    name: 'everybody gets what nobody has reported yet',
    caughtBy: ['TRIAL'],
    patches: [{ file: selection, find: ': trial.untriedRoom;', replace: ': Infinity;' }],
  },
  {
    name: 'everybody gets what struck before',
    caughtBy: ['TRIAL'],
    patches: [{ file: selection, find: 'suspected ? trial.suspectsRoom', replace: 'suspected ? Infinity' }],
  },
  {
    name: 'what somebody reported once is never tried again, whatever it struck',
    caughtBy: ['TRIAL', 'ORDER'],
    patches: [
      {
        file: 'domain/trial.ts',
        find: 'strikeCount(clip.strikes, clip.revision) > 0;',
        replace: 'strikeCount(clip.strikes, clip.revision) > 0 && clip.facts === undefined;',
      },
    ],
  },
  {
    name: 'what was struck comes in one work item with all else',
    caughtBy: ['TRIAL'],
    patches: [{ file: choosing, find: 'suspects > 0 ? offered.slice(0, suspects) : offered', replace: 'offered' }],
  },
  {
    name: 'nobody notes what was reported',
    caughtBy: ['TRIAL'],
    patches: [
      {
        file: 'functions/completed-research-archivist/drain.ts',
        find: 'triedNow(ended, tried.values(), known)',
        replace: 'ended',
      },
    ],
  },
  {
    name: 'what others try is looked at again an hour later',
    caughtBy: ['WAITING'],
    patches: [{ file: selection, find: 'withheld ? WITHHELD_LOOK_MS : longest', replace: 'longest' }],
  },
  {
    name: 'who tries what nobody has reported yet may hold results back',
    caughtBy: ['BLAME', 'STRIKES'],
    patches: [
      {
        file: 'functions/pending-research-archivist/work-item.ts',
        find: 'reportsEach(lease) && { reportEach',
        replace: 'lease.careful === true && { reportEach',
      },
    ],
  },
  {
    name: 'of who tries something nobody knows where it fell silent',
    caughtBy: ['BLAME', 'STRIKES'],
    patches: [
      {
        file: 'domain/leases.ts',
        find: 'lease.at === undefined || reportsEach(lease)',
        replace: 'lease.at === undefined || lease.careful === true',
      },
    ],
  },
];
