import { type FrameHeader, sameStream } from './mpeg-header.ts';

/** How long a file is of each kind of stream. */
export class StreamTally {
  readonly #kinds: { readonly first: FrameHeader; seconds: number }[] = [];

  add(first: FrameHeader, frames: number): void {
    let kind = this.#kinds.find((known) => sameStream(known.first, first));
    if (!kind) {
      kind = { first, seconds: 0 };
      this.#kinds.push(kind);
    }
    kind.seconds += (frames * first.samplesPerFrame) / first.sampleRate;
  }

  /** A frame of the kind that most of the time has; undefined before the first. */
  majority(): FrameHeader | undefined {
    return this.#kinds.reduce<{ first?: FrameHeader; seconds: number }>(
      (most, kind) => (kind.seconds > most.seconds ? kind : most),
      { seconds: 0 },
    ).first;
  }
}
