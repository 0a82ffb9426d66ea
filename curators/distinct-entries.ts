import { createHash } from 'node:crypto';
import { type Name, titleName } from '../domain/identity.ts';
import { epochMs } from '../domain/timestamp.ts';
import type { CuratedKind, Draft, Problem } from './curated.ts';
import { titleWith } from './plain-text.ts';

/**
 * Takes out what a source has twice: the same media, or the same guid under the same name. Of the same media the one that
 * was aired last stays, which is what lies there; else the first one, which in feeds is the newest. Entries that only share a guid (some feeds give the same to all) stay, and are told apart by
 * their media. Messages that somebody wrote stay as they are.
 */
export function withoutRepeats(entries: readonly (Draft | Problem)[], kind: CuratedKind): (Draft | Problem)[] {
  const byUri = latestByUri(entries);
  const byKey = new Map<string, Draft>();
  /** Ids that are given to more than one entry, and so tell none from the others. */
  const shared = new Set<string>();
  const kept = entries.flatMap((entry) => {
    if (!entry.ok || entry.distinctions.length === 0) return [entry];
    const sameMedia = byUri.get(entry.info.mediaUri) ?? entry;
    // Pages that move on while they are read show an entry again.
    if (sameMedia !== entry) return isSame(sameMedia, entry) ? [] : [repeat(entry, sameMedia, 'the same media')];
    const sameKey = byKey.get(entry.key);
    if (sameKey && nameOf(kind, sameKey) === nameOf(kind, entry))
      return [repeat(entry, sameKey, 'the same guid and name')];
    if (sameKey?.sourceId !== undefined) shared.add(sameKey.sourceId);
    const draft = sameKey ? { ...entry, key: `${entry.key} ${entry.info.mediaUri}` } : entry;
    byKey.set(draft.key, draft);
    return [draft];
  });
  if (shared.size === 0) return kept;
  return kept.map((entry) => {
    if (!entry.ok || entry.sourceId === undefined || !shared.has(entry.sourceId)) return entry;
    const { sourceId: _shared, ...rest } = entry;
    return rest;
  });
}

function latestByUri(entries: readonly (Draft | Problem)[]): ReadonlyMap<string, Draft> {
  const latest = new Map<string, Draft>();
  for (const entry of entries) {
    if (!entry.ok || entry.distinctions.length === 0) continue;
    const { mediaUri, dateAired } = entry.info;
    const before = latest.get(mediaUri);
    const known = before?.info.dateAired;
    const isLater = dateAired !== undefined && known !== undefined && epochMs(dateAired) > epochMs(known);
    if (before === undefined || isLater) latest.set(mediaUri, entry);
  }
  return latest;
}

function isSame(a: Draft, b: Draft): boolean {
  return JSON.stringify({ ...a.info, lastDateCurated: '' }) === JSON.stringify({ ...b.info, lastDateCurated: '' });
}

function repeat(entry: Draft, other: Draft, common: string): Problem {
  return { ok: false, what: entry.what, reason: `it has ${common} as ${other.what}, which counts` };
}

/**
 * Gives entries of one source that share a name (a clip's title; an episode's date and title) titles of their own, or
 * the archive would take each for the other one, moved. All of them get something added, not all but the first: a new
 * entry that took over the title of an older one would take over its place in the archive. An entry keeps the name
 * under which it was sent before, whatever comes and goes around it.
 *
 * @param wasNamed whether an entry was sent under a name before; undefined of one that never was sent.
 */
export function withDistinctTitles(
  entries: readonly (Draft | Problem)[],
  kind: CuratedKind,
  wasNamed: (key: string, name: Name) => boolean | undefined,
): (Draft | Problem)[] {
  const shared = new Map<Name, number>();
  const names = entries.map((entry) => (entry.ok ? nameOf(kind, entry) : undefined));
  for (const name of names) if (name !== undefined) shared.set(name, (shared.get(name) ?? 0) + 1);
  const given = new Set<Name>();
  return entries.map((entry, index) => {
    if (!entry.ok || entry.distinctions.length === 0) return entry;
    const name = names[index];
    if (name === undefined) return entry;
    const alone = shared.get(name) === 1;
    // Nearly all are: other titles need not be made for them.
    if (alone && wasNamed(entry.key, name) !== false) {
      given.add(name);
      return entry;
    }
    const titled = renamings(entry);
    const kept = [entry, ...titled].find((draft) => wasNamed(entry.key, nameOf(kind, draft) ?? name) === true);
    const free = titled.find((draft) => isFree(nameOf(kind, draft)));
    const chosen = kept ?? (alone ? entry : (free ?? entry));
    given.add(nameOf(kind, chosen) ?? name);
    return chosen;
  });

  function isFree(name: Name | undefined): boolean {
    return name !== undefined && !shared.has(name) && !given.has(name);
  }
}

/** The entry under other titles, the most readable first; the last one is like no other. */
function renamings(entry: Draft): Draft[] {
  const hash = createHash('sha256').update(entry.key).digest('hex').slice(0, 10);
  return [...entry.distinctions, hash].map((distinction) => ({
    ...entry,
    info: { ...entry.info, title: titleWith(entry.info.title, distinction) },
  }));
}

export function nameOf(kind: CuratedKind, { info }: Pick<Draft, 'info'>): Name | undefined {
  return titleName(kind === 'clips' ? 'clip' : 'episode', info);
}
