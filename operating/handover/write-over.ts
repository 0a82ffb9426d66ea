import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadUsage } from '../failure.ts';
import { type Format, HAND_OVERS } from './formats.ts';
import type { MarkedEpisode } from './marks.ts';

/** A file that can be made on every system: without what paths and shells take for something else. */
export function safeName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+/, '')
    .slice(0, NAME_AT_MOST);
  let end = plain.length;
  while (end > 0 && '. '.includes(plain.charAt(end - 1))) end--;
  return plain.slice(0, end) || 'untitled';
}

const NAME_AT_MOST = 80;

/** @throws BadUsage when several episodes need several files and no folder is named */
export function handedOver(format: Format, episodes: readonly MarkedEpisode[]): string {
  const { together, text, about } = HAND_OVERS[format];
  if (!together && episodes.length > 1) {
    throw new BadUsage(
      `--format ${format} is ${about}: a file an episode, and ${episodes.length} fit. Name one with --episode, or a folder for all with --out.`,
    );
  }
  return text(episodes);
}

/** @returns the files that were written */
export function writeOver(format: Format, episodes: readonly MarkedEpisode[], folder: string): string[] {
  const { together, text, extension } = HAND_OVERS[format];
  mkdirSync(folder, { recursive: true });
  const groups = together ? [episodes] : episodes.map((episode) => [episode]);
  return groups.map((group) => {
    const [first] = group;
    // The id tells episodes of one title apart.
    const name = together || first === undefined ? 'plays' : `${first.id} ${safeName(first.title)}`;
    const path = join(folder, `${name}.${extension}`);
    writeFileSync(path, text(group));
    return path;
  });
}
