/** What a piece of work cost: wall seconds, and processor seconds of this process, all its threads together. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Starts to measure; each call tells the cost since. On a busy machine the processor time is the figure to trust. */
export function stopwatch(): () => Cost {
  const cpu = process.cpuUsage();
  const began = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: rounded((performance.now() - began) / 1_000), cpuSeconds: rounded((user + system) / 1e6) };
  };
}

/** The cost of what came after `part` in `whole`. */
export function rest(whole: Cost, part: Cost): Cost {
  return {
    seconds: rounded(whole.seconds - part.seconds),
    cpuSeconds: rounded(whole.cpuSeconds - part.cpuSeconds),
  };
}

/** The most memory that this process ever held, in megabytes (10⁶ bytes). */
export function peakMegabytes(): number {
  return Math.round((process.resourceUsage().maxRSS * 1_024) / 1e6);
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}
