import type { Chance } from './chance.ts';
import type { Cost } from './measured.ts';
import type { Score, Tally } from './score.ts';
import type { Stages } from './stages.ts';

export interface Evaluation {
  readonly set: string;
  /** Folders whose clips were searched in the set's episode instead of its own. */
  readonly foreign?: readonly string[];
  readonly analyzer: string;
  readonly workers: number;
  /** Everything was done once before it was measured. */
  readonly warm: boolean;
  readonly episodeSeconds: number;
  readonly clips: number;
  readonly score: Score;
  /** Where plays are lost, if that was asked for. */
  readonly stages?: Stages;
  /** Foreign clips only: clips × hours of the episode, and false alarms in a thousand of them. */
  readonly clipHours: number;
  readonly falseAlarmsPer1000ClipHours?: number;
  /** What is reached where clips do not play, by their distinctiveness. */
  readonly chance: readonly Chance[];
  /** Clips that the analyzer refused, and those it called not distinctive. */
  readonly refused: readonly { readonly clip: string; readonly reason: string }[];
  readonly notDistinctive: readonly string[];
  /** Of an MP3 episode: mpg123-decoder alone. */
  readonly decodeAlone?: Cost;
  /** The whole analysis, decoding included, and its two parts: the episode, and all clips. */
  readonly analysis: Cost;
  readonly opening: Cost;
  readonly searching: Cost;
  /** Time of the analysis (decoding included) over that of decoding alone: by the wall, and by the processor. */
  readonly ratio?: { readonly wall: number; readonly cpu: number };
  readonly peakMegabytes: number;
}

/** So many places below the threshold are for people; the JSON has all. */
const MOST_FAINT = 5;

/** The evaluation as lines for people. */
export function report(evaluation: Evaluation): string {
  const { score } = evaluation;
  const minutes = (evaluation.episodeSeconds / 60).toFixed(1);
  const lines = [
    `${evaluation.set}: ${minutes} minutes × ${evaluation.clips} clips, ${evaluation.analyzer}, workers: ${evaluation.workers}${evaluation.warm ? ', warm' : ''}`,
    '',
  ];
  if (evaluation.foreign === undefined) lines.push(...accuracy(score));
  else {
    lines.push(
      `clips of ${evaluation.foreign.join(', ')}, none of which plays here`,
      `false alarms  ${score.falseAlarms} in ${evaluation.clipHours.toFixed(0)} clip-hours`,
      ...chanceTable(evaluation.chance),
    );
  }
  for (const { clip, offset, score: sure, displaced, variantOf } of score.false) {
    const what = displaced ? ', displaced' : variantOf === undefined ? '' : `, other take of ${variantOf}`;
    lines.push(`  false: ${clip} at ${offset.toFixed(3)} s, score ${sure.toFixed(2)}${what}`);
  }
  for (const { clip, offset, score: sure, with: other } of score.sameSound) {
    lines.push(
      `  same sound: ${clip} at ${offset.toFixed(3)} s, score ${sure.toFixed(2)}, as ${other}, which plays there`,
    );
  }
  for (const { clip, reason } of evaluation.refused) lines.push(`  refused: ${clip}: ${reason}`);
  if (evaluation.notDistinctive.length > 0) lines.push(`  not distinctive: ${evaluation.notDistinctive.join(', ')}`);
  lines.push(...faintPlaces(score));
  if (evaluation.stages) lines.push(...lostAt(evaluation.stages));
  lines.push(
    '',
    comparedWithDecoding(evaluation),
    `of which the episode ${cost(evaluation.opening)}, the clips ${cost(evaluation.searching)}`,
    `peak memory ${evaluation.peakMegabytes} MB`,
  );
  return `${lines.join('\n')}\n`;
}

function comparedWithDecoding({ decodeAlone, analysis, ratio }: Evaluation): string {
  if (!decodeAlone || !ratio) return `analysis ${cost(analysis)}`;
  return (
    `decoding alone ${cost(decodeAlone)}, analysis ${cost(analysis)}: ` +
    `× ${ratio.wall.toFixed(2)} (processor × ${ratio.cpu.toFixed(2)})`
  );
}

function chanceTable(chance: readonly Chance[]): string[] {
  const column = (value: string | number, width: number) => String(value).padStart(width);
  const rows = chance.map(({ from, to, clips, clipHours, places, highest, highestAltered }) => {
    const class_ = `${from}–${to ?? ''}`.padEnd(15);
    const numbers = [column(clips, 5), column(clipHours.toFixed(0), 11), column(places, 7)];
    return [class_, ...numbers, column(highest.toFixed(2), 8), column(highestAltered.toFixed(2), 16)].join('');
  });
  return ['distinctiveness clips clip-hours places highest other speeds', ...rows];
}

/** What another threshold would change. */
function faintPlaces({ faint }: Score): string[] {
  const { plays, chance } = faint;
  const places = (of: Score['faint']['chance']) =>
    of.slice(0, MOST_FAINT).map(({ clip, offset, score, likeness = score, threshold, variantOf }) => {
      const take = variantOf === undefined ? '' : `, other take of ${variantOf}`;
      return `  ${likeness.toFixed(2)} of ${threshold.toFixed(2)}: ${clip} at ${offset.toFixed(3)} s${take}`;
    });
  return [
    '',
    `below the threshold, but plays: ${plays.length}`,
    ...places(plays),
    `below the threshold, where the clip does not play: ${chance.length}${chance.length > MOST_FAINT ? ', the nearest to it' : ''}`,
    ...places(chance),
  ];
}

/** At which stage plays are lost, and how each of them stands. */
function lostAt({ matching, candidates, lost, missed }: Stages): string[] {
  return [
    '',
    `of ${matching} plays whose waveform says enough ${candidates} are candidates (${percent(matching === 0 ? 1 : candidates / matching)})`,
    `lost at: ${Object.entries(lost)
      .map(([stage, count]) => `${stage} ${count}`)
      .join(', ')}`,
    ...missed.map(({ clip, offset, class: kind, stage, trace }) => {
      const scores = trace
        ? `, waveform ${trace.wave.toFixed(2)}, altered ${trace.altered.toFixed(2)} of ${trace.threshold.toFixed(2)}, rank ${trace.rank ?? '–'}`
        : '';
      return `  ${stage}: ${clip} at ${offset.toFixed(3)} s, ${kind}${scores}`;
    }),
  ];
}

function accuracy(score: Score): string[] {
  return [
    `precision ${percent(score.precision)} (${score.falseAlarms} false of ${score.detections} detections, ` +
      `${score.sameSound.length} the same sound as what plays there)`,
    ...(score.coverage.told > 0
      ? [`coverage true to 5 % of ${score.coverage.true} of ${score.coverage.told} plays that were found`]
      : []),
    '',
    `${'class'.padEnd(20)} plays   hits  displaced  recall  median ms   p95 ms   max ms`,
    row('all', score),
    row('promised', score.promised),
    ...Object.entries(score.byClass).map(([name, tally]) => row(name, tally)),
    '',
    ...Object.entries(score.byKind).map(([name, tally]) => row(name, tally)),
  ];
}

function row(name: string, tally: Tally): string {
  const errors = tally.offsetErrors;
  const ms = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2)).padStart(9);
  return (
    `${name.padEnd(20)} ${String(tally.plays).padStart(5)}  ${String(tally.hits).padStart(5)}  ` +
    `${String(tally.displaced).padStart(9)}  ${percent(tally.recall).padStart(6)}  ` +
    `${ms(errors?.medianMs)}${ms(errors?.p95Ms)}${ms(errors?.maxMs)}`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function cost({ seconds, cpuSeconds }: Cost): string {
  return `${seconds.toFixed(1)} s (processor ${cpuSeconds.toFixed(1)} s)`;
}
