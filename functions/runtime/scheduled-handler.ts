import middy from '@middy/core';
import { EndedEarly } from './ended-early.ts';
import type { LambdaContext } from './lambda.ts';
import { emit, type Metric } from './metrics.ts';
import { logContext, logger } from './telemetry.ts';

/** Something failed in a run; the message has its whole summary. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';

  constructor(summary: { readonly failures: readonly string[] }) {
    super(`${summary.failures.length} of the run's steps failed. Summary: ${JSON.stringify(summary)}`);
  }
}

/** So many failures are told; the rest would only repeat them. */
const FAILURES_TOLD = 20;

/**
 * The handler of a scheduled archivist: runs, logs one line, emits metrics, and returns the summary. Whatever the
 * event is, it does the same, so it can be invoked by hand with `{}`.
 * @throws RunFailed at the end of a run in which something failed: swallowed errors would blind the alarms
 */
export function scheduledHandler<Summary extends { readonly failures: readonly string[]; readonly end: string }>(
  run: (context: LambdaContext) => Promise<Summary>,
  metricsOf: (summary: Summary) => Partial<Record<Metric, number>>,
) {
  return middy<unknown, Summary, Error, LambdaContext>()
    .use(logContext)
    .handler(async (_event, context) => {
      const summary = await run(context).catch((error: unknown) => {
        if (error instanceof EndedEarly) return error.summary as Summary;
        throw error;
      });
      emit(metricsOf(summary));
      const told = { ...summary, failures: summary.failures.slice(0, FAILURES_TOLD) };
      if (summary.failures.length > 0) {
        logger.error('The run failed in part', { ...told, failureCount: summary.failures.length });
        throw new RunFailed(told);
      }
      logger.info(`The run ended: ${summary.end}`, told);
      return summary;
    });
}
