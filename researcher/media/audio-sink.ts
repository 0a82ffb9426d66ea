import type { WhyUnheard } from './unheard.ts';

/**
 * Where decoded audio goes, piece by piece.
 * `samples` is mono (the mean of the channels), nominally −1..1 (damaged files may hold
 * anything, also what is not a number), and only valid
 * during the call: a decoder reuses the memory. The rate (Hz) is the same in every call for one file.
 * `why`: these samples stand for something that was not heard.
 */
export type AudioSink = (samples: Float32Array, sampleRate: number, why?: WhyUnheard) => void;

/** A decoder of one format: bytes in, in pieces of any length; mono audio out to its sink. */
export interface StreamDecoder {
  push(bytes: Uint8Array): void;
  /**
   * Flushes what is buffered. Throws MediaError when the whole was no audio of this format.
   * @returns samples that the file tells of behind its end, where it was cut off
   */
  end(): number;
  /** Releases memory outside the JavaScript heap; also after an error. */
  close(): void;
}

/** Lost audio passes in silence, so that what follows is in its place; what tells of more (seconds) is damaged itself. */
export const LONGEST_GAP_SECONDS = 60;
const SILENCE = new Float32Array(16_384);

/** Hands over so many samples of silence, in pieces. */
export function giveSilence(samples: number, take: (silence: Float32Array) => void): void {
  for (let left = samples; left > 0; left -= SILENCE.length) take(SILENCE.subarray(0, left));
}

/** Full scale is 1; some float files go over it. Beyond this it is damage, not audio. */
const LOUDEST = 64;

/** Replaces NaN and infinities by silence and bounds the rest, in place: one bad sample must not poison an FFT. */
export function makeFinite(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!;
    if (!(value >= -LOUDEST && value <= LOUDEST))
      samples[i] = value > LOUDEST ? LOUDEST : value < -LOUDEST ? -LOUDEST : 0;
  }
}

/** Mixes equally long channels to mono into `out` (the mean); returns the part of `out` that was written. */
export function mixDown(channels: readonly Float32Array[], length: number, out: Float32Array): Float32Array {
  const [left, right] = channels;
  const mono = out.subarray(0, length);
  if (left === undefined) return mono.fill(0);
  if (right === undefined) mono.set(left.subarray(0, length));
  else if (channels.length === 2) for (let i = 0; i < length; i++) mono[i] = 0.5 * (left[i]! + right[i]!);
  else {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i]!;
      mono[i] = sum / channels.length;
    }
  }
  return mono;
}
