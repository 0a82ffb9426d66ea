import type { FullFinding } from '../reading/findings.ts';
import type { Progress } from '../reading/progress.ts';
import { findingJson, printPlays } from './commands/findings.ts';
import { counted, print, shown } from './terminal.ts';

/** A pair that was not researched. */
export interface Unresearched {
  readonly clip: string;
  readonly episode: string;
  readonly reason: string;
}

export function resultsJson(findings: readonly FullFinding[]): void {
  print(JSON.stringify(findings.map(findingJson), null, 2));
}

/** Where each clip plays, which play nowhere, and what could not be researched. */
export function showResults(
  findings: readonly FullFinding[],
  unresearched: readonly Unresearched[],
  { catalogue, episodes, researched, pairs }: Progress,
): void {
  print('Where each clip plays');
  print();
  printPlays(findings);

  const found = new Set(findings.map(({ clip }) => clip));
  const failed = Map.groupBy(unresearched, ({ clip }) => clip);
  const absent = catalogue.clips.filter(({ ordinal, info }) => !found.has(ordinal) && !failed.has(info.title));
  if (absent.length > 0) {
    print('In none of the episodes');
    for (const { info } of absent) print(`  ${shown(info.title)}`);
    print();
  }
  if (failed.size > 0) {
    print('Could not be researched');
    for (const [clip, of] of failed) {
      const where =
        of.length === episodes ? 'in any episode' : `in ${of.map(({ episode }) => shown(episode)).join(', ')}`;
      print(`  ${shown(clip)}, ${where}: ${shown(of[0]?.reason ?? '')}`);
    }
    print();
  }
  const plays = findings.reduce((sum, { offsetsNs }) => sum + offsetsNs.length, 0);
  print(
    `${counted(plays, 'play')} in ${counted(episodes, 'episode')}; ${researched} of ${counted(pairs, 'pair')} researched.`,
  );
}
