/** What the namespaces that are read are called here, by their addresses without scheme, case and what ends them. */
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['www.itunes.com/dtds/podcast-1.0.dtd', 'itunes'],
  ['www.w3.org/2005/atom', 'atom'],
  ['purl.org/atom/ns', 'atom'],
  ['search.yahoo.com/mrss', 'media'],
  ['video.search.yahoo.com/mrss', 'media'],
  ['www.rssboard.org/media-rss', 'media'],
  ['tools.search.yahoo.com/mrss', 'media'],
  ['podcastindex.org/namespace/1.0', 'podcast'],
  ['github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md', 'podcast'],
  ['purl.org/dc/elements/1.0', 'dc'],
  ['purl.org/dc/elements/1.1', 'dc'],
  ['dublincore.org/documents/dcmi-namespace', 'dc'],
  ['purl.org/dc/terms', 'dcterms'],
  ['dublincore.org/documents/dcmi-terms', 'dcterms'],
  ['dublincore.org/specifications/dublin-core/dcmi-terms', 'dcterms'],
  ['purl.org/rss/1.0/modules/content', 'content'],
  // The module by which RSS 1.0 has enclosures.
  ['purl.oclc.org/net/rss_2.0/enc', 'enc'],
  ['www.w3.org/1999/02/22-rdf-syntax-ns', 'rdf'],
  ['www.w3.org/1999/xhtml', 'xhtml'],
  ['purl.org/rss/1.0', ''],
]);

/** What elements are called here, whatever prefixes a document has chosen: `itunes:title`; without one what is the format's own. */
export class FeedNames {
  readonly #own: string;
  readonly #prefixes: ReadonlyMap<string, string>;
  readonly #known = new Map<string, string>();

  /** @param own which namespace is the format's own, besides none: `atom` of Atom. */
  constructor(own: string, prefixes: ReadonlyMap<string, string> = new Map()) {
    this.#own = own;
    this.#prefixes = prefixes;
  }

  /** These names where an element declares further prefixes; the same where it declares none. */
  declaredBy(attributes: ReadonlyMap<string, string>): FeedNames {
    let prefixes: Map<string, string> | undefined;
    for (const [name, address] of attributes) {
      if (!name.startsWith('xmlns:')) continue;
      const namespace = namespaceOf(address);
      prefixes ??= new Map(this.#prefixes);
      if (namespace !== undefined) prefixes.set(name.slice('xmlns:'.length), namespace);
    }
    return prefixes ? new FeedNames(this.#own, prefixes) : this;
  }

  /** @param written as it stands in its tag. @param declared the namespace that the element declares for itself, if any. */
  of(written: string, declared: string | undefined): string {
    const known = declared === undefined ? this.#known.get(written) : undefined;
    if (known !== undefined) return known;
    const name = this.#found(written.toLowerCase(), declared);
    if (declared === undefined) this.#known.set(written, name);
    return name;
  }

  #found(written: string, declared: string | undefined): string {
    const colon = written.indexOf(':');
    // What nobody declared, or declared as what nobody knows, is what everybody calls so.
    const prefix = colon < 0 ? '' : written.slice(0, colon);
    const namespace = colon < 0 ? (namespaceOf(declared ?? '') ?? '') : (this.#prefixes.get(prefix) ?? prefix);
    const local = written.slice(colon + 1);
    return namespace === '' || namespace === this.#own ? local : `${namespace}:${local}`;
  }
}

const namespaceOf = (address: string): string | undefined =>
  NAMESPACES.get(
    address
      .trim()
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/[/#]$/, ''),
  );
