import type { EpisodeEntry } from '../domain/collection.ts';
import type { FullFinding } from '../operating/reading/findings.ts';
import type { Progress } from '../operating/reading/progress.ts';
import { counted, print, shown, tell } from '../operating/terminal.ts';
import { notHeard, notJudgedClips, notJudgedPairs, whyNotJudged } from '../operating/unknown-words.ts';
import { nameOrAddress } from '../web/shown-address.ts';
import { asJson } from './commands/findings.ts';
import { asPlays } from './plays.ts';
import { type Unresearched, unresearchedLines } from './unresearched.ts';

export interface Results {
  /** Some at a time, in the order of episodes: of a large archive they are more than one would hold. */
  readonly findings: AsyncIterable<readonly FullFinding[]>;
  readonly unresearched: readonly Unresearched[];
  readonly progress: Progress;
  /** Episodes that were not heard in full. */
  readonly unheard: readonly EpisodeEntry[];
}

/** The findings for programs; what could not be researched, and how much was found, for people beside. */
export async function resultsJson({ findings, unresearched, progress, unheard }: Results): Promise<void> {
  const seen = new Seen();
  await asJson(seen.inPassing(findings));
  showUnknown(progress, unheard, tell);
  showUnresearched(unresearched, progress, tell);
  tell(summaryOf(seen, progress));
}

/** Where each clip plays, which play nowhere, and what could not be researched. */
export async function showResults({ findings, unresearched, progress, unheard }: Results): Promise<void> {
  const seen = new Seen();
  await asPlays(seen.inPassing(headed(findings)));
  const failed = new Set(unresearched.filter(({ of }) => of === 'clip').map(({ clip }) => clip));
  const deaf = new Set(unresearched.filter(({ of }) => of === 'episode').map(({ episode }) => episode));
  const absent = progress.catalogue.clips.filter(
    (clip) => !seen.clips.has(clip.ordinal) && !failed.has(clip.info.title) && whyNotJudged(clip) === undefined,
  );
  if (absent.length > 0 && deaf.size < progress.episodes) {
    print(deaf.size === 0 ? 'In none of the episodes' : 'In none of the episodes that could be heard');
    for (const { info } of absent) print(`  ${shown(info.title)}`);
    print();
  }
  showUnknown(progress, unheard, print);
  showUnresearched(unresearched, progress, print);
  print(summaryOf(seen, progress));
}

/** What the summary tells of findings that are not kept. */
class Seen {
  plays = 0;
  readonly clips = new Set<number>();

  async *inPassing(groups: Results['findings']): AsyncGenerator<readonly FullFinding[]> {
    for await (const findings of groups) {
      for (const { clip, offsetsNs } of findings) {
        this.clips.add(clip);
        this.plays += offsetsNs.length;
      }
      yield findings;
    }
  }
}

async function* headed(groups: Results['findings']): AsyncGenerator<readonly FullFinding[]> {
  let isFirst = true;
  for await (const findings of groups) {
    if (findings.length === 0) continue;
    if (isFirst) print('Where each clip plays\n');
    isFirst = false;
    yield findings;
  }
}

/** What is no answer, apart from "not played". */
function showUnknown({ catalogue }: Progress, unheard: readonly EpisodeEntry[], say: (line?: string) => void): void {
  const clips = notJudgedClips(catalogue).map(({ info, unknowns }) => `${info.title}: ${unknowns?.notJudged}`);
  const heardInPart = unheard.flatMap((entry) => {
    const lost = notHeard(entry);
    return lost === undefined ? [] : [`${nameOrAddress(entry.info)}, not heard: ${lost}`];
  });
  for (const [title, lines] of [
    ['Cannot be judged', clips],
    ['Not heard in full', heardInPart],
  ] as const) {
    if (lines.length === 0) continue;
    say(title);
    for (const line of lines) say(`  ${shown(line)}`);
    say();
  }
}

function showUnresearched(
  unresearched: readonly Unresearched[],
  { episodes }: Progress,
  say: (line?: string) => void,
): void {
  if (unresearched.length === 0) return;
  say('Could not be researched');
  for (const line of unresearchedLines(unresearched, episodes)) say(`  ${line}`);
  say();
}

function summaryOf({ plays }: Seen, { catalogue, ledgers, episodes, researched, pairs }: Progress): string {
  const notJudged = ledgers.reduce((sum, ledger) => sum + notJudgedPairs(ledger, catalogue), 0);
  const unknown = notJudged === 0 ? '' : `, ${notJudged} of them of clips that cannot be judged`;
  return `${counted(plays, 'play')} in ${counted(episodes, 'episode')}; ${researched} of ${counted(pairs, 'pair')} researched${unknown}.`;
}
