import { MPEGDecoder } from 'mpg123-decoder';
import { quietly } from './quietly.ts';

/** What mpg123-decoder 1.0.3 keeps inside; there is no public way to read samples without copying them three times. */
interface Internals {
  readonly _common: {
    readonly wasm: {
      mpeg_frame_decoder_create(decoder: number, gapless: number): number;
      mpeg_frame_decoder_destroy(decoder: number): void;
      mpeg_decoder_feed(decoder: number, input: number, length: number): number;
      mpeg_decoder_read(
        decoder: number,
        output: number,
        size: number,
        decoded: number,
        rate: number,
        error: number,
      ): number;
    };
  };
  _decoder: number;
  readonly _input: Memory<Uint8Array>;
  readonly _output: Memory<Float32Array>;
  readonly _samplesDecodedPtr: Memory<Uint32Array>;
  readonly _sampleRatePtr: Memory<Uint32Array>;
  readonly _errorStringPtr: Memory<Uint32Array>;
}

interface Memory<T> {
  readonly ptr: number;
  readonly len: number;
  readonly buf: T;
}

const [NEED_MORE, NEW_FORMAT] = [-10, -11];
/** Errors in a row after which a piece is given up: the decoder may repeat one for ever. */
const MOST_ERRORS = 64;

/** Takes both channels of the next samples; only valid during the call. A mono file has two equal ones. */
export type StereoSink = (left: Float32Array, right: Float32Array) => void;

/** mpg123 without the copies that its wrapper makes, and without what it writes to the console. */
export class MpegCore {
  readonly #decoder: MPEGDecoder;
  readonly #inside: Internals | undefined;
  /** Something was thrown inside: what the instance's memory looks like is anybody's guess. */
  #broken = false;

  private constructor(decoder: MPEGDecoder) {
    this.#decoder = decoder;
    const inside = decoder as unknown as Partial<Internals>;
    const known = inside._common?.wasm?.mpeg_decoder_feed && inside._common.wasm.mpeg_decoder_read;
    const complete =
      inside._input && inside._output && inside._samplesDecodedPtr && inside._sampleRatePtr && inside._errorStringPtr;
    // Another version of the package: its public way then, slower and the same.
    this.#inside = known && complete && inside._decoder ? (inside as Internals) : undefined;
  }

  static async create(): Promise<MpegCore> {
    const spare = spares.pop();
    if (spare) return new MpegCore(spare);
    const decoder = new MPEGDecoder({ enableGapless: false });
    await decoder.ready;
    return new MpegCore(decoder);
  }

  /** Decodes whole frames; returns the number of errors. */
  decode(frames: Uint8Array, sink: StereoSink): number {
    this.#broken = true;
    const errors = this.#inside ? decodeInside(this.#inside, frames, sink) : decodeOutside(this.#decoder, frames, sink);
    this.#broken = false;
    return errors;
  }

  /** Must not be used after that. */
  close(): void {
    if (this.#broken) return;
    if (!this.#inside || spares.length >= MOST_SPARES) this.#decoder.free();
    else if (begunAnew(this.#inside)) spares.push(this.#decoder);
  }
}

/**
 * Decoders at rest, whose memory serves the next file: a WebAssembly instance for each of a hundred clips made the
 * garbage collector take a tenth of a search.
 */
const spares: MPEGDecoder[] = [];
const MOST_SPARES = 2;

/** Replaces mpg123's handle, and with it all that it remembers of a stream, within the same instance; false if it fails. */
function begunAnew(inside: Internals): boolean {
  const { _common, _samplesDecodedPtr: pointer } = inside;
  // Frees the handle too: the package's own free() does that a second time.
  _common.wasm.mpeg_frame_decoder_destroy(inside._decoder);
  if (_common.wasm.mpeg_frame_decoder_create(pointer.ptr, 0) !== 0) return false;
  inside._decoder = pointer.buf[0]!;
  return true;
}

function decodeInside(inside: Internals, frames: Uint8Array, sink: StereoSink): number {
  const { _common, _decoder, _input, _output, _samplesDecodedPtr, _sampleRatePtr, _errorStringPtr } = inside;
  const { wasm } = _common;
  let errors = 0;
  for (let at = 0; at < frames.length; at += _input.len) {
    const piece = frames.subarray(at, at + _input.len);
    _input.buf.set(piece);
    let state = wasm.mpeg_decoder_feed(_decoder, _input.ptr, piece.length);
    for (let row = 0; state !== NEED_MORE && row < MOST_ERRORS; ) {
      _samplesDecodedPtr.buf[0] = 0;
      state = wasm.mpeg_decoder_read(
        _decoder,
        _output.ptr,
        _output.len,
        _samplesDecodedPtr.ptr,
        _sampleRatePtr.ptr,
        _errorStringPtr.ptr,
      );
      const count = _samplesDecodedPtr.buf[0]!;
      if (count > 0) sink(_output.buf.subarray(0, count), _output.buf.subarray(count, 2 * count));
      const failed = state !== 0 && state !== NEED_MORE && state !== NEW_FORMAT;
      if (failed) errors++;
      row = failed ? row + 1 : 0;
    }
  }
  return errors;
}

function decodeOutside(decoder: MPEGDecoder, frames: Uint8Array, sink: StereoSink): number {
  const { channelData, errors, samplesDecoded } = quietly(() => decoder.decode(frames));
  const [left, right] = channelData;
  if (samplesDecoded > 0 && left && right) sink(left, right);
  return errors.length;
}
