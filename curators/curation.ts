import type { Name } from '../domain/identity.ts';
import { bodyOf, parseClipInfo, parseEpisodeInfo } from '../domain/messages.ts';
import {
  type Curated,
  type CuratedKind,
  type CuratedMessage,
  type Draft,
  type Problem,
  type Reading,
  type ReadSource,
  reasonOf,
} from './curated.ts';
import { CurationMemory } from './curation-memory.ts';
import type { CurationStore } from './curation-store.ts';
import { nameOf, withDistinctTitles, withoutRepeats } from './distinct-entries.ts';
import { type PriorityRule, priorityBy } from './priority-rules.ts';
import { keepNurserySmall } from './small-nursery.ts';

/**
 * What a source gives, one message after the other. A message counts as sent only when that is confirmed, so that
 * one that was lost on its way comes again in the next run.
 */
export interface Curation extends AsyncGenerator<Curated, void, undefined> {
  /** These messages, as they were given, have been taken by their queue. */
  confirm(messages: readonly CuratedMessage[]): void;
  /** What the keeper of the source should know, once it has been read. */
  readonly notices: readonly string[];
  /** What the source has, once it has been read; undefined of one that has no identity, or was not read to its end. */
  present(): Present | undefined;
  /** Keeps what was confirmed for the next run; to be called at the end, and now and then in a long run. */
  save(): Promise<void>;
}

export interface CurationOptions {
  readonly kind: CuratedKind;
  readonly now: Date;
  readonly priorityRules?: readonly PriorityRule[];
  readonly baseUri?: string;
  /** Absent: everything is given at every run. */
  readonly store?: CurationStore;
  /** Read the source to its end, were it unchanged: `present` tells what it has then. */
  readonly whole?: boolean;
  /** Decides what a source gives, as the others do; asked of who reads it. */
  readonly respectBlock?: boolean;
}

/** All that a source has: its identity, and what it calls its entries. */
export interface Present {
  readonly source: string;
  readonly ids: ReadonlySet<string>;
}

interface Given {
  readonly key: string;
  readonly name: Name | undefined;
  readonly note: string | undefined;
}

/**
 * Reads a source whole, takes out repeats, makes titles distinct, gives priorities, and gives what is new.
 *
 * @param source names it in the store, the same at every run.
 */
export function curationOf(source: string, read: ReadSource, options: CurationOptions): Curation {
  const { kind, now, priorityRules = [], baseUri, store, whole, respectBlock } = options;
  const rules = priorityRules.map(({ match, priority }) => [match.source, match.flags, priority]);
  const given = new WeakMap<CuratedMessage, Given>();
  let unconfirmed = 0;
  let memory: CurationMemory | undefined;
  let reading: Reading | undefined;
  const notices: string[] = [];

  async function* curated(): AsyncGenerator<Curated, void, undefined> {
    keepNurserySmall();
    memory = new CurationMemory({ kind, rules, baseUri, respectBlock }, await store?.load(`${kind} ${source}`));
    if (whole === true) memory.validators = {};
    const known = memory;
    const unchanged = new Set<Draft>();
    const wasNamed = (key: string, name: Name) => known.wasNamed(key, name);
    const distinct = (all: readonly (Draft | Problem)[]) =>
      withDistinctTitles(withoutRepeats(all, kind), kind, wasNamed);
    let all = await entriesOf(read(known), (draft) => {
      const bare = withoutDescription(draft, known);
      if (bare) unchanged.add(bare);
      return bare ?? draft;
    });
    let entries = distinct(all.entries);
    // What others of the source made another message of is to be sent after all, as a whole.
    if (entries.some((entry) => entry.ok && entry.isBare === true && !unchanged.has(entry))) {
      known.validators = {};
      all = await entriesOf(read(known));
      entries = distinct(all.entries);
    }
    known.source ??= all.reading.identity;
    known.movedTo = all.reading.movedTo;
    notices.push(...(all.reading.notices ?? []));
    for (const entry of entries) {
      if (entry.ok && entry.isBare === true) {
        known.seen(entry.key, entry.note);
        continue;
      }
      const result = entry.ok ? finished(entry, known) : entry;
      if (!result) continue;
      if (result.ok) unconfirmed += 1;
      yield result;
    }
    reading = all.reading;
    if (unconfirmed === 0) await save();
  }

  /** Whatever a source holds, only what the archivists take is given: their own parser judges. @throws InvalidMessage */
  function messageOf({ info, sourceId }: Draft, known: CurationMemory): CuratedMessage {
    // A message that somebody wrote may say itself where it is from.
    const source = info.source ?? known.source;
    const body = bodyOf({
      ...info,
      ...(source !== undefined && { source }),
      ...(sourceId !== undefined && { sourceId }),
      priority: priorityBy(priorityRules, info),
    });
    return kind === 'clips' ? parseClipInfo(body) : parseEpisodeInfo(body);
  }

  /**
   * An entry that was sent as it is, of which nothing but its names is needed: descriptions are most of what a source
   * holds. @returns undefined of what is to be sent, or of which that is not known yet
   */
  function withoutDescription(draft: Draft, known: CurationMemory): Draft | undefined {
    if (known.source === undefined || !known.knows(draft.key)) return undefined;
    try {
      if (!known.wasSent(draft.key, messageOf(draft, known))) return undefined;
    } catch {
      return undefined;
    }
    return { ...draft, info: { ...draft.info, description: '' }, isBare: true };
  }

  function finished(entry: Draft, known: CurationMemory): Curated | undefined {
    const { key, what, note } = entry;
    try {
      const message = known.toSend(key, messageOf(entry, known), now.getTime(), note);
      if (message) given.set(message, { key, name: nameOf(kind, entry), note });
      return message && { ok: true, info: message };
    } catch (error) {
      return { ok: false, what, reason: reasonOf(error) };
    }
  }

  function confirm(messages: readonly CuratedMessage[]): void {
    for (const message of messages) {
      const entry = given.get(message);
      if (!entry) continue;
      given.delete(message);
      unconfirmed -= 1;
      memory?.remember(entry.key, message, entry.name, entry.note);
    }
  }

  async function save(): Promise<void> {
    if (!memory || !store) return;
    // Were anything still to be sent, "not modified" would hide it next time.
    memory.validators = (unconfirmed === 0 && reading?.validators) || {};
    await store.save(`${kind} ${source}`, memory.toString());
  }

  const present = (): Present | undefined => {
    const source = memory?.source;
    const ids = reading?.ids;
    return source === undefined || ids === undefined ? undefined : { source, ids };
  };

  return Object.assign(curated(), { confirm, save, notices, present });
}

async function entriesOf(
  drafts: ReturnType<ReadSource>,
  kept: (draft: Draft) => Draft = (draft) => draft,
): Promise<{ entries: (Draft | Problem)[]; reading: Reading }> {
  const entries: (Draft | Problem)[] = [];
  for (;;) {
    const { done, value } = await drafts.next();
    if (done) return { entries, reading: value };
    entries.push(value.ok ? kept(value) : value);
  }
}
