import { number } from '../shared/format.ts';
import { type Compare, orderedRows, wordsOf } from '../shared/rows.ts';
import { readAddress, writeAddress } from './address.ts';
import { type Child, h } from './dom.ts';
import { pager } from './pager.ts';
import { type TableState, tableState } from './table-features.ts';

export interface TableColumn {
  readonly id: string;
  readonly header: string;
  /** What a cell holds. */
  readonly cell: (row: number) => Child | readonly Child[];
  /** Without it the column does not sort. */
  readonly compare?: Compare;
  readonly descendingFirst?: boolean;
  /** `number` is aligned at the right, `minor` is left out on narrow screens, `heading` names the row. */
  readonly kind?: 'number' | 'date' | 'minor' | 'minor number' | 'heading';
}

export interface DataTable {
  /** What the table is of, for who cannot see it. */
  readonly caption: string;
  /** A row, in the singular. */
  readonly noun: string;
  readonly count: number;
  readonly columns: readonly TableColumn[];
  readonly sorting?: { readonly id: string; readonly descending: boolean };
  /** Whether the rows are by `sorting` as they come. */
  readonly inOrder?: boolean;
  /** When the last rows are there; those of the first page are. */
  readonly whole?: Promise<void> | undefined;
  /** Makes the test of the words of a query; without it there is no search. */
  readonly search?: { readonly label: string; readonly matcher: (words: string[]) => (row: number) => boolean };
  readonly pageSize?: number;
  /** Whether query, order and page stand in the address of the page. */
  readonly inAddress?: boolean;
}

const PAGE_SIZE = 50;
/** So many rows go on paper: some 400 sheets. The words above the table tell when there are more. */
const PRINTED_AT_MOST = 10_000;
/** Counts are read out when typing pauses, not at every key. */
const SAID_AFTER_MS = 600;

/** A table that is searched, sorted and paged, made of the elements that screen readers know. */
export function dataTable(options: DataTable): HTMLElement {
  const start = options.inAddress ? readAddress(options.columns.map(({ id }) => id)) : {};
  const state = tableState(
    options.columns.map(({ id, compare, descendingFirst = false }) => ({
      id,
      sortable: compare !== undefined,
      descendingFirst,
    })),
    { sorting: start.sorting ?? options.sorting, page: start.page ?? 0, pageSize: options.pageSize ?? PAGE_SIZE },
  );
  const view = new TableView(options, state, start.query ?? '');
  view.show();
  return view.element;
}

class TableView {
  readonly element: HTMLElement;
  private readonly options: DataTable;
  private readonly state: TableState;
  private readonly head = h('tr');
  private readonly body = h('tbody');
  private readonly said = h('p', { class: 'count', role: 'status' });
  private readonly scroller: HTMLElement;
  private readonly pager: ReturnType<typeof pager>;
  private query: string;
  private rows: Uint32Array = new Uint32Array(0);
  /** What `rows` were made for. */
  private ordered = '';
  private saying: ReturnType<typeof setTimeout> | undefined;
  private onPaper = false;
  private whole: boolean;
  /** Whether what is to be shown waits for the last rows. */
  private awaited = false;

  constructor(options: DataTable, state: TableState, query: string) {
    this.options = options;
    this.state = state;
    this.query = query;
    this.whole = options.whole === undefined;
    void options.whole?.then(
      () => {
        this.whole = true;
        if (this.awaited) this.show();
      },
      () => this.tell('Some rows are missing: perhaps the folder was not copied whole.'),
    );
    const table = h(
      'table',
      {},
      h('caption', { class: 'hidden' }, options.caption),
      h('thead', {}, this.head),
      this.body,
    );
    this.scroller = h('div', { class: 'scroller' }, table);
    this.pager = pager(options.caption, state, () => {
      this.show();
      this.scroller.scrollIntoView({ block: 'nearest' });
    });
    this.element = h('section', { class: 'data-table' }, this.tools(), this.scroller, this.pager.element);
    new ResizeObserver(() => this.letKeysScroll()).observe(this.scroller);
    addEventListener('beforeprint', () => this.show(true));
    addEventListener('afterprint', () => this.show());
  }

  private tools(): HTMLElement {
    const { search } = this.options;
    if (search === undefined) return h('div', { class: 'tools' }, this.said);
    const input = h('input', {
      type: 'search',
      id: 'search',
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: ' ',
    });
    input.value = this.query;
    input.addEventListener('input', () => {
      this.query = input.value;
      this.state.setPageIndex(0);
      this.show();
    });
    return h('div', { class: 'tools' }, h('label', { for: 'search' }, search.label), input, this.said);
  }

  /** Orders the rows if need be, and draws the page that is to be seen, or all that goes on paper. */
  show(onPaper = false): void {
    this.onPaper = onPaper;
    const { columns, count, search, inAddress } = this.options;
    const [sort] = this.state.atoms.sorting.get();
    const words = search === undefined ? [] : wordsOf(this.query);
    const wanted = JSON.stringify([words, sort]);
    const asTheyCome = this.isAsTheyCome(sort);
    const { pageSize, pageIndex } = this.state.atoms.pagination.get();
    this.awaited = !this.whole && (words.length > 0 || !asTheyCome || pageIndex > 0);
    if (this.awaited) {
      this.tell('Loading …');
      this.drawHead();
      return;
    }
    if (wanted !== this.ordered) {
      const compare = asTheyCome ? undefined : columns.find(({ id }) => id === sort?.id)?.compare;
      const matches = words.length === 0 ? undefined : search?.matcher(words);
      this.rows = orderedRows(count, matches, compare && { compare, descending: sort?.desc === true });
      this.ordered = wanted;
    }
    const pages = Math.max(1, Math.ceil(this.rows.length / pageSize));
    const page = Math.min(pageIndex, pages - 1);
    const shown = onPaper
      ? this.rows.subarray(0, PRINTED_AT_MOST)
      : this.rows.subarray(page * pageSize, (page + 1) * pageSize);
    this.state.setOptions((options) => ({
      ...options,
      data: Array.from(shown, (row) => [row] as const),
      rowCount: this.rows.length,
    }));
    if (page !== pageIndex) this.state.setPageIndex(page);
    this.drawHead();
    this.drawBody();
    this.pager.show();
    this.say(onPaper ? 0 : page * pageSize, shown.length);
    if (inAddress) {
      const sorting = sort && { id: sort.id, descending: sort.desc };
      writeAddress({ query: this.query, sorting, page }, this.options.sorting);
    }
    this.letKeysScroll();
  }

  private isAsTheyCome(sort: { readonly id: string; readonly desc: boolean } | undefined): boolean {
    const { inOrder, sorting } = this.options;
    return inOrder === true && sort?.id === sorting?.id && sort?.desc === sorting?.descending;
  }

  private tell(text: string): void {
    clearTimeout(this.saying);
    this.said.textContent = text;
  }

  private drawHead(): void {
    const focused = this.head.querySelector(':focus')?.closest('th')?.dataset.column;
    this.head.replaceChildren(
      ...this.options.columns.map(({ id, header, kind, compare }) => {
        const column = this.state.getColumn(id);
        const sorted = column?.getIsSorted() || undefined;
        const order = sorted && (sorted === 'desc' ? 'descending' : 'ascending');
        const sort = () => {
          column?.toggleSorting();
          this.state.setPageIndex(0);
          this.show();
        };
        const content = compare === undefined ? header : h('button', { type: 'button', onclick: sort }, header);
        return h('th', { scope: 'col', class: kind, 'aria-sort': order, 'data-column': id }, content);
      }),
    );
    if (focused !== undefined) this.head.querySelector<HTMLElement>(`[data-column="${focused}"] button`)?.focus();
  }

  private drawBody(): void {
    const { columns } = this.options;
    this.body.replaceChildren(
      ...this.state.getRowModel().rows.map(({ original: [row] }) =>
        h(
          'tr',
          {},
          ...columns.map(({ cell, kind }) => {
            const content = cell(row);
            const children = Array.isArray(content) ? (content as readonly Child[]) : [content as Child];
            return kind === 'heading' ? h('th', { scope: 'row' }, ...children) : h('td', { class: kind }, ...children);
          }),
        ),
      ),
    );
  }

  private say(from: number, shown: number): void {
    const { count, noun } = this.options;
    const all = this.rows.length;
    const of = all === count ? '' : ` of ${number(count)}`;
    const range = shown < all ? `${number(from + 1)}–${number(from + shown)} of ` : '';
    const text =
      all === 0
        ? `No ${noun} ${count === 0 ? 'yet' : 'matches'}`
        : `${range}${number(all)} ${noun}${all === 1 ? '' : 's'}${of && `, out of${of.slice(3)}`}`;
    clearTimeout(this.saying);
    if (this.onPaper || this.said.textContent === '') this.said.textContent = text;
    else this.saying = setTimeout(() => this.said.replaceChildren(text), SAID_AFTER_MS);
  }

  /** What scrolls must be reachable by keys; what does not must not be in their way. */
  private letKeysScroll(): void {
    const scrolls = this.scroller.scrollWidth > this.scroller.clientWidth;
    for (const [name, value] of Object.entries({ tabindex: '0', role: 'region', 'aria-label': this.options.caption })) {
      if (scrolls) this.scroller.setAttribute(name, value);
      else this.scroller.removeAttribute(name);
    }
  }
}
