import { type Command, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { archiveClient } from '../../operating/archive-client.ts';
import { archiveLocation, type LocationOptions } from '../../operating/archive-location.ts';
import { Failure } from '../../operating/failure.ts';
import { type FullFinding, readFindings } from '../../operating/reading/findings.ts';
import { position, print, secondsText, shown, tell } from '../../operating/terminal.ts';
import { nameOrAddress } from '../../web/shown-address.ts';

interface FindingsOptions extends LocationOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly clip?: string;
  readonly episode?: string;
  readonly variants?: boolean;
}

export function findingsCommand(command: Command): void {
  command
    .description('Show where clips were played.')
    .addOption(new Option('--json', 'an array of findings, for programs').conflicts('csv'))
    .addOption(new Option('--csv', 'a line a play, for spreadsheets'))
    .option('--clip <title>', 'only of this clip')
    .option('--episode <title>', 'only in this episode')
    .option('--variants', 'also what differs from the first finding of a pair')
    .addHelpText(
      'after',
      `
Examples:
  $ npm run -s archivist -- findings --data ./archive
  $ npm run -s archivist -- findings --data ./archive --clip "Big wave" --csv > big-wave.csv
  $ npm run -s archivist -- findings --stack Archivist --json | jq '.[].clip.title'`,
    )
    .action(async (options: FindingsOptions) => {
      const client = archiveClient(await archiveLocation(options));
      try {
        const { dynamodb, collection, location } = client;
        const all = await readFindings(dynamodb, location.tables.Collection ?? '', collection, options.variants);
        const findings = filtered(all, options);
        if (options.json) print(JSON.stringify(findings.map(findingJson), null, 2));
        else if (options.csv) process.stdout.write(csvOf(findings));
        else printPlays(findings);
      } finally {
        client.close();
      }
    });
}

/** @throws Failure when a title is of none of the findings */
function filtered(findings: readonly FullFinding[], { clip, episode }: FindingsOptions): FullFinding[] {
  const same = (a: string, b: string) => a.localeCompare(b, 'en', { sensitivity: 'base' }) === 0;
  const matching = findings.filter(
    ({ clipEntry, episodeEntry }) =>
      (clip === undefined || same(clipEntry.info.title, clip)) &&
      (episode === undefined || same(episodeEntry.info.title, episode)),
  );
  if (matching.length === 0 && findings.length > 0) {
    const asked = [clip && `of a clip “${clip}”`, episode && `in an episode “${episode}”`].filter(Boolean).join(' ');
    throw new Failure(
      `There is no finding ${asked}. Titles must be given whole; without --clip and --episode all are shown.`,
    );
  }
  return matching;
}

export function findingJson(finding: FullFinding) {
  const { episodeEntry, clipEntry } = finding;
  return {
    episode: {
      id: String(finding.episode),
      title: episodeEntry.info.title,
      ...(episodeEntry.info.dateAired === undefined ? {} : { dateAired: episodeEntry.info.dateAired }),
      mediaUri: episodeEntry.info.mediaUri,
    },
    clip: { id: String(finding.clip), title: clipEntry.info.title, mediaUri: clipEntry.info.mediaUri },
    offsetsNs: finding.offsetsNs,
    scores: finding.scores,
    analyzer: finding.analyzer,
    researcher: finding.researcher,
    researchDate: finding.researchDate,
    ...(finding.variant === 0 ? {} : { variant: finding.variant }),
  };
}

/** Spreadsheets run cells that begin with these as formulas; titles come from strangers. */
const asText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function csvOf(findings: readonly FullFinding[]): string {
  const rows = findings.flatMap((finding) =>
    finding.offsetsNs.map((offset, index) => [
      asText(finding.clipEntry.info.title),
      asText(finding.episodeEntry.info.title),
      finding.episodeEntry.info.dateAired ?? '',
      position(offset),
      secondsText(offset),
      finding.scores[index] ?? '',
      asText(finding.researcher),
      asText(finding.analyzer),
      asText(finding.episodeEntry.info.mediaUri),
      asText(finding.clipEntry.info.mediaUri),
    ]),
  );
  const header = [
    'clip',
    'episode',
    'aired',
    'position',
    'seconds',
    'score',
    'researcher',
    'analyzer',
    'episodeUri',
    'clipUri',
  ];
  return stringify([header, ...rows]);
}

/** Each clip with the episodes and positions where it plays. */
export function printPlays(findings: readonly FullFinding[]): void {
  if (findings.length === 0) {
    tell('No findings yet.');
    return;
  }
  const byClip = Map.groupBy(findings, ({ clip }) => clip);
  const groups = [...byClip.values()].sort((a, b) => titleOf(a).localeCompare(titleOf(b), 'en'));
  for (const group of groups) {
    print(shown(titleOf(group)));
    for (const { episodeEntry, offsetsNs, variant } of group) {
      const beside = variant === 0 ? '' : `  (variant ${variant})`;
      print(`  ${offsetsNs.map(position).join('  ')}  ${shown(nameOrAddress(episodeEntry.info))}${beside}`);
    }
    print();
  }
}

const titleOf = ([finding]: readonly FullFinding[]): string => finding?.clipEntry.info.title ?? '';
