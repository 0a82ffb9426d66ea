/*
 * Frames of MPEG-1 layer III, written bit by bit (ISO/IEC 11172-3 §2.4.1): what no encoder in use writes, decoders know.
 * 128 kbit/s, 44.1 kHz, without the bit reservoir.
 */

const FRAME_BYTES = 417;
const LINES = 576;

/** One channel of a granule: 0, 1 or −1 a line of the spectrum. */
export interface WrittenGranule {
  readonly block: 'long' | 'start' | 'short' | 'end';
  /** The two lowest sub-bands are of a long block, whatever the others are. */
  readonly mixed?: boolean;
  readonly lines: Readonly<Record<number, 1 | -1>>;
}

const BLOCK_TYPES = { long: 0, start: 1, short: 2, end: 3 };
/** Huffman table 1, by the sizes of two lines. */
const TABLE_1: readonly (readonly [code: number, bits: number])[] = [
  [1, 1],
  [1, 3],
  [1, 2],
  [0, 3],
];
/** 2^((194 − 210) / 4) of a line that is 1: not 1, so that what is not scaled is heard, and no sum of lines is clipped. */
const GLOBAL_GAIN = 194;

class Bits {
  readonly #bits: number[] = [];

  put(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) this.#bits.push((value >> bit) & 1);
  }

  get length(): number {
    return this.#bits.length;
  }

  append({ bytes }: { readonly bytes: readonly number[] }): void {
    this.#bits.push(...bytes);
  }

  get all(): { readonly bytes: readonly number[] } {
    return { bytes: this.#bits };
  }

  into(bytes: Uint8Array): void {
    for (const [at, bit] of this.#bits.entries()) bytes[at >> 3]! |= bit << (7 - (at & 7));
  }
}

/** @param granules two a frame; each has a granule a channel, of one or two */
export function writtenMp3(granules: readonly (readonly WrittenGranule[])[]): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at + 1 < granules.length; at += 2) frames.push(frameOf([granules[at]!, granules[at + 1]!]));
  return Buffer.concat(frames);
}

function frameOf(granules: readonly (readonly WrittenGranule[])[]): Buffer {
  const channels = granules[0]!.length;
  const [side, main] = [new Bits(), new Bits()];
  side.put(0, 9);
  side.put(0, channels === 1 ? 5 : 3);
  side.put(0, 4 * channels);
  for (const granule of granules) for (const channel of granule) writeGranule(channel, side, main);
  const frame = Buffer.alloc(FRAME_BYTES);
  const content = new Bits();
  content.append(side.all);
  content.append(main.all);
  content.into(frame.subarray(4));
  // 0xfb: layer III without a checksum; 0x90: 128 kbit/s at 44.1 kHz; mono, joint stereo that uses none of it.
  frame.set([0xff, 0xfb, 0x90, channels === 1 ? 0xc0 : 0x40]);
  return frame;
}

function writeGranule({ block, mixed = false, lines }: WrittenGranule, side: Bits, main: Bits): void {
  const from = main.length;
  const last = Math.max(-1, ...Object.keys(lines).map(Number));
  const pairs = Math.ceil((last + 1) / 2);
  for (let pair = 0; pair < pairs; pair++) {
    const both = [lines[2 * pair], lines[2 * pair + 1]];
    main.put(...TABLE_1[(both[0] ? 2 : 0) + (both[1] ? 1 : 0)]!);
    for (const line of both) if (line) main.put(line < 0 ? 1 : 0, 1);
  }
  side.put(main.length - from, 12);
  side.put(Math.min(pairs, LINES / 2), 9);
  side.put(GLOBAL_GAIN, 8);
  side.put(0, 4);
  if (block === 'long') {
    side.put(0, 1);
    for (let region = 0; region < 3; region++) side.put(1, 5);
    side.put(0b1111_111, 7);
  } else {
    side.put(1, 1);
    side.put(BLOCK_TYPES[block], 2);
    side.put(mixed ? 1 : 0, 1);
    for (let region = 0; region < 2; region++) side.put(1, 5);
    side.put(0, 9);
  }
  side.put(0, 3);
}
