import type { Consumed } from './metering.ts';

function combined(a: Consumed, b: Consumed, sign: 1 | -1): Consumed {
  const records = (x: Record<string, number>, y: Record<string, number>) =>
    Object.fromEntries(
      [...new Set([...Object.keys(x), ...Object.keys(y)])].map((key) => [key, (x[key] ?? 0) + sign * (y[key] ?? 0)]),
    );
  return {
    read: records(a.read, b.read),
    write: records(a.write, b.write),
    requests: records(a.requests, b.requests),
    bytes: a.bytes + sign * b.bytes,
  };
}

/** What `a` consumed beyond `b`. */
export const minus = (a: Consumed, b: Consumed): Consumed => combined(a, b, -1);

export function sumOf(all: readonly Consumed[]): Consumed {
  return all.reduce((sum, one) => combined(sum, one, 1), { read: {}, write: {}, requests: {}, bytes: 0 });
}

/** `share` of it: of ten steps a tenth is one. */
export function scaled(all: Consumed, share: number): Consumed {
  const each = (record: Record<string, number>) =>
    Object.fromEntries(Object.entries(record).map(([key, count]) => [key, count * share]));
  return { read: each(all.read), write: each(all.write), requests: each(all.requests), bytes: all.bytes * share };
}

/** What the step consumed, by the meter. */
export async function consumedBy(meter: { taken(): Consumed }, step: () => Promise<void>): Promise<Consumed> {
  meter.taken();
  await step();
  return meter.taken();
}

/** One step after the other. */
export async function inTurn<Entry>(entries: readonly Entry[], step: (entry: Entry) => Promise<void>): Promise<void> {
  for (const entry of entries) await step(entry);
}
