/** What became of many hostile things of a kind. */
export interface Outcome {
  readonly what: string;
  readonly tried: number;
  /** What was not refused as it should be, a line each. */
  readonly wrong: readonly string[];
}

/** @throws Error when it takes longer. */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it hangs: nothing came of it within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
