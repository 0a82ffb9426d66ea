/** Pitches that are tried: a semitone (5.9 %) and a little more, so fine that 1.5 kHz stays in step for a window. */
export const PITCH_STEP = 0.004;
const MOST_PITCH = 0.064;
const MOST_TEMPO = 0.044;
/** The steps in which windows of a piece are laid, and in which the place is sought (8 ms). */
const PIECE_HOP = 512;
const LAG_STEP = 32;

/** Kinds of change: both at once as by a tape. */
const [PITCH, TEMPO, SPEED] = [0, 1, 2];

export interface Change {
  readonly kind: number;
  readonly pitch: number;
  readonly tempo: number;
}

/** What is tried with a piece: where its windows begin, at which lags, and which changes. */
export interface Grid {
  readonly hop: number;
  readonly lagStep: number;
  readonly changes: readonly Change[];
}

function gridOf(hop: number, lagStep: number, pitchStep: number): Grid {
  const steps = (most: number) => {
    const count = Math.round(most / pitchStep);
    return Array.from({ length: 2 * count + 1 }, (_, i) => 1 + (i - count) * pitchStep);
  };
  const changes = [
    ...steps(MOST_PITCH).map((pitch) => ({ kind: PITCH, pitch, tempo: 1 })),
    ...steps(MOST_TEMPO).map((tempo) => ({ kind: TEMPO, pitch: 1, tempo })),
    ...steps(MOST_TEMPO).map((speed) => ({ kind: SPEED, pitch: speed, tempo: speed })),
  ];
  return { hop, lagStep, changes };
}

export const FINE = gridOf(PIECE_HOP, LAG_STEP, PITCH_STEP);
/** Half as fine in every respect: an eighth of the work. */
export const COARSE = gridOf(2 * PIECE_HOP, 2 * LAG_STEP, 2 * PITCH_STEP);
/** By the fine grid those are tried that are so near to what agrees most of their kind by the coarse one. */
const BESIDE_COARSE = 2.5 * PITCH_STEP;

/** The fine changes that are worth a look where these are what agrees most by the coarse grid, one of each kind. */
export function changesBeside(coarse: readonly Change[]): readonly Change[] {
  // Of tempo alone coarse lags tell little; all of it is one pitch, and cheap.
  return FINE.changes.filter(
    ({ kind, pitch }) =>
      kind === TEMPO || coarse.some((laid) => laid.kind === kind && Math.abs(laid.pitch - pitch) < BESIDE_COARSE),
  );
}
