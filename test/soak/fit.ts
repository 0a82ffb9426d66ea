/** A measurement: which process it is of, pairs recorded so far, and MB. */
export interface Sample {
  /** Changes when a process is started again: memory begins anew. */
  readonly life: number;
  readonly pairs: number;
  readonly mb: number;
}

/** What a straight line says that all lives share but for where each begins. */
export interface Fit {
  /** MB for each thousand pairs. */
  readonly slope: number;
  /** Standard error of the slope; infinite where there are too few measurements to tell. */
  readonly error: number;
  /** The longest time that a life was measured for, in thousands of pairs. */
  readonly span: number;
}

/** MB: what is compiled and filled late. A slope that stays becomes more in a longer run, or in longer lives. */
const LEAST = 4;

/** Of a life: what is loaded, compiled and filled at its beginning is no growth. */
const WARM_UP = 0.5;

/**
 * Least squares with a beginning for each life and one slope for all (fixed effects: Wooldridge, Introductory Econometrics,
 * chapter 14), over the second half of each life. A process that is started again does not hide what it grows by.
 */
export function fitted(samples: readonly Sample[]): Fit {
  const lives = [...Map.groupBy(samples, ({ life }) => life).values()]
    .map((life) => life.slice(Math.floor(life.length * WARM_UP)))
    .filter((life) => life.length > 1);
  const points = lives.flatMap((life) => {
    const [pairs, mb] = [mean(life.map((one) => one.pairs)), mean(life.map((one) => one.mb))];
    return life.map((one) => ({ x: (one.pairs - pairs) / 1_000, y: one.mb - mb }));
  });
  const span = Math.max(0, ...points.map(({ x }) => x)) * 2;
  const spread = sum(points.map(({ x }) => x ** 2));
  if (spread === 0) return { slope: 0, error: Number.POSITIVE_INFINITY, span };
  const slope = sum(points.map(({ x, y }) => x * y)) / spread;
  const free = points.length - lives.length - 1;
  const left = sum(points.map(({ x, y }) => (y - slope * x) ** 2));
  return { slope, error: free > 0 ? Math.sqrt(left / free / spread) : Number.POSITIVE_INFINITY, span };
}

export interface Growth extends Fit {
  readonly what: string;
  /** MB at the first and last measurement, and at most. */
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** More, beyond twice the error, than is allowed, and so much that it can be told from what is filled late. */
  readonly grows: boolean;
}

/** @param allowed MB a thousand pairs; infinite for what is kept, and may grow with it */
export function growthOf(what: string, samples: readonly Sample[], allowed: number): Growth {
  const { slope, error, span } = fitted(samples);
  const surely = slope - 2 * error;
  const sizes = samples.map(({ mb }) => mb);
  return {
    what,
    first: sizes[0] ?? 0,
    last: sizes.at(-1) ?? 0,
    most: Math.max(0, ...sizes),
    slope: rounded(slope),
    error: rounded(error),
    span: rounded(span),
    grows: surely > allowed && surely * span > LEAST,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
const rounded = (mb: number): number => Math.round(mb * 100) / 100;
