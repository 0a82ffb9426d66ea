/** `length` bytes at `offset` as Latin-1 text; shorter at the end of the data. */
export function ascii(bytes: Uint8Array, offset: number, length: number): string {
  let text = '';
  for (let i = offset; i < Math.min(offset + length, bytes.length); i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/**
 * The whole length in bytes of an ID3v2 tag at `offset` (header, content, footer), 0 if there is none.
 * Its size is "syncsafe": four bytes of seven bits (id3.org, ID3v2.4.0 §3.1).
 */
export function syncsafeId3Length(bytes: Uint8Array, offset: number): number {
  if (offset + 10 > bytes.length || ascii(bytes, offset, 3) !== 'ID3') return 0;
  const [major, flags] = [bytes[offset + 3]!, bytes[offset + 5]!];
  const size = bytes.subarray(offset + 6, offset + 10);
  if (major < 2 || major > 4 || size.some((byte) => byte > 127)) return 0;
  const content = (size[0]! << 21) | (size[1]! << 14) | (size[2]! << 7) | size[3]!;
  return 10 + content + (flags & 0x10 ? 10 : 0);
}

/** Joins what was left of the last piece with the next one. */
export function joined(rest: Uint8Array, next: Uint8Array): Uint8Array {
  if (rest.length === 0) return next;
  const both = new Uint8Array(rest.length + next.length);
  both.set(rest);
  both.set(next, rest.length);
  return both;
}
