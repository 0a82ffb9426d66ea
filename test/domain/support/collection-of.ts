import { ArchiveBatch, type BatchOutcome } from '../../../domain/archive-batch.ts';
import type { Info } from '../../../domain/claims.ts';
import type { Entry } from '../../../domain/collection.ts';
import { type Claim, type Name, type Names, namesOf } from '../../../domain/identity.ts';
import type { EpisodeInfo } from '../../../domain/messages.ts';
import { NOW } from '../../support/research.ts';

/** A collection that is nothing but the rule: no stores, no versions. */
export class CollectionOf {
  readonly claims = new Map<Name, Claim>();
  readonly entries = new Map<number, Entry<Info>>();
  lastOrdinal = 0;
  /** Of messages that come again and again: hashes are most of what the rule costs. */
  private readonly names: WeakMap<EpisodeInfo, Names>;

  constructor(names = new WeakMap<EpisodeInfo, Names>()) {
    this.names = names;
  }

  take(...infos: readonly EpisodeInfo[]): BatchOutcome[] {
    const { claims, entries, lastOrdinal } = this;
    const batch = new ArchiveBatch<Info>({ kind: 'episode', claims, entries, lastOrdinal }, NOW);
    const outcomes = infos.map((info) => batch.take(info, this.namesOf(info)));
    for (const { name, from, ...claim } of batch.names) {
      const before = claims.get(name);
      if (from !== 'its own' && (before?.ordinal !== from?.ordinal || before?.at !== from?.at))
        throw new Error(`a name of ${before?.ordinal} was taken for one of ${from?.ordinal}`);
      claims.set(name, claim);
    }
    for (const entry of [...batch.changed.values(), ...batch.touched()]) entries.set(entry.ordinal, entry);
    this.lastOrdinal = batch.lastOrdinal;
    return outcomes;
  }

  private namesOf(info: EpisodeInfo): Names {
    const names = this.names.get(info) ?? namesOf('episode', info);
    this.names.set(info, names);
    return names;
  }

  /** The entry that stands for what a source calls so. */
  called(source: string, sourceId: string): Entry<Info> | undefined {
    const { id = '' } = namesOf('episode', { title: '', mediaUri: '', source, sourceId });
    let entry = this.entries.get(this.claims.get(id)?.ordinal ?? 0);
    while (entry?.sameAs !== undefined) entry = this.entries.get(entry.sameAs);
    return entry;
  }

  /** Entries that stand for themselves. */
  get standing(): Entry<Info>[] {
    return [...this.entries.values()].filter(({ sameAs }) => sameAs === undefined);
  }
}
