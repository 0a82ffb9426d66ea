import type { ClipEntry } from '../../domain/collection.ts';

/** What DynamoDB takes in one transaction. */
export const TRANSACTION_ITEMS_AT_MOST = 100;
export const TRANSACTION_BYTES_AT_MOST = 4 * 1024 * 1024;
export const ITEM_BYTES_AT_MOST = 400 * 1024;

/** The ledger, the counter, the item of the catalogue's log, and one reason for the episode. */
const OTHER_ITEMS = 4;
/** A title, a description and an address of four bytes a character, and what else a clip may carry. */
const LARGEST_CLIP_BYTES = 96 * 1024;

/**
 * The room for clips in the transaction that writes a ledger: for each its entry, whose whole size counts, and one
 * reason why its pair was parked.
 */
export class WriteRoom {
  private items = TRANSACTION_ITEMS_AT_MOST - OTHER_ITEMS;
  private bytes = TRANSACTION_BYTES_AT_MOST - ITEM_BYTES_AT_MOST - 64 * 1024;

  /** Takes the room of one more clip. @returns false, and takes nothing, where it does not fit */
  take(clip: ClipEntry | undefined): boolean {
    const bytes = clip === undefined ? LARGEST_CLIP_BYTES : bytesOf(clip);
    if (this.items < 2 || this.bytes < bytes) return false;
    this.items -= 2;
    this.bytes -= bytes;
    return true;
  }
}

/** An upper bound of its stored size. */
function bytesOf({ info }: ClipEntry): number {
  return 4 * 1024 + Buffer.byteLength(JSON.stringify(info));
}
