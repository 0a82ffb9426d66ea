import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scriptOptions } from '../cli/script.ts';
import { type Compared, compareFile, VERDICTS } from './comparison/compare-file.ts';

/**
 * `npm run media:compare -- --folder DIR [--json]`: decodes every file of a folder here and with ffmpeg, and says where
 * they differ. Data to stdout, the rest to stderr. Exits with 1 where ffmpeg is missing.
 */
const { folder, json = false } = scriptOptions<{ folder: string; json?: true }>(
  {
    name: 'media:compare',
    description:
      'Decodes every audio file of a folder by the decoders of the researcher and by ffmpeg, and compares them.',
    more: `Verdicts: same; length, offset, unlike (both play it, and differ in that); outside (only ffmpeg knows it, and the
researcher asks it); refused (ffmpeg plays it, the researcher does not); here (only the researcher plays it); neither.
More than two channels are mixed in another way by ffmpeg: unlike, at the same time.`,
    examples: ['--folder ./suite', '--folder ./suite --json'],
  },
  (command) =>
    command
      .requiredOption('--folder <dir>', 'the folder, with all folders in it')
      .option('--json', 'JSON instead of the table'),
);

/** What is no sound is not asked about: the suites have texts and programs too. */
const SOUND =
  /\.(aac|ac3|adts|aif[cf]?|ape|asf|au|bit|caf|d[fs]f|dff|flac|m2a|m4[abpv]|mka|mkv|mp[1-4+c]|mpga|oga|ogg|ofr|opus|snd|spx|tak|tta|ts|w64|wave?|webm|wma|wv|3gp|mov)$/i;

try {
  execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
} catch {
  process.stderr.write('media:compare: no program ffmpeg on the PATH to compare with\n');
  process.exit(1);
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => SOUND.test(name))
  .sort();
const all: Compared[] = [];
for (const [index, file] of files.entries()) {
  process.stderr.write(`\r${index + 1} of ${files.length} `);
  all.push(await compareFile(join(folder, file), file));
}
process.stderr.write('\n');
if (json) process.stdout.write(`${JSON.stringify({ folder, files: all }, undefined, 2)}\n`);
else process.stdout.write(table(all));

function table(rows: readonly Compared[]): string {
  const cells = rows.map(
    ({ file, verdict, format, seconds, otherSeconds, offsetMs, likeness, heardShare, refusal }) => [
      verdict,
      file.length > 60 ? `…${file.slice(-59)}` : file,
      format ?? '',
      shown(seconds, 3),
      shown(otherSeconds, 3),
      shown(offsetMs, 2),
      shown(likeness, 4),
      shown(heardShare === undefined ? undefined : 100 * heardShare, 1),
      refusal ?? '',
    ],
  );
  const head = [
    'verdict',
    'file',
    'format',
    'here s',
    'ffmpeg s',
    'offset ms',
    'likeness',
    'heard %',
    'refused because',
  ];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  const counts = VERDICTS.map((verdict) => `${rows.filter((row) => row.verdict === verdict).length} ${verdict}`);
  return `${[head, ...cells].map(line).join('\n')}\n\n${rows.length} files: ${counts.join(', ')}\n`;
}

function shown(value: number | undefined, digits: number): string {
  return value === undefined ? '' : value.toFixed(digits);
}
