import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadUsage } from '../failure.ts';
import { type Format, HAND_OVERS, type HandOver } from './formats.ts';
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

type Episodes = AsyncIterable<MarkedEpisode> | Iterable<MarkedEpisode>;

/** For one file, a piece at a time. @throws BadUsage when several episodes need several files, before anything is given */
export async function* handedOver(format: Format, episodes: Episodes): AsyncGenerator<string> {
  const { head, text, about }: HandOver = HAND_OVERS[format];
  if (head !== undefined) {
    yield head;
    for await (const episode of episodes) yield text(episode);
    return;
  }
  let only: MarkedEpisode | undefined;
  for await (const episode of episodes) {
    if (only !== undefined) {
      throw new BadUsage(
        `--format ${format} is ${about}: a file an episode, and more than one fits. Name one with --episode, or a folder for all with --out.`,
      );
    }
    only = episode;
  }
  if (only !== undefined) yield text(only);
}

/** Writes files, an episode at a time. @yields each file that was written */
export async function* writeOver(format: Format, episodes: Episodes, folder: string): AsyncGenerator<string> {
  const { head, text, extension }: HandOver = HAND_OVERS[format];
  mkdirSync(folder, { recursive: true });
  const pathOf = (name: string): string => join(folder, `${name}.${extension}`);
  if (head !== undefined) {
    const path = pathOf('plays');
    writeFileSync(path, head);
    for await (const episode of episodes) appendFileSync(path, text(episode));
    yield path;
    return;
  }
  for await (const episode of episodes) {
    // The id tells episodes of one title apart.
    const path = pathOf(`${episode.id} ${safeName(episode.title)}`);
    writeFileSync(path, text(episode));
    yield path;
  }
}
