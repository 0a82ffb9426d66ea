import type { ResearcherEvent, ResearcherSummary } from '../../../../researcher/worker/researcher-events.ts';
import { type ResearcherOptions, runResearcher } from '../../../../researcher/worker/run-researcher.ts';
import { until } from '../../../local/support/until.ts';
import type { Fauxqs, TestArchive } from './fauxqs.ts';
import { scripted } from './scripted-analysis.ts';
import { freshFolder } from './work.ts';

export interface Run {
  readonly events: ResearcherEvent[];
  readonly summary: Promise<ResearcherSummary>;
  readonly stop: AbortController;
  /** Waits for an event. */
  saw(kind: ResearcherEvent['kind'], times?: number): Promise<void>;
}

/** Runs a researcher until it is idle for a moment, with scripted analysis unless the test gives another. */
export function running(fauxqs: Fauxqs, archive: TestArchive, options: Partial<ResearcherOptions> = {}): Run {
  const stop = new AbortController();
  const events: ResearcherEvent[] = [];
  const summary = runResearcher({
    sqs: fauxqs.sqs,
    pendingQueueUrl: archive.pendingQueueUrl,
    completedQueueUrl: archive.completedQueueUrl,
    name: 'test-researcher',
    workers: 1,
    workerFile: '',
    dataDir: freshFolder(),
    allowFiles: true,
    stopWhenIdle: 200,
    signal: stop.signal,
    analysis: scripted(),
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  summary.catch(() => undefined);
  const saw = (kind: ResearcherEvent['kind'], times = 1) =>
    until(`${kind} was seen`, () => events.filter((event) => event.kind === kind).length >= times, 20_000);
  return { events, summary, stop, saw };
}
