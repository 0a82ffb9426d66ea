import type { EpisodeEntry } from '../domain/collection.ts';
import type { FullFinding } from '../operating/reading/findings.ts';
import type { Progress } from '../operating/reading/progress.ts';
import { counted, print, shown, tell } from '../operating/terminal.ts';
import { notHeard, notJudgedClips, notJudgedPairs, whyNotJudged } from '../operating/unknown-words.ts';
import { nameOrAddress } from '../web/shown-address.ts';
import { findingJson } from './commands/findings.ts';
import { printPlays } from './plays.ts';
import { type Unresearched, unresearchedLines } from './unresearched.ts';

/** The findings for programs; what could not be researched, and how much was found, for people beside. */
export function resultsJson(
  findings: readonly FullFinding[],
  unresearched: readonly Unresearched[],
  progress: Progress,
  episodes: ReadonlyMap<number, EpisodeEntry>,
): void {
  print(JSON.stringify(findings.map(findingJson), null, 2));
  showUnknown(progress, episodes, tell);
  showUnresearched(unresearched, progress, tell);
  tell(summaryOf(findings, progress));
}

/** Where each clip plays, which play nowhere, and what could not be researched. */
export function showResults(
  findings: readonly FullFinding[],
  unresearched: readonly Unresearched[],
  progress: Progress,
  episodes: ReadonlyMap<number, EpisodeEntry>,
): void {
  if (findings.length > 0) {
    print('Where each clip plays');
    print();
    printPlays(findings);
  }
  const found = new Set(findings.map(({ clip }) => clip));
  const failed = new Set(unresearched.filter(({ of }) => of === 'clip').map(({ clip }) => clip));
  const deaf = new Set(unresearched.filter(({ of }) => of === 'episode').map(({ episode }) => episode));
  const absent = progress.catalogue.clips.filter(
    (clip) => !found.has(clip.ordinal) && !failed.has(clip.info.title) && whyNotJudged(clip) === undefined,
  );
  if (absent.length > 0 && deaf.size < progress.episodes) {
    print(deaf.size === 0 ? 'In none of the episodes' : 'In none of the episodes that could be heard');
    for (const { info } of absent) print(`  ${shown(info.title)}`);
    print();
  }
  showUnknown(progress, episodes, print);
  showUnresearched(unresearched, progress, print);
  print(summaryOf(findings, progress));
}

/** What is no answer, apart from "not played". */
function showUnknown(
  { catalogue }: Progress,
  episodes: ReadonlyMap<number, EpisodeEntry>,
  say: (line?: string) => void,
): void {
  const clips = notJudgedClips(catalogue).map(({ info, unknowns }) => `${info.title}: ${unknowns?.notJudged}`);
  const heardInPart = [...episodes.values()].flatMap((entry) => {
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

function summaryOf(
  findings: readonly FullFinding[],
  { catalogue, ledgers, episodes, researched, pairs }: Progress,
): string {
  const plays = findings.reduce((sum, { offsetsNs }) => sum + offsetsNs.length, 0);
  const notJudged = ledgers.reduce((sum, ledger) => sum + notJudgedPairs(ledger, catalogue), 0);
  const unknown = notJudged === 0 ? '' : `, ${notJudged} of them of clips that cannot be judged`;
  return `${counted(plays, 'play')} in ${counted(episodes, 'episode')}; ${researched} of ${counted(pairs, 'pair')} researched${unknown}.`;
}
