import type { Catalogue, ClipEntry, Counter } from '../../domain/collection.ts';
import { catalogueOf, catalogueWith } from '../../domain/order.ts';
import { type CatalogueLog, changedSince, LOG_LENGTH } from './catalogue-log.ts';

export interface CatalogueClips {
  readonly clips: readonly ClipEntry[];
  /** Why clips that are stored could not be read. */
  readonly unreadable: readonly string[];
}

/** The counter of clips with the log beside it; a counter from before there was one, or an imported one, has none. */
export type LoggedCounter = Counter & { readonly log?: CatalogueLog | undefined };

/** How the clips are read. Everything strongly consistent, from the base table. */
export interface CatalogueSource {
  counter(): Promise<LoggedCounter>;
  /** All clips up to those that the counter knows. */
  all(counter: Counter): Promise<CatalogueClips>;
  some(ordinals: readonly number[]): Promise<CatalogueClips>;
  /** Shortens the log if nothing was noted since; whether it succeeds is of no importance. */
  shorten(log: CatalogueLog): Promise<void>;
}

/**
 * The clips as one process keeps them, for as long as their catalogue version stands.
 *
 * The counter is read before the clips, and both strongly: a clip that comes in between is then read twice rather than
 * never. Other orders lose clips.
 */
export class CachedCatalogue {
  private readonly source: CatalogueSource;
  private cached: { readonly counter: LoggedCounter; readonly catalogue: Catalogue } | undefined;

  constructor(source: CatalogueSource) {
    this.source = source;
  }

  async read(): Promise<Catalogue> {
    const counter = await this.source.counter();
    if (this.cached?.counter.catalogueVersion === counter.catalogueVersion) return this.cached.catalogue;
    const catalogue = (await this.renewed(counter)) ?? (await this.whole(counter));
    this.cached = { counter, catalogue };
    if (counter.log !== undefined && counter.log.recent.length > LOG_LENGTH) await this.source.shorten(counter.log);
    return catalogue;
  }

  /** What was known, with what the log says has changed. */
  private async renewed(counter: LoggedCounter): Promise<Catalogue | undefined> {
    const { cached } = this;
    if (cached === undefined || (cached.catalogue.unreadable ?? []).length > 0) return undefined;
    const changed = changedSince(cached.counter, counter);
    if (changed === undefined) return undefined;
    const { clips, unreadable } = await this.source.some(changed);
    return { ...catalogueWith(cached.catalogue, clips), ...versions(counter), unreadable };
  }

  private async whole(counter: LoggedCounter): Promise<Catalogue> {
    const { clips, unreadable } = await this.source.all(counter);
    return { ...catalogueOf(clips), ...versions(counter), unreadable };
  }
}

const versions = ({ assignableVersion, catalogueVersion }: Counter) => ({ assignableVersion, catalogueVersion });
