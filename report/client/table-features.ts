import { constructTable, rowPaginationFeature, rowSortingFeature, tableFeatures } from '@tanstack/table-core';
import { storeReactivityBindings } from '@tanstack/table-core/store-reactivity-bindings';

/** A row by its index in the columns of the data. */
export type TableRow = readonly [index: number];

/** What the table library keeps: which column sorts which way, and which page is shown. Rows are ordered by ours. */
const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  rowPaginationFeature,
  rowSortingFeature,
});

export interface SortableColumn {
  readonly id: string;
  readonly sortable: boolean;
  /** Whether the first click sorts descending. */
  readonly descendingFirst: boolean;
}

export interface InitialState {
  readonly sorting: { readonly id: string; readonly descending: boolean } | undefined;
  readonly page: number;
  readonly pageSize: number;
}

const NO_ROWS: TableRow[] = [];

export function tableState(columns: readonly SortableColumn[], { sorting, page, pageSize }: InitialState) {
  return constructTable({
    features,
    data: NO_ROWS,
    columns: columns.map(({ id, sortable, descendingFirst }) => ({
      id,
      accessorFn: ([index]: TableRow) => index,
      enableSorting: sortable,
      sortDescFirst: descendingFirst,
    })),
    manualSorting: true,
    manualPagination: true,
    enableSortingRemoval: false,
    autoResetPageIndex: false,
    initialState: {
      sorting: sorting === undefined ? [] : [{ id: sorting.id, desc: sorting.descending }],
      pagination: { pageIndex: page, pageSize },
    },
  });
}

export type TableState = ReturnType<typeof tableState>;
