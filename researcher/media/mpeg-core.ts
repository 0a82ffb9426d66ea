import { Codec, type CodecName } from './codecs.ts';
import { type FrameHeader, parseFrameHeader } from './mpeg-header.ts';
import type { WhyUnheard } from './unheard.ts';

const LAYERS: Readonly<Record<FrameHeader['layer'], CodecName>> = {
  1: 'MPEG layer I',
  2: 'MPEG layer II',
  3: 'MPEG layer III',
};
/** Sub-bands of the filter bank (ISO/IEC 11172-3 §2.4.3.2.2). */
const SUB_BANDS = 32;
const SILENCE = new Float32Array(1_152);

/** Takes the samples of a frame, mono, only valid during the call; `why` they are not what was in it. */
export type FrameAudio = (samples: Float32Array, why?: WhyUnheard) => void;

/**
 * Decodes MPEG frames one by one: each gives as many samples as it lasts, whatever is in it. Layer III keeps a part of
 * a frame in those before it (the bit reservoir): where they were lost, the frame is not heard, and that is told.
 * Where only what is below `wantedHz` is wanted, one of two or four samples is made and the others are 0: a low-pass gives
 * the sound, for a third of the work.
 */
export class MpegCore {
  readonly #wantedHz: number;
  #codec: Codec | undefined;
  #channels = 0;
  #sampleRate = 0;
  /** Bytes of main data of the frames before. */
  #reservoir = 0;

  constructor(wantedHz = Number.POSITIVE_INFINITY) {
    this.#wantedHz = wantedHz;
  }

  /** Decodes `count` whole frames that follow each other. */
  decode(frames: Uint8Array, count: number, take: FrameAudio): void {
    for (let at = 0, left = count; left > 0; left--) {
      const header = parseFrameHeader(frames, at)!;
      const frame = frames.subarray(at, at + header.frameBytes);
      at += header.frameBytes;
      const codec = this.#codecFor(header);
      const whole = header.layer !== 3 || this.#inReservoir(frame, header);
      const samples = codec?.decode(frame);
      if (samples?.length === header.samplesPerFrame) take(samples, whole ? undefined : 'damaged');
      else take(SILENCE.subarray(0, header.samplesPerFrame), samples || codec ? 'damaged' : 'unknown');
    }
  }

  /** Forgets what came before: what follows does not follow it. */
  reset(): void {
    this.#reservoir = 0;
    this.#codec?.reset();
  }

  /** Must not be used after that. */
  close(): void {
    this.#codec?.close();
    this.#codec = undefined;
  }

  #codecFor({ layer, channels, sampleRate }: FrameHeader): Codec | undefined {
    if (channels !== this.#channels || sampleRate !== this.#sampleRate) {
      this.close();
      [this.#channels, this.#sampleRate, this.#reservoir] = [channels, sampleRate, 0];
      this.#codec = Codec.open(LAYERS[layer], { sampleRate, channels, every: everyFor(sampleRate, this.#wantedHz) });
    }
    return this.#codec;
  }

  /** Whether what a frame points back to is there (main_data_begin, ISO/IEC 11172-3 §2.4.2.7). */
  #inReservoir(frame: Uint8Array, { version, sideBytes, frameBytes }: FrameHeader): boolean {
    const side = 4 + (frame[1]! & 1 ? 0 : 2);
    const back = version === 1 ? (frame[side]! << 1) | (frame[side + 1]! >> 7) : frame[side]!;
    const whole = back <= this.#reservoir;
    this.#reservoir += Math.max(0, frameBytes - side - sideBytes);
    return whole;
  }
}

/** The highest sub-band that is heard has lost its neighbour, which takes away the aliases of both: it is not wanted. */
function everyFor(sampleRate: number, wantedHz: number): 1 | 2 | 4 {
  const isEnough = (every: number) => sampleRate / 2 / every - sampleRate / 2 / SUB_BANDS >= wantedHz;
  return isEnough(4) ? 4 : isEnough(2) ? 2 : 1;
}
