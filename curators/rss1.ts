/** The module by which RSS 1.0 has enclosures. */
const ENCLOSURES = 'http://purl.oclc.org/net/rss_2.0/enc#';

/** So much of an item is looked at for its own attributes. */
const LONGEST_TAG = 4 * 1024;

/**
 * The items of an RSS 1.0 feed as RSS 2.0 has them, which the parser knows whole: an enclosure of the module, which it
 * leaves out, is one of RSS 2.0, and what an item is about is its guid.
 *
 * @param root the tag that opens the document.
 */
export function asRss2(
  root: string,
  entries: readonly (string | undefined)[],
): { readonly open: string; readonly close: string; readonly entries: readonly (string | undefined)[] } {
  const namespaces = [...root.matchAll(/\sxmlns:([\w.-]{1,100})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/g)];
  const prefixes = namespaces.flatMap(([, prefix = '', quoted, single]) =>
    (quoted ?? single) === ENCLOSURES ? [prefix] : [],
  );
  const declared = namespaces.map(([text]) => text).join('');
  return {
    open: `<rss version="2.0"${declared}><channel>`,
    close: '</channel></rss>',
    entries: entries.map((entry) => entry && itemOf(entry, prefixes)),
  };
}

function itemOf(item: string, prefixes: readonly string[]): string {
  const open = item.slice(0, LONGEST_TAG);
  const tagEnd = open.indexOf('>') + 1;
  if (tagEnd === 0 || open[tagEnd - 2] === '/') return item;
  const about = attributeOf(open.slice(0, tagEnd), 'about');
  const guid = about === undefined ? '' : `<guid isPermaLink="false">${about}</guid>`;
  const enclosures = prefixes.flatMap((prefix) => enclosuresIn(item, prefix));
  return `<item>${guid}${enclosures.join('')}${item.slice(tagEnd)}`;
}

function enclosuresIn(item: string, prefix: string): string[] {
  const tag = new RegExp(`<${prefix.replaceAll('.', '\\.')}:enclosure\\s([^<>]{1,4000})>`, 'g');
  return [...item.matchAll(tag)].flatMap(([, attributes = '']) => {
    const url = attributeOf(` ${attributes}`, 'resource') ?? attributeOf(` ${attributes}`, 'url');
    const type = attributeOf(` ${attributes}`, 'type') ?? '';
    return url === undefined ? [] : [`<enclosure url="${url}" type="${type}"/>`];
  });
}

/** The value of an attribute with any prefix, escaped as it was. */
function attributeOf(tag: string, name: string): string | undefined {
  const found = new RegExp(
    `\\s(?:[\\w.-]{1,100}:)?${name}\\s{0,9}=\\s{0,9}(?:"([^"<]{1,4000})"|'([^'<"]{1,4000})')`,
  ).exec(tag);
  return found?.[1] ?? found?.[2];
}
