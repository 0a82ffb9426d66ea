/** Bits, most significant first. */
class Bits {
  readonly #bits: number[] = [];

  put(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.#bits.push(Math.floor(value / 2 ** i) % 2);
  }

  bytes(): Buffer {
    while (this.#bits.length % 8 > 0) this.#bits.push(0);
    const text = this.#bits.join('').match(/.{8}/g) ?? [];
    return Buffer.from(text.map((byte) => Number.parseInt(byte, 2)));
  }
}

function crc(bytes: Uint8Array, polynomial: number, width: 8 | 16): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) value = value & (1 << (width - 1)) ? (value << 1) ^ polynomial : value << 1;
    value &= 2 ** width - 1;
  }
  return value;
}

/**
 * A FLAC file of 16 bits, mono, 44.1 kHz (RFC 9639): fixed predictors of order 0, two partitions a frame, of which those
 * of silence are escaped with 0 bits a sample (§9.2.7.1), which takes no bits at all.
 */
export function escapedFlac(samples: Int32Array, blockSize: 4096): Buffer {
  const frames: Buffer[] = [];
  for (let number = 0; number * blockSize < samples.length; number++) {
    const header = new Bits();
    for (const [value, bits] of [
      [0x3ffe, 14],
      [0, 2],
      [0b1100, 4],
      [0b1001, 4],
      [0, 4],
      [0b100, 3],
      [0, 1],
      [number, 8],
    ] as const)
      header.put(value, bits);
    const head = header.bytes();
    const body = new Bits();
    body.put(0b0_001000_0, 8);
    body.put(0b00_0001, 6);
    for (let part = 0; part < 2; part++)
      putPartition(body, samples.subarray((2 * number + part) * (blockSize / 2)).subarray(0, blockSize / 2));
    const frame = Buffer.concat([head, Buffer.from([crc(head, 0x07, 8)]), body.bytes()]);
    const check = Buffer.alloc(2);
    check.writeUInt16BE(crc(frame, 0x8005, 16));
    frames.push(frame, check);
  }
  const info = Buffer.alloc(34);
  info.writeUInt16BE(blockSize, 0);
  info.writeUInt16BE(blockSize, 2);
  info.writeUInt32BE(44_100 * 2 ** 12 + (15 << 4), 10);
  info.writeUInt32BE(samples.length, 14);
  return Buffer.concat([Buffer.from('fLaC'), Buffer.from([0x80, 0, 0, 34]), info, ...frames]);
}

function putPartition(body: Bits, part: Int32Array): void {
  if (part.every((sample) => sample === 0)) {
    body.put(15, 4);
    body.put(0, 5);
    return;
  }
  const parameter = 11;
  body.put(parameter, 4);
  for (const sample of part) {
    const folded = sample >= 0 ? 2 * sample : -2 * sample - 1;
    body.put(1, (folded >> parameter) + 1);
    body.put(folded & (2 ** parameter - 1), parameter);
  }
}
