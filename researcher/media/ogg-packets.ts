import { ascii, joined } from './bytes.ts';

export interface OggPage {
  /** Whole packets that end on this page. Only valid during the call. */
  readonly packets: readonly Uint8Array[];
  /** Position after this page in the codec's units; undefined if no packet ends on it. */
  readonly granule: number | undefined;
  readonly last: boolean;
}

/** A packet of more than this is damage. */
const LONGEST_PACKET = 1_048_576;

/**
 * Takes an Ogg stream apart (RFC 3533): the packets of its first logical stream, page by page. Bytes that are no
 * page are skipped; a packet whose beginning was lost is dropped. Memory: a page and an unfinished packet.
 */
export class OggReader {
  skippedBytes = 0;
  readonly #onPage: (page: OggPage) => void;
  #held: Uint8Array = new Uint8Array(0);
  #serial: number | undefined;
  #sequence = -1;
  #unfinished: Uint8Array | undefined;

  constructor(onPage: (page: OggPage) => void) {
    this.#onPage = onPage;
  }

  push(bytes: Uint8Array): void {
    this.#held = joined(this.#held, bytes);
    let at = 0;
    while (this.#held.length - at >= 27) {
      if (ascii(this.#held, at, 4) !== 'OggS' || this.#held[at + 4] !== 0) {
        at++;
        this.skippedBytes++;
        continue;
      }
      const segments = this.#held[at + 26]!;
      const lacing = this.#held.subarray(at + 27, at + 27 + segments);
      const length = 27 + segments + lacing.reduce((sum, size) => sum + size, 0);
      if (lacing.length < segments || this.#held.length - at < length) break;
      this.#take(this.#held.subarray(at, at + length), lacing);
      at += length;
    }
    this.#held = this.#held.slice(at);
  }

  #take(page: Uint8Array, lacing: Uint8Array): void {
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const serial = view.getUint32(14, true);
    this.#serial ??= serial;
    if (serial !== this.#serial) return;
    const sequence = view.getUint32(18, true);
    const follows = sequence === this.#sequence + 1;
    this.#sequence = sequence;
    const continued = (page[5]! & 1) !== 0;
    let packet = continued && follows ? this.#unfinished : undefined;
    let broken = continued && !packet;
    const packets: Uint8Array[] = [];
    let at = 27 + lacing.length;
    for (const size of lacing) {
      const part = page.subarray(at, at + size);
      at += size;
      packet = packet ? joined(packet, part) : part;
      if (packet.length > LONGEST_PACKET) broken = true;
      if (size === 255) continue;
      if (!broken) packets.push(packet);
      packet = undefined;
      broken = false;
    }
    this.#unfinished = packet && !broken ? packet.slice() : undefined;
    const granule = Number(view.getBigInt64(6, true));
    this.#onPage({ packets, granule: granule < 0 ? undefined : granule, last: (page[5]! & 4) !== 0 });
  }
}
