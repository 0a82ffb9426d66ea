import type { FrameHeader } from './mpeg-header.ts';

/** What a frame walker finds, in the order of the file. */
export interface FrameSink {
  /**
   * `count` whole frames that follow each other without a gap, from byte `offset` of all that was pushed on.
   * The bytes are only valid during the call.
   */
  frames(bytes: Uint8Array, count: number, first: FrameHeader, offset: number): void;
  /** Frames in a row that are of another stream, and the samples at the rate of `stream` that they last. */
  other(bytes: Uint8Array, count: number, first: FrameHeader, samples: number): void;
  /** Samples of frames that were cut short or overwritten: their time passes in silence. */
  lost(samples: number): void;
}

/** Where a walker begins that does not see the file from its first byte. */
export interface WalkerOptions {
  /** Bytes from there to the end of the file: no tag reaches beyond. */
  readonly bytes?: number;
  /** Frames of the stream that come before, and their bytes. */
  readonly frames?: number;
  readonly frameBytes?: number;
  /** A frame of the stream, if known; the first believed one decides otherwise. */
  readonly stream?: FrameHeader;
}
