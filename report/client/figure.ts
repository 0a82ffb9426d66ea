import { h } from './dom.ts';

/**
 * How wide drawings are on paper: A4 and Letter are some 690 px wide between their margins, a column half of that. Drawn
 * for a screen and made smaller, their words could not be read.
 */
const PAPER_WIDTH = 680;
const PAPER_COLUMN_WIDTH = 330;

/**
 * A drawing with its words: a heading, the drawing as one picture, and the same as a table for who cannot see it.
 * It is drawn anew when its width changes, and for paper.
 */
export function figure(
  heading: string,
  draw: (width: number, onPaper: boolean) => Element | undefined,
  { label, note, legend, table }: { label: string; note?: HTMLElement; legend?: HTMLElement; table?: HTMLElement },
): HTMLElement {
  const drawing = h('div', { class: 'drawing', role: 'img', 'aria-label': label });
  const element = h(
    'figure',
    {},
    h('figcaption', {}, h('h2', {}, heading), note),
    drawing,
    legend,
    table && details(table),
  );
  let drawn = 0;
  const show = (width: number, onPaper = false) => {
    const picture = draw(width, onPaper);
    for (const inner of [picture, ...(picture?.querySelectorAll('[aria-label]') ?? [])])
      inner?.removeAttribute('aria-label');
    drawing.replaceChildren(...(picture ? [picture] : []));
  };
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === drawn || width === 0) return;
    drawn = width;
    show(width);
  }).observe(drawing);
  addEventListener('beforeprint', () =>
    show(element.closest('.columns') === null ? PAPER_WIDTH : PAPER_COLUMN_WIDTH, true),
  );
  addEventListener('afterprint', () => show(drawn));
  return element;
}

const details = (table: HTMLElement): HTMLElement => h('details', {}, h('summary', {}, 'As a table'), table);

export function plainTable(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): HTMLElement {
  const cells = ([first = '', ...rest]: readonly string[]) =>
    h('tr', {}, h('th', { scope: 'row' }, first), ...rest.map((cell) => h('td', { class: 'number' }, cell)));
  return h(
    'table',
    { class: 'plain' },
    h('caption', { class: 'hidden' }, caption),
    h(
      'thead',
      {},
      h('tr', {}, ...header.map((name, index) => h('th', { scope: 'col', class: index > 0 && 'number' }, name))),
    ),
    h('tbody', {}, ...rows.map(cells)),
  );
}
