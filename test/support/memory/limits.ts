import type { ClipEntry, EpisodeEntry } from '../../../domain/collection.ts';
import type { Ledger } from '../../../domain/ledger.ts';
import { entryAttributes } from '../../../functions/stores/entry-item.ts';
import { ledgerItem } from '../../../functions/stores/ledger-item.ts';

/*
 * What DynamoDB and SQS refuse, as their documentation says it: the archive in memory refuses the same, so that no seed
 * passes with what would be refused for ever.
 */

const TRANSACTION_ITEMS = 100;
const TRANSACTION_BYTES = 4 * 1024 * 1024;
const ITEM_BYTES = 400 * 1024;
const BATCH_ENTRIES = 10;
const BATCH_BYTES = 1024 * 1024;
/** Names, numbers and keys of an item: what is certainly not too much. */
const OVERHEAD = 300;

export class LimitExceeded extends Error {
  override readonly name = 'ValidationException';
}

/** @param bytes of each item of a transaction. @throws LimitExceeded */
export function assertTransaction(bytes: readonly number[]): void {
  if (bytes.length > TRANSACTION_ITEMS) {
    throw new LimitExceeded(`A transaction of ${bytes.length} items, more than ${TRANSACTION_ITEMS}`);
  }
  const largest = Math.max(0, ...bytes);
  if (largest > ITEM_BYTES) throw new LimitExceeded(`An item of ${largest} bytes, more than ${ITEM_BYTES}`);
  const all = bytes.reduce((sum, one) => sum + one, 0);
  if (all > TRANSACTION_BYTES) throw new LimitExceeded(`A transaction of ${all} bytes, more than ${TRANSACTION_BYTES}`);
}

/** @param bodies of one batch of messages. @throws LimitExceeded */
export function assertBatch(bodies: readonly string[]): void {
  if (bodies.length > BATCH_ENTRIES) throw new LimitExceeded(`A batch of ${bodies.length} messages, more than ten`);
  const bytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  if (bytes > BATCH_BYTES) throw new LimitExceeded(`A batch of ${bytes} bytes, more than ${BATCH_BYTES}`);
}

/** Stored size of an entry, nearly. */
export function entryBytes({ info }: ClipEntry | EpisodeEntry): number {
  const known = sizes.get(info);
  if (known !== undefined) return known;
  const attributes = entryAttributes({ ordinal: 1, version: 1, info, revision: 1, revisedAt: 0 });
  const bytes = OVERHEAD + Buffer.byteLength(JSON.stringify(attributes));
  sizes.set(info, bytes);
  return bytes;
}

/** Descriptions are values that do not change. */
const sizes = new WeakMap<object, number>();

/** Stored size of a ledger; small ones are not measured. */
export function ledgerBytes(ledger: Ledger): number {
  const clips = ledger.leases.reduce((sum, lease) => sum + lease.clips.length, 0);
  if (clips + ledger.pairStrikes.size + ledger.parked.size < 500 && ledger.researched.bytes.length < 1_000)
    return 1_024;
  return itemBytes(ledgerItem(ledger));
}

/** By the rules of the documentation: names and text in UTF-8, numbers about half a byte a digit, 3 bytes a list or map. */
export function itemBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number' || typeof value === 'bigint') return Math.ceil(String(value).length / 2) + 1;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + 1 + itemBytes(one), 3);
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce(
    (sum, [name, one]) => (one === undefined ? sum : sum + 1 + Buffer.byteLength(name) + itemBytes(one)),
    3,
  );
}
