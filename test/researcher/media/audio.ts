import libflac from 'libflacjs/dist/libflac.js';
import { createMp3Encoder, createOggEncoder } from 'wasm-media-encoders';

// Looked up once: reaching a global is slow where Jest runs tests.
const { sin, round, PI } = Math;

/** Numbers 0..1 from a seed (mulberry32), the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A rough stand-in for speech: syllables of harmonics that glide, each with its own pitch and colour. */
export function babble(seed: number, seconds: number, rate = 44_100): Float32Array {
  const random = randomFrom(seed);
  const samples = new Float32Array(round(seconds * rate));
  for (let from = 0; from < samples.length; ) {
    const length = round((0.08 + 0.2 * random()) * rate);
    const [pitch, glide] = [90 + 160 * random(), 0.6 * (random() - 0.5)];
    const weights = Array.from({ length: 24 }, () => random() ** 3);
    const noise = random() < 0.3 ? 0.2 : 0.01;
    for (let i = 0; i < length && from + i < samples.length; i++) {
      const t = i / rate;
      const envelope = sin((PI * i) / length) ** 2;
      let value = noise * (random() - 0.5);
      for (let h = 0; h < weights.length; h++) {
        value += 0.06 * weights[h]! * sin(2 * PI * pitch * (h + 1) * t * (1 + glide * t));
      }
      samples[from + i] = envelope * value;
    }
    from += round(length * (0.8 + 0.5 * random()));
  }
  return samples;
}

/** `foreground` added to a copy of `background` from `seconds` on. */
export function mixed(
  background: Float32Array,
  foreground: Float32Array,
  seconds: number,
  gain = 1,
  rate = 44_100,
): Float32Array {
  const sum = background.slice();
  const from = Math.round(seconds * rate);
  for (let i = 0; i < foreground.length && from + i < sum.length; i++) sum[from + i]! += gain * foreground[i]!;
  return sum;
}

export interface Mp3Format {
  readonly sampleRate?: 8000 | 11025 | 12000 | 16000 | 22050 | 24000 | 32000 | 44100 | 48000;
  readonly channels?: 1 | 2;
  readonly kbps?: 8 | 16 | 24 | 32 | 40 | 48 | 64 | 96 | 128 | 160 | 192 | 320;
  /** 0 (best) to 9.99: variable bitrate. */
  readonly vbrQuality?: number;
}

export async function mp3(
  samples: Float32Array,
  { sampleRate = 44_100, channels = 1, kbps = 64, vbrQuality }: Mp3Format = {},
) {
  const encoder = await createMp3Encoder();
  const rate = vbrQuality === undefined ? { bitrate: kbps } : { vbrQuality };
  encoder.configure({ sampleRate, channels, ...rate });
  const planes = channels === 1 ? [samples] : [samples, samples.map((value) => value * 0.5)];
  return Buffer.concat([Buffer.from(encoder.encode(planes as [Float32Array])), Buffer.from(encoder.finalize())]);
}

export async function oggVorbis(samples: Float32Array, sampleRate: 32000 | 44100 = 44_100): Promise<Buffer> {
  const encoder = await createOggEncoder();
  encoder.configure({ sampleRate, channels: 1, vbrQuality: 3 });
  return Buffer.concat([Buffer.from(encoder.encode([samples])), Buffer.from(encoder.finalize())]);
}

export interface WavFormat {
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly bits?: 8 | 16 | 24 | 32 | 64;
  readonly float?: boolean;
  /** What the header says of the data's size, if not the truth. */
  readonly dataSize?: number;
  /** Chunks between the format and the data. */
  readonly extra?: Buffer;
  readonly extensible?: boolean;
}

/** A RIFF WAVE file; channel c holds the samples divided by c + 1. */
export function wav(samples: Float32Array, format: WavFormat = {}): Buffer {
  const {
    sampleRate = 44_100,
    channels = 1,
    bits = 16,
    float = false,
    extra = Buffer.alloc(0),
    extensible = false,
  } = format;
  const width = bits / 8;
  const data = Buffer.alloc(samples.length * channels * width);
  samples.forEach((sample, i) => {
    for (let channel = 0; channel < channels; channel++) {
      const at = (i * channels + channel) * width;
      const value = sample / (channel + 1);
      if (float) bits === 32 ? data.writeFloatLE(value, at) : data.writeDoubleLE(value, at);
      else if (bits === 8) data.writeUInt8(Math.max(0, Math.min(255, Math.round(value * 128 + 128))), at);
      else {
        const top = 2 ** (bits - 1);
        data.writeIntLE(Math.max(-top, Math.min(top - 1, Math.round(value * top))), at, width);
      }
    }
  });
  const head = Buffer.alloc(extensible ? 48 : 24);
  head.write('fmt ', 0);
  head.writeUInt32LE(head.length - 8, 4);
  head.writeUInt16LE(extensible ? 0xfffe : float ? 3 : 1, 8);
  head.writeUInt16LE(channels, 10);
  head.writeUInt32LE(sampleRate, 12);
  head.writeUInt32LE(sampleRate * channels * width, 16);
  head.writeUInt16LE(channels * width, 20);
  head.writeUInt16LE(bits, 22);
  if (extensible) {
    head.writeUInt16LE(22, 24);
    head.writeUInt16LE(bits, 26);
    head.writeUInt16LE(float ? 3 : 1, 32);
  }
  const dataHead = Buffer.alloc(8);
  dataHead.write('data', 0);
  dataHead.writeUInt32LE(format.dataSize ?? data.length, 4);
  const body = Buffer.concat([Buffer.from('WAVE'), head, extra, dataHead, data]);
  const riff = Buffer.alloc(8);
  riff.write('RIFF', 0);
  riff.writeUInt32LE(body.length, 4);
  return Buffer.concat([riff, body]);
}

/** A FLAC file of planes of integers, equally long, `bits` (8, 16 or 24) wide, by libFLAC's encoder. */
export async function flac(
  planes: readonly Int32Array[],
  {
    sampleRate = 44_100,
    bits = 16,
    blockSize = 4_096,
  }: { sampleRate?: number; bits?: number; blockSize?: number } = {},
): Promise<Buffer> {
  if (!libflac.isReady()) await new Promise((resolve) => libflac.on('ready', resolve));
  const length = planes[0]!.length;
  const pieces: Buffer[] = [];
  const encoder = libflac.create_libflac_encoder(sampleRate, planes.length, bits, 5, length, false, blockSize);
  const status = libflac.init_encoder_stream(encoder, (bytes) => void pieces.push(Buffer.from(bytes)));
  if (status !== 0) throw new Error(`libFLAC does not encode blocks of ${blockSize} at ${sampleRate} Hz (${status})`);
  const mixed = Int32Array.from(
    { length: length * planes.length },
    (_, i) => planes[i % planes.length]![Math.floor(i / planes.length)]!,
  );
  libflac.FLAC__stream_encoder_process_interleaved(encoder, mixed, length);
  libflac.FLAC__stream_encoder_finish(encoder);
  libflac.FLAC__stream_encoder_delete(encoder);
  return Buffer.concat(pieces);
}
