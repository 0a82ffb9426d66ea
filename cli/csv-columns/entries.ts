import type { Listed } from '../../operating/listing.ts';
import { asText } from '../output.ts';

/** The columns of `list --csv`. */
export const ENTRIES_COLUMNS = [
  'id',
  'title',
  'show',
  'aired',
  'seconds',
  'priority',
  'state',
  'found',
  'researched',
  'of',
  'mediaUri',
  'unknown',
];

/** A clip or an episode. */
export const entryRow = (row: Listed) => [
  row.id,
  asText(row.title),
  asText(row.show),
  row.aired ?? '',
  row.seconds,
  row.priority,
  row.state,
  row.found,
  row.researched,
  row.of,
  asText(row.mediaUri),
  asText(row.unknown),
];
