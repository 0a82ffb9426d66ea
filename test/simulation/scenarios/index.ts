import { faultScenarios } from './of-faults.ts';
import { killerScenarios } from './of-killers.ts';
import { researcherScenarios } from './of-researchers.ts';
import type { Scenario } from './scenario.ts';

/** The longest first, so that two lanes end together. */
export const scenarios: readonly Scenario[] = [...faultScenarios, ...killerScenarios, ...researcherScenarios];
