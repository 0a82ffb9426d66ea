import { type Command, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import type { LocationOptions } from '../../operating/archive-location.ts';
import { isOfAnotherCopy } from '../../operating/copy-words.ts';
import { BadUsage } from '../../operating/failure.ts';
import { type FindingsFilter, type FoundSet, findingsOf } from '../../operating/findings-of.ts';
import { FORMATS, type Format, HAND_OVERS } from '../../operating/handover/formats.ts';
import { marksOfEach } from '../../operating/handover/marks.ts';
import { handedOver, writeOver } from '../../operating/handover/write-over.ts';
import type { FullFinding } from '../../operating/reading/findings.ts';
import { LOOKED_BY } from '../../operating/select.ts';
import { slowReading } from '../../operating/slow-reading.ts';
import { shown, tell } from '../../operating/terminal.ts';
import { whyNotJudged } from '../../operating/unknown-words.ts';
import { FINDINGS_COLUMNS, findingRows } from '../csv-columns/findings.ts';
import { pointInTime } from '../dates.ts';
import { holdLittle } from '../little-memory.ts';
import { JsonArray, written } from '../output.ts';
import { asPlays } from '../plays.ts';
import { reading } from '../reading.ts';

interface FindingsOptions extends LocationOptions, FindingsFilter {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly from?: number;
  readonly to?: number;
  readonly format?: Format;
  readonly out?: string;
}

export function findingsCommand(command: Command): void {
  whichFindings(command)
    .addOption(new Option('--json', 'an array of findings, for programs').conflicts('csv'))
    .addOption(new Option('--csv', 'a line a play, for spreadsheets'))
    .addOption(
      new Option('--format <format>', 'for another program (below)')
        .choices(FORMATS)
        .conflicts(['json', 'csv', 'variants']),
    )
    .option('--out <folder>', 'with --format: a file an episode in this folder')
    .option('--variants', 'also what differs from the first finding of a pair, with what of it is the same play')
    .addHelpText(
      'after',
      `
Days are those of UTC.
When nothing is found, stderr says why: the clip was not found in any episode, the archive has no such clip, the clip
cannot be judged, or an episode was not heard in full.
Without a filter it reads every finding, as an export does: of a million in about half a minute, printed as they are read,
in parts: each of some episodes, clip by clip. What came lately is --since; how much was found of each clip tells
\`list clips --sort found\`; to look through all of it there is \`report\`.
Where only a part of a clip is heard, that part is told. --json (heardFromNs, heardToNs; unheard, of the episode) and --csv
(heardFrom, heardTo, in seconds of the clip; notHeard) always have it.
Where several clips fit one place, the one with the best score is the finding and the others are its rivals (--json
and --csv: rivalOf). With --clip only the clips that were asked for are compared; explain tells all rivals.
A host may put other advertisements into an episode each time it is fetched. A play that lies at another time in another
copy is one play, and its other times are told with it. --json has them in alsoAt (with --variants also playNs), --csv in
otherCopies (with --variants also variant and variantOf), in seconds.
--json, --csv and the format m3u have the addresses of media whole, with the keys that those of private feeds hold.

Examples:
  $ npm run -s archivist -- findings --data ./archive
  $ npm run -s archivist -- findings --data ./archive --clip "big wave" --csv > big-wave.csv
  $ npm run -s archivist -- findings --data ./archive --show tides --from 2019-01-01 --to 2019-12-31
  $ npm run -s archivist -- findings --data ./archive --since 7d
  $ npm run -s archivist -- findings --data ./archive --episode 41 --format audacity > labels.txt
  $ npm run -s archivist -- findings --data ./archive --clip "big wave" --format m3u > big-wave.m3u8
  $ npm run -s archivist -- findings --data ./archive --format chapters --out ./chapters
  $ npm run -s archivist -- findings --stack Archivist --json | jq '.[].clip.title'

Formats:
${FORMATS.map((name) => `  ${name.padEnd(11)} ${HAND_OVERS[name].about}`).join('\n')}`,
    )
    .action(async (options: FindingsOptions) => {
      holdLittle();
      await reading(options, async (client) => {
        const { from: airedFrom, to: airedTo } = options;
        if (options.out !== undefined && options.format === undefined) throw new BadUsage('--out goes with --format.');
        // In a terminal the findings themselves show that it goes on.
        const told = process.stdout.isTTY ? undefined : slowReading('episode');
        const found = await findingsOf(client, { ...options, airedFrom, airedTo }, told);
        const { format, out } = options;
        const asText = (findings: Groups) => asPlays(findings, undefined, found.expected);
        const show = options.json ? asJson : options.csv ? asCsv : asText;
        const count = await (format ? over(format, out, found) : show(found.findings));
        if (count === 0) tell(await found.whyNone());
        for (const line of await found.unknown()) tell(shown(line));
      });
    });
}

/** The options that say which findings are meant. */
export const whichFindings = (command: Command): Command =>
  command
    .option('--clip <clip>', `only of clips: ${LOOKED_BY}`)
    .option('--episode <episode>', 'only in episodes, in the same way')
    .option('--show <text>', 'only in episodes of a show: a part of what their curator says of it')
    .option('--from <day>', 'only in episodes aired then or later', (text) => pointInTime(text))
    .option('--to <day>', 'only in episodes aired then or before', (text) => pointInTime(text, { end: true }))
    .option('--since <time>', 'only what was found since: a day, a time or an age (12h, 7d, 2w)', (text) =>
      pointInTime(text),
    );

/** For another program: to stdout, or a file an episode. @returns how many findings */
async function over(format: Format, out: string | undefined, found: FoundSet): Promise<number> {
  let count = 0;
  async function* counting(): FoundSet['findings'] {
    for await (const findings of found.findings) {
      count += findings.length;
      yield findings;
    }
  }
  const episodes = marksOfEach({ ...found, findings: counting() });
  if (out === undefined) for await (const text of handedOver(format, episodes)) await written(text);
  else for await (const path of writeOver(format, episodes, out)) await written(`${path}\n`);
  return count;
}

type Groups = AsyncIterable<readonly FullFinding[]>;

/** The findings as an array for programs, written as they come. @returns how many */
export async function asJson(groups: Groups): Promise<number> {
  const array = new JsonArray();
  let count = 0;
  for await (const findings of groups) {
    await array.add(findings.map(findingJson));
    count += findings.length;
  }
  await array.end();
  return count;
}

export function findingJson(finding: FullFinding) {
  const { episodeEntry, clipEntry } = finding;
  const { unheard = [] } = episodeEntry.unknowns ?? {};
  const notJudged = whyNotJudged(clipEntry);
  return {
    episode: {
      id: String(finding.episode),
      title: episodeEntry.info.title,
      ...(episodeEntry.info.show !== undefined && { show: episodeEntry.info.show }),
      ...(episodeEntry.info.dateAired === undefined ? {} : { dateAired: episodeEntry.info.dateAired }),
      mediaUri: episodeEntry.info.mediaUri,
      ...(unheard.length > 0 && { unheard }),
    },
    clip: {
      id: String(finding.clip),
      title: clipEntry.info.title,
      mediaUri: clipEntry.info.mediaUri,
      ...(notJudged !== undefined && { notJudged }),
    },
    offsetsNs: finding.offsetsNs,
    scores: finding.scores,
    ...(finding.heardFromNs !== undefined && { heardFromNs: finding.heardFromNs }),
    ...(finding.heardToNs !== undefined && { heardToNs: finding.heardToNs }),
    ...(finding.better !== undefined && {
      rivalOf: [...finding.better].map(([offsetNs, { clip, title, score }]) => ({
        offsetNs,
        clip: { id: String(clip), title },
        score,
      })),
    }),
    analyzer: finding.analyzer,
    researcher: finding.researcher,
    researchDate: finding.researchDate,
    ...(isOfAnotherCopy(finding, episodeEntry) && { ofAnotherCopy: { durationNs: finding.episodeFacts.durationNs } }),
    ...(finding.alsoAt !== undefined && {
      alsoAt: [...finding.alsoAt].flatMap(([index, places]) =>
        places.map(({ variant, offsetNs, isOtherCopy }) => ({
          offsetNs: finding.offsetsNs[index],
          ...{ variant, isOtherCopy, atNs: offsetNs },
        })),
      ),
    }),
    ...(finding.variant === 0 ? {} : { variant: finding.variant }),
    ...(finding.playNs !== undefined && {
      playNs: finding.playNs.map((offset) => offset ?? null),
      isOtherCopy: finding.isOtherCopy,
    }),
  };
}

async function asCsv(groups: Groups): Promise<number> {
  await written(stringify([FINDINGS_COLUMNS]));
  let count = 0;
  for await (const findings of groups) {
    const rows = findings.flatMap(findingRows);
    if (rows.length > 0) await written(stringify(rows));
    count += findings.length;
  }
  return count;
}
