import { createMp3Encoder } from 'wasm-media-encoders';

/** How a stream is encoded. Rates in Hz, the bit rate in kbit/s (one of MP3's constant rates). */
export interface Mp3Format {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly kbps: 32 | 40 | 48 | 64 | 80 | 96 | 112 | 128 | 160 | 192;
}

/** Encodes block by block; each call returns the bytes that are ready, as a copy. */
export interface Mp3Encoder {
  /** One mono block; a second channel, where the format has two, gets the same samples. */
  encode(block: Float32Array): Uint8Array;
  /** The last frames. The encoder must not be used after it. */
  finish(): Uint8Array;
}

/** Samples by which LAME and mpg123 together delay a sound: 576 of the encoder, 529 of the decoder. */
export const CODEC_DELAY = 1_105;

/**
 * LAME compiled to WebAssembly: the same samples give the same bytes on every machine. It writes no LAME tag, so a
 * decoder's output starts CODEC_DELAY before the first sample encoded, in
 * clips and episodes alike: offsets between files of one sample rate stay exact.
 */
export async function mp3Encoder(format: Mp3Format): Promise<Mp3Encoder> {
  const lame = await createMp3Encoder();
  lame.configure({
    sampleRate: format.sampleRate,
    outputSampleRate: format.sampleRate as 22_050,
    channels: format.channels,
    bitrate: format.kbps,
  });
  return {
    encode: (block) => lame.encode(format.channels === 2 ? [block, block] : [block]).slice(),
    finish: () => lame.finalize().slice(),
  };
}

/** A whole sound, encoded. */
export async function encodedMp3(samples: Float32Array, format: Mp3Format): Promise<Buffer> {
  const encoder = await mp3Encoder(format);
  const parts: Uint8Array[] = [];
  const block = 16 * 1_152;
  for (let at = 0; at < samples.length; at += block) parts.push(encoder.encode(samples.subarray(at, at + block)));
  parts.push(encoder.finish());
  return Buffer.concat(parts);
}
