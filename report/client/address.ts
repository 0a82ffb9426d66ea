/** What of a table stands in the address of its page, so that it can be come back to and passed on. */
export interface TableAddress {
  readonly query?: string;
  readonly sorting?: { readonly id: string; readonly descending: boolean } | undefined;
  /** From 0. */
  readonly page?: number;
}

/** @param columns ids that may be sorted by */
export function readAddress(columns: readonly string[]): TableAddress {
  const parameters = new URLSearchParams(location.search);
  const sort = parameters.get('sort') ?? '';
  const id = sort.replace(/^-/, '');
  const page = Number(parameters.get('page'));
  return {
    query: parameters.get('q') ?? '',
    sorting: columns.includes(id) ? { id, descending: sort.startsWith('-') } : undefined,
    page: Number.isSafeInteger(page) && page > 1 ? page - 1 : 0,
  };
}

/** @param usual the order that needs not be told */
export function writeAddress({ query = '', sorting, page = 0 }: TableAddress, usual: TableAddress['sorting']): void {
  const parameters = new URLSearchParams();
  if (query !== '') parameters.set('q', query);
  if (sorting !== undefined && (sorting.id !== usual?.id || sorting.descending !== usual.descending)) {
    parameters.set('sort', `${sorting.descending ? '-' : ''}${sorting.id}`);
  }
  if (page > 0) parameters.set('page', String(page + 1));
  const text = parameters.toString();
  try {
    history.replaceState(null, '', text === '' ? location.pathname : `?${text}`);
  } catch {
    // Some browsers forbid it on pages from a folder; nothing but the address is lost.
  }
}
