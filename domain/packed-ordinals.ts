import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** A work item has 5,000 clips at most, and an ordinal as a number 8 bytes: a damaged attribute must not exhaust the memory. */
const ORDINALS_INFLATED_AT_MOST = 64 * 1024;

/** The clips of a lease never change, and are written with every change of their ledger. */
const packings = new WeakMap<readonly number[], Uint8Array>();

/** Zigzag deltas as LEB128 numbers, deflated: clips in order of priority mostly have ordinals near each other. */
export function packedOrdinals(ordinals: readonly number[]): Uint8Array {
  const known = packings.get(ordinals);
  if (known !== undefined) return known;
  const bytes: number[] = [];
  let before = 0;
  for (const ordinal of ordinals) {
    const delta = ordinal - before;
    let zigzag = delta < 0 ? -2 * delta - 1 : 2 * delta;
    for (; zigzag >= 128; zigzag = Math.floor(zigzag / 128)) bytes.push((zigzag % 128) + 128);
    bytes.push(zigzag);
    before = ordinal;
  }
  const packed = new Uint8Array(deflateRawSync(Uint8Array.from(bytes), { level: 9 }));
  packings.set(ordinals, packed);
  return packed;
}

/** @throws Error when it is not what `packedOrdinals` wrote */
export function unpackedOrdinals(packed: Uint8Array): number[] {
  const ordinals: number[] = [];
  let value = 0;
  let scale = 1;
  let before = 0;
  for (const byte of inflateRawSync(packed, { maxOutputLength: ORDINALS_INFLATED_AT_MOST })) {
    value += (byte % 128) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    before += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    if (!(Number.isSafeInteger(before) && before >= 1)) throw new Error('the clips of one of its leases are damaged');
    ordinals.push(before);
    value = 0;
    scale = 1;
  }
  if (scale > 1) throw new Error('the clips of one of its leases end too early');
  return ordinals;
}
