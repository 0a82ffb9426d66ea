import type { Ledger } from '../../../domain/ledger.ts';
import { someDeadLetters } from '../../../operating/reading/dead-letters.ts';
import { readFindings } from '../../../operating/reading/findings.ts';
import { lightEpisodes } from '../../../operating/reading/light-entries.ts';
import { isOver, type Progress } from '../../../operating/reading/progress.ts';
import { queueDepth } from '../../../operating/reading/queue-depths.ts';
import { outcomeOf, type Workload } from '../work/workload.ts';
import type { ArchiveView } from './archive-view.ts';

export interface Verdict {
  readonly pairs: number;
  readonly researched: number;
  readonly parked: number;
  readonly findings: number;
  /** Work items that were received too often; their leases end by themselves. */
  readonly pendingDeadLetters: number;
  /** What is not as after an undisturbed run, a line each. */
  readonly differences: readonly string[];
}

type Clip = Progress['catalogue']['clips'][number];

/** Compares everything with what is known beforehand. To be asked when the archive is finished. */
export async function verdictOn(view: ArchiveView, workload: Workload): Promise<Verdict> {
  const { client } = view;
  const progress = await view.look();
  const { clips } = progress.catalogue;
  const differences = [...view.violations];
  const episodes = await lightEpisodes(client);
  const titleOf = (ordinal: number) => episodes.get(ordinal)?.info.title ?? `episode ${ordinal}`;
  differences.push(
    ...missing(
      'clip',
      workload.clips,
      clips.map(({ info }) => info.title),
    ),
  );
  differences.push(
    ...missing(
      'episode',
      workload.episodes,
      [...episodes.values()].map(({ info }) => info.title),
    ),
  );

  const found = new Map<string, string>();
  for (const { episodeEntry, clipEntry, offsetsNs, variant } of await findingsOf(view)) {
    const pair = `${clipEntry.info.title} in ${episodeEntry.info.title}`;
    if (variant !== 0) differences.push(`${pair}: a variant was kept, though everybody finds the same`);
    else found.set(pair, offsetsNs.join(' '));
  }
  for (const ledger of progress.ledgers) {
    const reasons = await client.operations.parkedReasons(ledger.episode);
    const title = titleOf(ledger.episode);
    for (const clip of clips) {
      const pair = `${clip.info.title} in ${title}`;
      const difference = differenceOf(ledger, clip, title, found.get(pair), reasonOf(ledger, clip, reasons));
      if (difference !== undefined) differences.push(`${pair}: ${difference}`);
      found.delete(pair);
    }
  }
  for (const pair of found.keys()) differences.push(`${pair}: found, but there is no such pair`);
  differences.push(...(await wrongDeadLetters(view, workload)));
  const pending = await queueDepth(client.sqs, client.queue('PendingResearchDeadLetters'));
  return {
    pairs: progress.pairs,
    researched: progress.researched,
    parked: progress.givenUp,
    findings: (await findingsOf(view)).length,
    pendingDeadLetters: pending.visible,
    differences,
  };
}

const findingsOf = ({ client }: ArchiveView) => readFindings(client, { variants: true });

function* missing(kind: string, expected: readonly { readonly title: string }[], came: readonly string[]) {
  const left = [...came];
  for (const { title } of expected) {
    const index = left.indexOf(title);
    if (index < 0) yield `The ${kind} “${title}” was lost`;
    else left.splice(index, 1);
  }
  for (const title of left) yield `The ${kind} “${title}” is there twice, or should not be`;
}

/** Why a pair was given up, or undefined when nobody says. */
function reasonOf(ledger: Ledger, clip: Clip, reasons: ReadonlyMap<number, string>): string | undefined {
  return (
    reasons.get(clip.ordinal) || (ledger.state === 'PARKED' && reasons.get(0)) || clip.strikes?.reason || undefined
  );
}

function differenceOf(
  ledger: Ledger,
  clip: Clip,
  episodeTitle: string,
  found: string | undefined,
  reason: string | undefined,
): string | undefined {
  const outcome = outcomeOf(episodeTitle, clip.info.title);
  const researched = ledger.researched.has(clip.ordinal);
  if (outcome.kind === 'found' || outcome.kind === 'absent') {
    if (!researched) return isOver(ledger, clip) ? `given up: ${reason ?? 'no reason'}` : 'not researched';
    const expected = outcome.kind === 'found' ? outcome.offsetsNs.join(' ') : undefined;
    return found === expected ? undefined : `found at ${found ?? 'no place'}, but it is at ${expected ?? 'no place'}`;
  }
  if (researched) return `researched, but ${outcome.reason}`;
  if (!isOver(ledger, clip)) return `neither researched nor given up: ${ledger.state}`;
  return reason === undefined ? 'given up without a reason' : undefined;
}

async function wrongDeadLetters({ client }: ArchiveView, { bad }: Workload): Promise<string[]> {
  const wrong: string[] = [];
  for (const queue of ['CuratedClips', 'CuratedEpisodes', 'CompletedResearch'] as const) {
    const expected = new Set(bad.flatMap((one) => (one.queue === queue ? [one.body] : [])));
    const letters = await someDeadLetters(client.sqs, client.queue(`${queue}DeadLetters`));
    for (const { body, reason } of letters) {
      if (!bad.some((one) => one.body === body))
        wrong.push(`Among the dead letters of ${queue}: ${body.slice(0, 200)} (${reason})`);
      expected.delete(body);
    }
    for (const body of expected) wrong.push(`Not among the dead letters of ${queue}: ${body}`);
  }
  return wrong;
}
