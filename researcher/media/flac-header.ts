/** What the header of a FLAC frame says (RFC 9639 §9.1). */
export interface FlacFrameHeader {
  readonly blockSize: number;
  /** undefined: as STREAMINFO says */
  readonly sampleRate: number | undefined;
  readonly bitsPerSample: number | undefined;
  readonly channels: number;
  /** Of its first sample where block sizes vary, of the frame otherwise. */
  readonly number: number;
  readonly variable: boolean;
}

const BLOCK_SIZES = [0, 192, 576, 1_152, 2_304, 4_608, 0, 0, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768];
const RATES = [0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
const BITS = [0, 8, 12, undefined, 16, 20, 24, 32];
/** Its longest: 4 bytes, 7 of the number, 2 of the block size, 2 of the rate, the checksum. */
export const LONGEST_FLAC_HEADER = 16;

/** The header at `at`; undefined if none can begin there, or not all of it is there. */
export function parseFlacHeader(bytes: Uint8Array, at: number): FlacFrameHeader | undefined {
  if (at + 6 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8) return undefined;
  const [sizeCode, rateCode] = [bytes[at + 2]! >> 4, bytes[at + 2]! & 15];
  const [channelCode, bitsCode] = [bytes[at + 3]! >> 4, (bytes[at + 3]! >> 1) & 7];
  if (sizeCode === 0 || rateCode === 15 || channelCode > 10 || bitsCode === 3 || bytes[at + 3]! & 1) return undefined;
  const coded = codedNumber(bytes, at + 4);
  if (!coded) return undefined;
  let next = at + 4 + coded.bytes;
  const take = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + (bytes[next++] ?? 0);
    return value;
  };
  const blockSize = sizeCode === 6 ? take(1) + 1 : sizeCode === 7 ? take(2) + 1 : BLOCK_SIZES[sizeCode]!;
  const sampleRate =
    rateCode === 12
      ? take(1) * 1_000
      : rateCode === 13
        ? take(2)
        : rateCode === 14
          ? take(2) * 10
          : RATES[rateCode] || undefined;
  if (next >= bytes.length || crc8(bytes, at, next) !== bytes[next]) return undefined;
  return {
    blockSize,
    sampleRate,
    bitsPerSample: BITS[bitsCode] || undefined,
    channels: channelCode < 8 ? channelCode + 1 : 2,
    number: coded.value,
    variable: (bytes[at + 1]! & 1) === 1,
  };
}

/** A number coded like UTF-8, of up to 36 bits. */
function codedNumber(bytes: Uint8Array, at: number): { readonly value: number; readonly bytes: number } | undefined {
  const first = bytes[at]!;
  if (first < 0x80) return { value: first, bytes: 1 };
  const length = Math.clz32(~(first << 24));
  if (length < 2 || length > 7 || at + length > bytes.length) return undefined;
  let value = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i]!;
    if ((byte & 0xc0) !== 0x80) return undefined;
    value = value * 64 + (byte & 0x3f);
  }
  return { value, bytes: length };
}

/** CRC-8 of polynomial 0x07, no reflection, from 0. */
const CRC_TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80 ? (value << 1) ^ 0x07 : value << 1;
  return value;
});

function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = CRC_TABLE[crc ^ bytes[i]!]!;
  return crc;
}
