import { type Stage, stageOf } from '../../audio/evaluation/stages.ts';
import type { Trace } from '../../researcher/analyzer/find-clips.ts';

/** A play that nothing is wrong with. */
const fine: Trace = {
  ...{ distinctiveness: 900, threshold: 0.42, rank: 0, evidence: 9 },
  ...{ wave: 0.8, altered: 0, heard: true, beside: 0 },
};
const { rank: _, ...unlisted } = fine;

test.each<[Stage, Parameters<typeof stageOf>[0]]>([
  ['refused', 'refused'],
  ['not distinctive', 'not distinctive'],
  ['silence', { ...fine, wave: 0 }],
  ['threshold', { ...fine, wave: 0.41, altered: 0.4 }],
  ['part', { ...fine, heard: false }],
  ['candidates', unlisted],
  ['place', { ...fine, beside: 0.051 }],
  ['proof', { ...fine, beside: 0.05 }],
  ['proof', { ...unlisted, narrow: true }],
  ['proof', { ...fine, wave: 0, altered: 0.42 }],
])('a play is lost at %s', (stage, trace) => expect(stageOf(trace)).toBe(stage));
