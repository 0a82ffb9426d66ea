import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** How many bits of each byte are set. */
const BITS_OF = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Room for 16,000 members; zlib would ask for that of 130,000 each time, which costs more than to unpack them. */
const CHUNK_BYTES = 2048;

/** An immutable set of small non-negative integers, one bit each. */
export class Bitset {
  static readonly empty = new Bitset(new Uint8Array(0));

  /** Member n is bit n mod 8 of byte n div 8. */
  readonly bytes: Uint8Array;
  #counted: number | undefined;

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  static fromBytes(bytes: Uint8Array): Bitset {
    return new Bitset(bytes);
  }

  static of(members: Iterable<number>): Bitset {
    return Bitset.empty.with(members);
  }

  /**
   * Reads what `packed` wrote.
   * @throws Error when the bytes are not raw deflate, or inflate to more than `maximumBytes` (a damaged item must not
   * exhaust the memory).
   */
  static unpacked(packed: Uint8Array, maximumBytes = 4 * 1024 * 1024): Bitset {
    if (packed.length === 0) return Bitset.empty;
    // A copy: what zlib gives is a part of a chunk, and tens of thousands of these may be held.
    return new Bitset(
      new Uint8Array(inflateRawSync(packed, { maxOutputLength: maximumBytes, chunkSize: CHUNK_BYTES })),
    );
  }

  has(member: number): boolean {
    return ((this.bytes[member >>> 3] ?? 0) & (1 << (member & 7))) !== 0;
  }

  with(members: Iterable<number>): Bitset {
    const added = [...members];
    if (added.length === 0) return this;
    const highest = added.reduce((a, b) => Math.max(a, b), 0);
    const bytes = new Uint8Array(Math.max(this.bytes.length, (highest >>> 3) + 1));
    bytes.set(this.bytes);
    for (const member of added) bytes[member >>> 3] = (bytes[member >>> 3] ?? 0) | (1 << (member & 7));
    return new Bitset(bytes);
  }

  without(members: Iterable<number>): Bitset {
    const bytes = this.bytes.slice();
    for (const member of members) {
      if (member >>> 3 < bytes.length) bytes[member >>> 3] = (bytes[member >>> 3] ?? 0) & ~(1 << (member & 7));
    }
    return new Bitset(bytes);
  }

  /** What is in both. */
  and({ bytes: other }: Bitset): Bitset {
    const bytes = this.bytes.slice(0, other.length);
    for (let index = 0; index < bytes.length; index++) bytes[index]! &= other[index]!;
    return new Bitset(bytes);
  }

  get size(): number {
    this.#counted ??= bitsIn(this.bytes);
    return this.#counted;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.bytes.length; index++) {
      const byte = this.bytes[index] ?? 0;
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) yield index * 8 + bit;
    }
  }

  /** Raw-deflated bytes without trailing zeros: 10,000 members in a row are 14 bytes, half of them at random 1.3 KB. */
  packed(): Uint8Array {
    let length = this.bytes.length;
    while (length > 0 && this.bytes[length - 1] === 0) length--;
    return length === 0
      ? new Uint8Array(0)
      : new Uint8Array(deflateRawSync(this.bytes.subarray(0, length), { level: 9 }));
  }
}

/** Four bytes at a time where they lie so: archives have tens of thousands of these. Source: Hacker's Delight, 5-1. */
function bitsIn(bytes: Uint8Array): number {
  const { length } = bytes;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, length >>> 2);
  let count = 0;
  for (let index = 0; index < words.length; index++) {
    let word = words[index]!;
    if (word === 0) continue;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  for (let index = words.length * 4; index < length; index++) count += BITS_OF[bytes[index]!]!;
  return count;
}
