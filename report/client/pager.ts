import { number } from '../shared/format.ts';
import { h } from './dom.ts';
import type { TableState } from './table-features.ts';

/** Buttons to the other pages of a table. @param of what the table is of. @param changed called after a change of page */
export function pager(of: string, state: TableState, changed: () => void) {
  const go = (move: () => void) => () => {
    move();
    changed();
  };
  const first = h('button', { type: 'button', onclick: go(() => state.firstPage()) }, 'First');
  const previous = h('button', { type: 'button', onclick: go(() => state.previousPage()) }, 'Previous');
  const next = h('button', { type: 'button', onclick: go(() => state.nextPage()) }, 'Next');
  const last = h('button', { type: 'button', onclick: go(() => state.lastPage()) }, 'Last');
  const place = h('span', { class: 'place' });
  const element = h('nav', { class: 'pager', 'aria-label': `Pages of: ${of}` }, first, previous, place, next, last);

  /** A button that is used up must not take the focus with it. */
  const allow = (button: HTMLElement, allowed: boolean) => button.setAttribute('aria-disabled', String(!allowed));
  const show = () => {
    const { pageIndex } = state.atoms.pagination.get();
    const pages = state.getPageCount();
    element.hidden = pages <= 1;
    place.textContent = `Page ${number(pageIndex + 1)} of ${number(pages)}`;
    for (const button of [first, previous]) allow(button, pageIndex > 0);
    for (const button of [next, last]) allow(button, pageIndex < pages - 1);
  };
  return { element, show };
}
