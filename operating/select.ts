import { distance } from 'fastest-levenshtein';
import type { ClipEntry, EpisodeEntry, Kind } from '../domain/collection.ts';
import { nameOrAddress } from '../web/shown-address.ts';
import { folded } from './entry-filters.ts';
import { Failure } from './failure.ts';
import { shown } from './terminal.ts';

/** What people name an entry by, as help texts say it. */
export const SELECTORS = 'id, title, media URI, or a title with * for any text';

const NAMED_AT_MOST = 10;

type AnyEntry = ClipEntry | EpisodeEntry;

/** The entries that any of the selectors names, each once. @throws Failure when one of them names none */
export function selected<E extends AnyEntry>(kind: Kind, entries: Iterable<E>, selectors: readonly string[]): E[] {
  const all = [...entries];
  const chosen = new Map<number, E>();
  for (const selector of selectors) {
    const matching = all.filter(matcher(selector));
    if (matching.length === 0) throw new Failure(unknown(kind, selector, all));
    for (const entry of matching) chosen.set(entry.ordinal, entry);
  }
  return [...chosen.values()].sort((a, b) => a.ordinal - b.ordinal);
}

/** @throws Failure that lists what the selector could mean, when it is not one entry */
export function selectedOne<E extends AnyEntry>(kind: Kind, entries: Iterable<E>, selector: string): E {
  const matching = selected(kind, entries, [selector]);
  if (matching.length === 1 && matching[0] !== undefined) return matching[0];
  throw new Failure(
    `“${shown(selector)}” is ${matching.length} ${kind}s. Name one by its id:\n${listed(matching).join('\n')}`,
  );
}

/** What people look by: as above, or a part of titles. */
export const LOOKED_BY = 'id, title or a part of it, media URI, or a title with * for any text';

/**
 * The entries that a selector means for somebody who looks: what is exactly so, else what a pattern matches, else every
 * title with the text in it. @throws Failure when there is none, with what is like it
 */
export function lookedUp<E extends AnyEntry>(kind: Kind, entries: Iterable<E>, selector: string): E[] {
  const all = [...entries];
  const byId = all.filter(({ ordinal }) => String(ordinal) === selector);
  if (byId.length > 0) return byId;
  const matching = all.filter(matcher(selector));
  if (matching.length > 0) return matching;
  const part = folded(selector);
  const containing = selector.trim() === '' ? [] : all.filter(({ info }) => folded(info.title).includes(part));
  if (containing.length > 0) return containing;
  throw new Failure(unknown(kind, selector, all, LOOKED_BY));
}

/** `title [id]`; where its medium is of what has no title. */
export const nameOfEntry = ({ info, ordinal }: AnyEntry): string => `${shown(nameOrAddress(info))} [${ordinal}]`;

export function listed(entries: readonly AnyEntry[]): string[] {
  const lines = entries.slice(0, NAMED_AT_MOST).map((entry) => `  ${nameOfEntry(entry)}`);
  return entries.length > NAMED_AT_MOST ? [...lines, `  … and ${entries.length - NAMED_AT_MOST} more`] : lines;
}

function matcher(selector: string): (entry: AnyEntry) => boolean {
  const wanted = folded(selector);
  const exact = ({ ordinal, info }: AnyEntry) =>
    String(ordinal) === selector || folded(info.title) === wanted || info.mediaUri === selector;
  if (!selector.includes('*')) return exact;
  const parts = wanted.split('*');
  return (entry) => exact(entry) || matchesParts(folded(entry.info.title), parts);
}

/** Whether the parts follow each other in the text, the first at its start and the last at its end. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= text.length - last.length;
}

/** Further away than so many changes a letter, a title is not what was meant. */
const MEANT_WITHIN = 0.4;

function unknown(kind: Kind, selector: string, all: readonly AnyEntry[], named = SELECTORS): string {
  const wanted = folded(selector);
  const containing = all.filter(({ info }) => folded(info.title).includes(wanted));
  const similar = containing.length > 0 ? containing : likest(wanted, all);
  const hint = similar.length === 0 ? '' : ` Did you mean:\n${listed(similar).join('\n')}`;
  return `The archive has no ${kind} “${shown(selector)}” (${named}).${hint}`;
}

const LIKEST_AT_MOST = 3;

/** What is like a title, or like as many words in a row of one as were given: people look by parts of titles. */
function likest(wanted: string, all: readonly AnyEntry[]): AnyEntry[] {
  const far = Math.floor(wanted.length * MEANT_WITHIN);
  const words = wanted.split(' ').length;
  return all
    .map((entry) => ({ entry, changes: Math.min(...partsOf(folded(entry.info.title), words).map(changesFrom)) }))
    .filter(({ changes }) => changes <= far)
    .sort((a, b) => a.changes - b.changes)
    .slice(0, LIKEST_AT_MOST)
    .map(({ entry }) => entry);

  function changesFrom(part: string): number {
    return Math.abs(part.length - wanted.length) > far ? Number.POSITIVE_INFINITY : distance(wanted, part);
  }
}

function partsOf(title: string, words: number): string[] {
  const all = title.split(' ');
  const starts = Array.from({ length: Math.max(0, all.length - words + 1) }, (_, start) => start);
  return [title, ...starts.map((start) => all.slice(start, start + words).join(' '))];
}
