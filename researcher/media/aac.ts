import { Codec } from './codecs.ts';
import type { WhyUnheard } from './unheard.ts';

/** Samples of an AAC frame; a few broadcasters use 960, which only ffmpeg knows. */
export const AAC_FRAME = 1_024;
const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
/**
 * Of HE-AAC the core is decoded, at half the rate: up to 12 kHz it is all of the sound. Its upper half is made by two
 * filter banks, which delay the whole by 962 samples of the full rate (ISO/IEC 14496-3 §4.6.18.4).
 */
const SBR_DELAY = 481;
const [LC, SBR, PS] = [2, 5, 29];

export interface AacConfig {
  /** Hz of the core. */
  readonly sampleRate: number;
  readonly channels: number;
  /** HE-AAC, and says so. */
  readonly sbr: boolean;
  /** AudioSpecificConfig of the core. */
  readonly config: Uint8Array;
}

/** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1); undefined for what only ffmpeg knows: other profiles, 960 samples. */
export function readAacConfig(bytes: Uint8Array): AacConfig | undefined {
  let bit = 0;
  const read = (bits: number): number => {
    let value = 0;
    for (let i = 0; i < bits; i++, bit++) value = value * 2 + (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    return value;
  };
  const readType = (): number => {
    const type = read(5);
    return type === 31 ? 32 + read(6) : type;
  };
  const readRate = (): number => {
    const index = read(4);
    return index === 15 ? read(24) : (RATES[index] ?? 0);
  };
  let type = readType();
  const sampleRate = readRate();
  const channels = read(4);
  let sbr = type === SBR || type === PS;
  if (sbr) {
    readRate();
    type = readType();
  }
  const short = read(1) === 1;
  if (type !== LC || short || channels < 1 || channels > 2) return undefined;
  // What follows the core's settings may say so too (backward compatible signalling).
  if (!sbr && read(2) === 0 && bytes.length * 8 - bit >= 16 && read(11) === 0x2b7 && readType() === SBR)
    sbr = read(1) === 1;
  return { sampleRate, channels, sbr, config: bytes };
}

/** Decodes AAC frames one by one: each gives 1,024 samples, whatever is in it. */
export class AacFrames {
  readonly sampleRate: number;
  readonly #codec: Codec;
  readonly #take: (samples: Float32Array, why?: WhyUnheard) => void;
  /** HE-AAC, and its headers say so; else its first frame does. */
  readonly #sbr: boolean;
  #begun = false;

  private constructor(codec: Codec, { sampleRate, sbr }: AacConfig, take: AacFrames['give']) {
    this.#codec = codec;
    this.sampleRate = sampleRate;
    this.#sbr = sbr;
    this.#take = take;
  }

  /** @returns undefined for what only ffmpeg knows */
  static open(config: AacConfig, take: AacFrames['give']): AacFrames | undefined {
    const codec = Codec.open('AAC', { ...config, extra: config.config });
    return codec && new AacFrames(codec, config, take);
  }

  decode(frame: Uint8Array): void {
    const samples = this.#codec.decode(frame);
    if (!this.#begun && (this.#sbr || this.#codec.isHeAac)) this.give(new Float32Array(SBR_DELAY));
    this.#begun = true;
    if (samples?.length === AAC_FRAME) this.give(samples);
    else this.give(new Float32Array(AAC_FRAME), 'unknown');
  }

  give(samples: Float32Array, why?: WhyUnheard): void {
    this.#take(samples, why);
  }

  close(): void {
    this.#codec.close();
  }
}
