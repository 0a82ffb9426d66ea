import { bodyOf, completedItem, parsePendingResearchItem, rangesOf } from '../../domain/messages.ts';
import type { AssignSummary } from '../../functions/pending-research-archivist/assign-research.ts';
import { rounded } from '../figures.ts';
import type { LocalArchive } from './local-archive.ts';

/** Curators and researchers as a benchmark needs them: they take no time of their own for media. */

/** As many results a message as researchers send together. */
const TOGETHER = 100;
/** What waited for the first results is looked at again after so long. */
export const TRIED_MS = 5_000;

/** @returns entries a second, from sending to the empty queue */
export async function curate(archive: LocalArchive, queue: string, infos: readonly object[]): Promise<number> {
  const bodies = infos.map((info) => JSON.stringify(info));
  const start = performance.now();
  await archive.send(queue, bodies);
  await archive.emptied(queue);
  return rounded((infos.length / (performance.now() - start)) * 1000);
}

/** What a run of the assigner gave out: `ms` is its own time, `results` what the stub reported of it. */
export interface Worked {
  readonly published: number;
  readonly ms: number;
  readonly memoryMb: number;
  readonly results: number;
}

/** Leases as many work items as there may be, and reports every pair of them: nothing was found. */
export async function work(archive: LocalArchive): Promise<Worked> {
  const { summary, ms, memoryMb } = await archive.invoke<AssignSummary>('PendingResearchArchivist');
  const bodies = (await archive.take('PendingResearch')).flatMap(resultsOf);
  await archive.send('CompletedResearch', bodies);
  return { published: summary.published, ms, memoryMb, results: summary.clipsLeased };
}

function resultsOf(body: string): string[] {
  const { leaseId, episode, clips } = parsePendingResearchItem(body);
  const said = { leaseId, researcher: 'bench', analyzer: 'bench@1' };
  const ids = clips.map(({ id }) => Number(id));
  return Array.from({ length: Math.ceil(ids.length / TOGETHER) }, (_, index) => {
    const together = ids.slice(index * TOGETHER, (index + 1) * TOGETHER);
    return bodyOf(
      completedItem(episode, { ...said, notFound: rangesOf(together), workingOn: String(together.at(-1)) }),
    );
  });
}
