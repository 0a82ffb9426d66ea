import type { Catalogue, ClipEntry, Counter } from '../../domain/collection.ts';
import { inOrder } from '../../domain/order.ts';

export interface CatalogueClips {
  readonly clips: ClipEntry[];
  /** Why clips that are stored could not be read. */
  readonly unreadable: string[];
}

/**
 * The clips as one process keeps them, for as long as their catalogue version stands.
 *
 * The counter is read before the clips, and both strongly: a clip that comes in between is then read twice rather than
 * never. Other orders lose clips.
 */
export class CachedCatalogue {
  private readonly counter: () => Promise<Counter>;
  private readonly clips: (counter: Counter) => Promise<CatalogueClips>;
  private cached: Catalogue | undefined;

  constructor(counter: () => Promise<Counter>, clips: (counter: Counter) => Promise<CatalogueClips>) {
    this.counter = counter;
    this.clips = clips;
  }

  async read(): Promise<Catalogue> {
    const counter = await this.counter();
    if (this.cached?.catalogueVersion === counter.catalogueVersion) return this.cached;
    const read = await this.clips(counter);
    const clips = inOrder(read.clips);
    const { assignableVersion, catalogueVersion } = counter;
    const { unreadable } = read;
    this.cached = {
      assignableVersion,
      catalogueVersion,
      clips,
      unreadable,
      byOrdinal: new Map(clips.map((clip) => [clip.ordinal, clip])),
    };
    return this.cached;
  }
}
