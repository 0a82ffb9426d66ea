import { ClipFinder, type Trace } from '../../researcher/analyzer/find-clips.ts';
import type { Truth } from '../test-set/truth.ts';
import { TOLERANCE_SECONDS } from './score.ts';
import type { SetSounds } from './set-sounds.ts';

/**
 * Where a play is lost, in the order in which the analyzer comes to it. `silence`: nothing at the place is like the clip.
 * `threshold`: less than the clip asks for. `part`: too little of it is heard. `candidates`: the place was never listened
 * to. `place`: it is laid elsewhere, as a periodic sound may be. `proof`: listed, and given up before it was proved, or
 * another place of the clip stood in its way.
 */
export const STAGES = [
  'refused',
  'not distinctive',
  'silence',
  'threshold',
  'part',
  'candidates',
  'place',
  'proof',
] as const;
export type Stage = (typeof STAGES)[number];

type TruePlay = Truth['plays'][number];

export interface Stages {
  /** Plays that match by enough where they are, whether they were found or not; and those of them that are candidates. */
  readonly matching: number;
  readonly candidates: number;
  /** How many plays are lost at each stage; stages without any are left out. */
  readonly lost: Readonly<Partial<Record<Stage, number>>>;
  readonly missed: readonly (TruePlay & { readonly stage: Stage; readonly trace?: Trace })[];
}

/** Where a play that was missed is lost, by what the analyzer's steps say of its place. */
export function stageOf(trace: Trace | 'refused' | 'not distinctive'): Stage {
  if (typeof trace === 'string') return trace;
  const score = Math.max(trace.wave, trace.altered);
  if (score === 0) return 'silence';
  if (score < trace.threshold) return 'threshold';
  if (!trace.heard) return 'part';
  if (!isCandidate(trace)) return 'candidates';
  return Math.abs(trace.beside) > TOLERANCE_SECONDS ? 'place' : 'proof';
}

const isCandidate = ({ rank, narrow }: Trace): boolean => rank !== undefined || narrow === true;
/** Its waveform says enough, so that it is lost if nobody listens there. */
const matches = ({ wave, threshold, heard }: Trace): boolean => heard && wave >= threshold;

/**
 * Traces every play of a set through the steps of the analyzer.
 *
 * @param missed the plays that were not found
 * @param plain clips that are not distinctive
 */
export async function stagesOf(
  sounds: SetSounds,
  plays: readonly TruePlay[],
  missed: readonly TruePlay[],
  plain: readonly string[],
): Promise<Stages> {
  const finder = new ClipFinder(await sounds.episode());
  const traces = new Map<TruePlay, Trace>();
  for (const play of plays) {
    const clip = await sounds.clip(play.clip);
    if (clip && !plain.includes(play.clip)) traces.set(play, finder.trace(clip.features, play.offset));
  }
  const matching = [...traces.values()].filter(matches);
  const lost: Partial<Record<Stage, number>> = {};
  const told = missed.map((play) => {
    const trace = traces.get(play);
    const stage = stageOf(trace ?? (plain.includes(play.clip) ? 'not distinctive' : 'refused'));
    lost[stage] = (lost[stage] ?? 0) + 1;
    return { ...play, stage, ...(trace && { trace }) };
  });
  return { matching: matching.length, candidates: matching.filter(isCandidate).length, lost, missed: told };
}
