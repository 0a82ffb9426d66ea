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

/**
 * What a source gives, one message after the other. A message counts as sent only when that is confirmed, so that
 * one that was lost on its way comes again in the next run.
 */
export interface Curation extends AsyncGenerator<Curated, void, undefined> {
  /** These messages, as they were given, have been taken by their queue. */
  confirm(messages: readonly CuratedMessage[]): void;
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
  const { kind, now, priorityRules = [], baseUri, store } = options;
  const rules = priorityRules.map(({ match, priority }) => [match.source, match.flags, priority]);
  const given = new WeakMap<CuratedMessage, Given>();
  let unconfirmed = 0;
  let memory: CurationMemory | undefined;
  let reading: Reading | undefined;

  async function* curated(): AsyncGenerator<Curated, void, undefined> {
    memory = new CurationMemory({ kind, rules, baseUri }, await store?.load(`${kind} ${source}`));
    const all = await entriesOf(read(memory));
    const known = memory;
    const wasNamed = (key: string, name: Name) => known.wasNamed(key, name);
    for (const entry of withDistinctTitles(withoutRepeats(all.entries, kind), kind, wasNamed)) {
      const result = entry.ok ? finished(entry, known) : entry;
      if (!result) continue;
      if (result.ok) unconfirmed += 1;
      yield result;
    }
    reading = all.reading;
    if (unconfirmed === 0) await save();
  }

  /** Whatever a source holds, only what the archivists take is given: their own parser judges. */
  function finished(entry: Draft, known: CurationMemory): Curated | undefined {
    const { key, what, info, note } = entry;
    try {
      const body = bodyOf({ ...info, priority: priorityBy(priorityRules, info) });
      const parsed = kind === 'clips' ? parseClipInfo(body) : parseEpisodeInfo(body);
      const message = known.toSend(key, parsed, now.getTime(), note);
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

  return Object.assign(curated(), { confirm, save });
}

async function entriesOf(drafts: ReturnType<ReadSource>): Promise<{ entries: (Draft | Problem)[]; reading: Reading }> {
  const entries: (Draft | Problem)[] = [];
  for (;;) {
    const { done, value } = await drafts.next();
    if (done) return { entries, reading: value };
    entries.push(value);
  }
}
