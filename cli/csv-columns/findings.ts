import type { FullFinding } from '../../operating/reading/findings.ts';
import { position, secondsText } from '../../operating/terminal.ts';
import { notHeard } from '../../operating/unknown-words.ts';
import { asText } from '../output.ts';

/** The columns of `findings --csv`; new ones come last. */
export const FINDINGS_COLUMNS = [
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
  'show',
  'heardFrom',
  'heardTo',
  'notHeard',
  'otherCopies',
  'variant',
  'variantOf',
  'rivalOf',
];

/** A finding, a line a play. */
export const findingRows = (finding: FullFinding) =>
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
    asText(finding.episodeEntry.info.show ?? ''),
    seconds(finding.heardFromNs?.[index]),
    seconds(finding.heardToNs?.[index]),
    asText(notHeard(finding.episodeEntry) ?? ''),
    (finding.alsoAt?.get(index) ?? [])
      .filter(({ isOtherCopy }) => isOtherCopy)
      .map(({ offsetNs }) => secondsText(offsetNs))
      .join(' '),
    finding.variant === 0 ? '' : finding.variant,
    seconds(finding.playNs?.[index]),
    asText(finding.better?.get(offset)?.title ?? ''),
  ]);

const seconds = (ns: number | undefined): string => (ns === undefined ? '' : secondsText(ns));
