export type Child = Node | string | undefined | false;

type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;

/**
 * Makes an element. Text goes in as text and nothing else: no page of the report parses HTML. A function is a listener
 * (`onclick`), `true` an attribute without a value.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== undefined && child !== false) element.append(child);
  return element;
}

/** Words that fill a column of a telephone: they may be broken anywhere, others are not. */
const LONG_WORD = /\S{25}/;

/** Text of a feed: isolated, so that its direction disturbs nothing around it. */
export const feedText = (text: string): HTMLElement => h('bdi', { class: LONG_WORD.test(text) && 'long-word' }, text);

const OPTION = /(--[a-z]+(?:-[a-z]+)*)/;

/** A sentence in which options of the command line stay in one piece: a browser breaks lines after hyphens. */
export const sentence = (text: string): (Node | string)[] =>
  text.split(OPTION).map((part, index) => (index % 2 === 1 ? h('code', { class: 'option' }, part) : part));

/** A length between 0 and 1 as the style sheet sees it: `var(--share)`. */
export function withShare<E extends HTMLElement>(element: E, share: number): E {
  element.style.setProperty('--share', String(Math.min(1, Math.max(0, share))));
  return element;
}

export const episodeLink = (id: number, name: string, at?: number): HTMLAnchorElement =>
  h('a', { href: `episode.html?id=${id}${at === undefined ? '' : `&t=${at}`}` }, feedText(name));

export const clipLink = (id: number, name: string): HTMLAnchorElement =>
  h('a', { href: `clip.html?id=${id}` }, feedText(name));
