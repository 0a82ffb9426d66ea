import type { Detection } from './score.ts';

/** Edges of the classes of distinctiveness that chance is told by. */
const EDGES = [100, 200, 400, 800, 1_600, 3_200, 6_400, Number.POSITIVE_INFINITY];

/** What chance reached with clips of one class of distinctiveness. */
export interface Chance {
  /** From so much up to below so much; no end: undefined. */
  readonly from: number;
  readonly to: number | undefined;
  readonly clips: number;
  readonly clipHours: number;
  /** Places that were listed at all; the greatest likeness of them, at the clip's own speed and at others; 0 if there is none. */
  readonly places: number;
  readonly highest: number;
  readonly highestAltered: number;
}

/** A play at its own speed runs as fast as the clip to within the drift of clocks. */
const OWN_SPEED = 5e-4;

/**
 * What is reached where the clips do not play, by how distinctive they are.
 *
 * @param freedom distinctiveness of each clip that was searched
 * @param places where a clip does not play, above the threshold and below
 */
export function chanceBy(freedom: ReadonlyMap<string, number>, hours: number, places: readonly Detection[]): Chance[] {
  return EDGES.slice(1).map((to, i) => {
    const from = EDGES[i]!;
    const clips = new Set([...freedom].filter(([, value]) => value >= from && value < to).map(([clip]) => clip));
    const own = places.filter(({ clip }) => clips.has(clip));
    const highest = (altered: boolean) =>
      Math.max(
        0,
        ...own.filter(({ speed = 1 }) => Math.abs(speed - 1) > OWN_SPEED === altered).map(({ score }) => score),
      );
    return {
      ...{ from, to: Number.isFinite(to) ? to : undefined, clips: clips.size, clipHours: clips.size * hours },
      ...{ places: own.length, highest: highest(false), highestAltered: highest(true) },
    };
  });
}
