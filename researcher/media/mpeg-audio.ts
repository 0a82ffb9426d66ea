import { giveSilence } from './audio-sink.ts';
import type { FrameSink } from './frame-sink.ts';
import { type FrameAudio, MpegCore } from './mpeg-core.ts';
import { type FrameHeader, sameStream } from './mpeg-header.ts';
import { RateChange } from './rate-change.ts';

/** A stretch of another stream, on its way to the rate of the stream. */
interface OtherStretch {
  readonly first: FrameHeader;
  readonly change: RateChange;
  /** Samples that it must give, and has given. */
  due: number;
  given: number;
}

/**
 * What the frames of a file sound like, at one rate: the frames of the stream as they are, those of others
 * (advertisements that were joined in) brought to its rate, what was lost as silence. As long as the frames last.
 */
export class MpegAudio {
  readonly #take: FrameAudio;
  readonly #sampleRate: number;
  readonly #core: MpegCore;
  readonly #otherCore: MpegCore;
  #other: OtherStretch | undefined;

  /**
   * @param sampleRate of the stream, Hz
   * @param wantedHz what is above it may be missing, or be there mirrored
   */
  constructor(sampleRate: number, take: FrameAudio, wantedHz?: number) {
    [this.#core, this.#otherCore] = [new MpegCore(wantedHz), new MpegCore(wantedHz)];
    this.#sampleRate = sampleRate;
    this.#take = take;
  }

  frames(run: Uint8Array, count: number): void {
    this.#endOther();
    this.#core.decode(run, count, this.#take);
  }

  other: FrameSink['other'] = (run, count, first, samples) => {
    if (this.#other && !sameStream(this.#other.first, first)) this.#endOther();
    if (!this.#other) {
      // What stands around it does not belong to it.
      this.#core.reset();
      this.#otherCore.reset();
      this.#other = { first, change: new RateChange(first.sampleRate, this.#sampleRate), due: 0, given: 0 };
    }
    const stretch = this.#other;
    stretch.due += samples;
    this.#otherCore.decode(run, count, (audio, why) => this.#give(stretch, stretch.change.push(audio), why));
  };

  lost(samples: number): void {
    this.#endOther();
    this.#core.reset();
    giveSilence(samples, (silence) => this.#take(silence, 'damaged'));
  }

  /** Whatever is still to come. */
  end(): void {
    this.#endOther();
  }

  close(): void {
    this.#core.close();
    this.#otherCore.close();
  }

  #give(stretch: OtherStretch, audio: Float32Array, why?: Parameters<FrameAudio>[1]): void {
    const samples = audio.subarray(0, stretch.due - stretch.given);
    stretch.given += samples.length;
    if (samples.length > 0) this.#take(samples, why);
  }

  #endOther(): void {
    const stretch = this.#other;
    if (!stretch) return;
    this.#other = undefined;
    this.#give(stretch, stretch.change.end(stretch.due));
  }
}
