import { ascii, joined } from './bytes.ts';

export interface OggPage {
  /** Whole packets that end on this page. Only valid during the call. */
  readonly packets: readonly Uint8Array[];
  /** Position after this page in the codec's units; undefined if no packet ends on it. */
  readonly granule: number | undefined;
  /** The first and the last page of a stream. Files that were joined have several streams, one after the other. */
  readonly first: boolean;
  readonly last: boolean;
}

/** A packet of more than this is damage. */
const LONGEST_PACKET = 1_048_576;

/**
 * Takes an Ogg stream apart (RFC 3533): the packets of its first logical stream, and of those chained to it, page by
 * page. Bytes that are no page, and pages that fail their checksum, are skipped; a packet whose beginning was lost is
 * dropped. Memory: a page and an unfinished packet.
 */
export class OggReader {
  skippedBytes = 0;
  readonly #onPage: (page: OggPage) => void;
  #held: Uint8Array = new Uint8Array(0);
  #serial: number | undefined;
  #sequence = -1;
  /** A page after the first ones of all streams came. */
  #begun = false;
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
      const page = this.#held.subarray(at, at + length);
      if (checksumOf(page) !== new DataView(page.buffer, page.byteOffset, 27).getUint32(22, true)) {
        at++;
        this.skippedBytes++;
        continue;
      }
      this.#take(page, lacing);
      at += length;
    }
    this.#held = this.#held.slice(at);
  }

  #take(page: Uint8Array, lacing: Uint8Array): void {
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const serial = view.getUint32(14, true);
    const sequence = view.getUint32(18, true);
    const first = (page[5]! & 2) !== 0;
    if (this.#serial === undefined || (first && this.#begun)) {
      this.#serial = serial;
      this.#begun = false;
      this.#unfinished = undefined;
      this.#sequence = sequence - 1;
    }
    this.#begun ||= !first;
    if (serial !== this.#serial) return;
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
    this.#onPage({ packets, granule: granule < 0 ? undefined : granule, first, last: (page[5]! & 4) !== 0 });
  }
}

/** CRC-32 of Ogg: polynomial 0x04c11db7, no reflection, from 0. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

/** The checksum of a page, whose own four bytes count as 0. */
function checksumOf(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i]!;
    crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!;
  }
  return crc >>> 0;
}
