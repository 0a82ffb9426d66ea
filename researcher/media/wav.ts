import { type AudioSink, makeFinite, mixDown, type StreamDecoder } from './audio-sink.ts';
import { ascii, joined } from './bytes.ts';
import { MediaError } from './media-error.ts';

const [PCM, FLOAT, A_LAW, MU_LAW, EXTENSIBLE] = [1, 3, 6, 7, 0xfffe];
/** What WAVE_FORMAT_… numbers are called, of those that occur (mmreg.h). */
const NAMES: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  64: 'G.721 ADPCM',
  69: 'G.726 ADPCM',
  80: 'MPEG audio layer II',
  85: 'MP3',
  255: 'AAC',
  353: 'Windows Media Audio',
  354: 'Windows Media Audio',
};
/** Who writes to a pipe does not know the size, and puts the largest there that seemed safe (sox: 0x7ffff000 less its header). */
const NO_SIZE = 0x7fff0000;
/** A header beyond this is not a header. */
const LONGEST_HEADER = 1_048_576;

interface WavFormat {
  readonly kind: number;
  readonly channels: number;
  readonly sampleRate: number;
  /** bytes a sample of one channel */
  readonly width: number;
}

/**
 * A decoder of RIFF, RF64 and BW64 WAVE: integer PCM of 8–32 bits, float of 32 or 64 bits, A-law and µ-law, any
 * number of channels. The size of the data chunk is believed only as far as bytes arrive: recorders that stream write
 * 0 or 0xffffffff there, and cut files have less. Memory: one piece.
 */
export function wavDecoder(sink: AudioSink): StreamDecoder {
  return new WavDecoder(sink);
}

class WavDecoder implements StreamDecoder {
  readonly #sink: AudioSink;
  #held: Uint8Array = new Uint8Array(0);
  #format: WavFormat | undefined;
  /** bytes of the data chunk that are still to come; undefined before it */
  #left: number | undefined;
  #skip = 0;
  #seenRiff = false;
  #long: number | undefined;

  constructor(sink: AudioSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    this.#held = joined(this.#held, bytes);
    if (this.#left === undefined) this.#readChunks();
    if (this.#left !== undefined) this.#readSamples();
    this.#held = this.#held.slice();
  }

  end(): number {
    if (this.#left === undefined) throw new MediaError('this WAV file has no audio data');
    const { channels, width } = this.#format!;
    return this.#left < NO_SIZE ? Math.floor(this.#left / (channels * width)) : 0;
  }

  close(): void {
    this.#held = new Uint8Array(0);
  }

  #readChunks(): void {
    while (this.#left === undefined) {
      const skipped = Math.min(this.#skip, this.#held.length);
      this.#skip -= skipped;
      this.#held = this.#held.subarray(skipped);
      if (!this.#seenRiff) {
        if (this.#held.length < 12) return;
        this.#seenRiff = true;
        this.#held = this.#held.subarray(12);
      }
      if (this.#skip > 0 || this.#held.length < 8) return;
      const view = new DataView(this.#held.buffer, this.#held.byteOffset, this.#held.length);
      const [name, size] = [ascii(this.#held, 0, 4), view.getUint32(4, true)];
      if (name === 'data') {
        if (!this.#format) throw new MediaError('this WAV file has audio data before its format');
        this.#left = size === 0 || size >= NO_SIZE ? (this.#long ?? Number.POSITIVE_INFINITY) : size;
        this.#held = this.#held.subarray(8);
      } else if (name === 'fmt ' || name === 'ds64') {
        if (size > LONGEST_HEADER) throw new MediaError(`the header of this WAV file is ${size} bytes long`);
        if (this.#held.length < 8 + size) return;
        const content = new DataView(this.#held.buffer, this.#held.byteOffset + 8, size);
        if (name === 'fmt ') this.#format = readFormat(content);
        else if (size >= 16) this.#long = Number(content.getBigUint64(8, true)) || undefined;
        this.#skip = 8 + size + (size & 1);
      } else {
        this.#skip = 8 + size + (size & 1);
      }
    }
  }

  #readSamples(): void {
    const { channels, sampleRate, width, kind } = this.#format!;
    const block = channels * width;
    const length = Math.floor(Math.min(this.#held.length, this.#left!) / block);
    if (length === 0) return;
    const view = new DataView(this.#held.buffer, this.#held.byteOffset, length * block);
    const read = sampleReader(view, width, kind);
    const planes = Array.from({ length: channels }, () => new Float32Array(length));
    planes.forEach((plane, channel) => {
      for (let i = 0, at = channel * width; i < length; i++, at += block) plane[i] = read(at);
      makeFinite(plane);
    });
    this.#sink(mixDown(planes, length, new Float32Array(length)), sampleRate);
    this.#left! -= length * block;
    this.#held = this.#held.subarray(length * block);
  }
}

function readFormat(chunk: DataView): WavFormat {
  if (chunk.byteLength < 16) throw new MediaError('the format of this WAV file is incomplete');
  const tag = chunk.getUint16(0, true);
  const kind = tag === EXTENSIBLE && chunk.byteLength >= 26 ? chunk.getUint16(24, true) : tag;
  const channels = chunk.getUint16(2, true);
  const sampleRate = chunk.getUint32(4, true);
  const width = chunk.getUint16(12, true) / Math.max(1, channels);
  const known =
    (kind === PCM && [1, 2, 3, 4].includes(width)) ||
    (kind === FLOAT && [4, 8].includes(width)) ||
    ((kind === A_LAW || kind === MU_LAW) && width === 1);
  if (!known) {
    const name = NAMES[kind] ?? `encoding ${kind} with ${chunk.getUint16(14, true)} bits`;
    throw new MediaError(
      `a WAV file of ${name} (known are PCM of 8 to 32 bits, float of 32 or 64 bits, A-law and µ-law)`,
    );
  }
  if (channels < 1 || channels > 64) throw new MediaError(`${channels} channels: 1 to 64 are supported`);
  if (sampleRate < 1_000 || sampleRate > 768_000)
    throw new MediaError(`a sample rate of ${sampleRate} Hz (1,000 to 768,000)`);
  return { kind, channels, sampleRate, width };
}

/** Reads the sample at a byte offset as −1..1; 8-bit samples are unsigned, all others signed. */
function sampleReader(view: DataView, width: number, kind: number): (at: number) => number {
  if (kind === A_LAW) return (at) => A_LAW_VALUES[view.getUint8(at)]!;
  if (kind === MU_LAW) return (at) => MU_LAW_VALUES[view.getUint8(at)]!;
  if (kind === FLOAT) return width === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  if (width === 1) return (at) => (view.getUint8(at) - 128) / 128;
  if (width === 2) return (at) => view.getInt16(at, true) / 32_768;
  if (width === 3) return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65_536) / 8_388_608;
  return (at) => view.getInt32(at, true) / 2_147_483_648;
}

/** ITU-T G.711, of 13 and 14 bits: a sign, a segment of three bits, a mantissa of four. */
const A_LAW_VALUES = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55;
  const [segment, mantissa] = [(code >> 4) & 7, code & 15];
  const size = segment === 0 ? 2 * mantissa + 1 : (2 * mantissa + 33) << (segment - 1);
  return ((code & 128 ? 1 : -1) * size) / 4_096;
});
const MU_LAW_VALUES = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 255;
  const size = ((2 * (code & 15) + 33) << ((code >> 4) & 7)) - 33;
  return ((code & 128 ? -1 : 1) * size) / 8_192;
});
