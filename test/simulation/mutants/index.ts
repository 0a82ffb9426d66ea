import type { Mutant } from './mutant.ts';
import { assignmentMutants } from './of-assignment.ts';
import { collectionMutants } from './of-collection.ts';
import { drainMutants } from './of-drain.ts';
import { identityMutants } from './of-identity.ts';
import { leaseMutants } from './of-leases.ts';
import { profileMutants } from './of-profiles.ts';
import { strikeMutants } from './of-strikes.ts';
import { trialMutants } from './of-trials.ts';

export const mutants: readonly Mutant[] = [
  ...leaseMutants,
  ...strikeMutants,
  ...trialMutants,
  ...drainMutants,
  ...assignmentMutants,
  ...collectionMutants,
  ...identityMutants,
  ...profileMutants,
];
