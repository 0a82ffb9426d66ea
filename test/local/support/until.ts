import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition holds. @throws Error that names what was waited for, when it does not hold in time. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain until ${what}.`);
    await sleep(20);
  }
}
