/** A straight line through points, by least squares. */
export interface Line {
  readonly slope: number;
  readonly start: number;
}

/** @param points at least one; where all have one x, the line is level. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): Line {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  const together = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const slope = spread === 0 ? 0 : together / spread;
  return { slope, start: y - slope * x };
}

export interface Growth {
  readonly what: string;
  /** MB at the first and last measurement, and at most. */
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** MB for each thousand pairs, in the second half: what is warmed up has ended by then. */
  readonly aThousand: number;
  /** More than a process may grow beside what is kept. */
  readonly grows: boolean;
}

/** What a garbage collector moves up and down by. */
const NOISE_MB = 40;

/** @param measured pairs recorded so far, and MB. */
export function growthOf(what: string, measured: readonly (readonly [pairs: number, mb: number])[]): Growth {
  const late = measured.slice(Math.floor(measured.length / 2));
  const { slope } = lineThrough(late);
  const pairs = (late.at(-1)?.[0] ?? 0) - (late[0]?.[0] ?? 0);
  const sizes = measured.map(([, mb]) => mb);
  return {
    what,
    first: sizes[0] ?? 0,
    last: sizes.at(-1) ?? 0,
    most: Math.max(...sizes),
    aThousand: Math.round(slope * 1_000 * 10) / 10,
    grows: slope * pairs > NOISE_MB,
  };
}
