import type { FrameHeader } from './mpeg-header.ts';

/** Frames of one bitrate in a row that make it a constant one. */
const STEADY = 8;

/** Bytes of a frame of this bitrate on average, and without padding; and those of one padding. */
const meanBytes = ({ samplesPerFrame, bitrate, sampleRate }: FrameHeader) =>
  (samplesPerFrame / 8) * (bitrate / sampleRate);
const slotBytes = ({ layer }: FrameHeader) => (layer === 1 ? 4 : 1);
const unpaddedBytes = (header: FrameHeader) => Math.floor(meanBytes(header) / slotBytes(header)) * slotBytes(header);

/** Whether frames come at a constant bitrate, and how many of them would fill a gap. */
export class FramePace {
  /** The bitrate of the last frame, and how many frames in a row have it. */
  #bitrate = 0;
  #steady = 0;
  /** Frames since the last padded one: some encoders never pad. */
  #unpadded = 0;

  note(header: FrameHeader): void {
    this.#steady = header.bitrate === this.#bitrate ? this.#steady + 1 : 1;
    this.#bitrate = header.bitrate;
    this.#unpadded = header.frameBytes > unpaddedBytes(header) ? 0 : this.#unpadded + 1;
  }

  /** How many frames are as long, give or take a padding; 0 if none are, undefined where the bitrate is not constant. */
  wholeFrames(bytes: number, header: FrameHeader): number | undefined {
    if (this.#steady < STEADY || header.bitrate !== this.#bitrate) return undefined;
    const lengths = [meanBytes(header), ...(this.#unpadded >= STEADY ? [unpaddedBytes(header)] : [])];
    for (const length of lengths) {
      const count = Math.round(bytes / length);
      if (Math.abs(bytes - count * length) <= slotBytes(header)) return count;
    }
    return 0;
  }
}
