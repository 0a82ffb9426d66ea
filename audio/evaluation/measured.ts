/** What a piece of work cost: wall seconds, and processor seconds of this process, all its threads together. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Runs the work and measures it. On a busy machine the processor time is the figure to trust. */
export async function measured<T>(work: () => Promise<T>): Promise<{ result: T; cost: Cost }> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const result = await work();
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { result, cost: { seconds: rounded(seconds), cpuSeconds: rounded((user + system) / 1e6) } };
}

/** The most memory that this process ever held, in megabytes (10⁶ bytes). */
export function peakMegabytes(): number {
  return Math.round((process.resourceUsage().maxRSS * 1_024) / 1e6);
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}
