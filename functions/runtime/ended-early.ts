/** A run that could not go on to its end, with what it had done until then. */
export class EndedEarly extends Error {
  override readonly name = 'EndedEarly';
  readonly summary: object;

  constructor(summary: object, cause: unknown) {
    super(`The run ended early: ${String(cause)}`, { cause });
    this.summary = summary;
  }
}

/**
 * Runs to the end, or says how far it came.
 * @throws EndedEarly with the summary, whose `end` is then 'failed' and whose `failures` have the reason
 */
export async function toTheEnd<Summary extends { end: string; readonly failures: string[] }>(
  summary: Summary,
  run: () => Promise<Summary>,
): Promise<Summary> {
  try {
    return await run();
  } catch (error) {
    const early = new EndedEarly(summary, error);
    summary.failures.push(early.message);
    summary.end = 'failed';
    throw early;
  }
}
