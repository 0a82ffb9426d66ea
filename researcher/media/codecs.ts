import { brotliDecompressSync } from 'node:zlib';
import { CODECS_WASM_BROTLI_BASE64 } from './generated/codecs-binary.ts';

/** As `open` in codecs/src/lib.rs numbers them. */
const NUMBERS = { 'MPEG layer I': 1, 'MPEG layer II': 2, 'MPEG layer III': 3, AAC: 4, ALAC: 5, FLAC: 6, Vorbis: 7 };
export type CodecName = keyof typeof NUMBERS;

export interface CodecSettings {
  readonly sampleRate: number;
  readonly channels: number;
  /** What the codec's own headers say: AudioSpecificConfig, magic cookie, STREAMINFO, Vorbis' two headers. */
  readonly extra?: Uint8Array;
  /** Of MPEG audio only the lowest half or quarter: every so manieth sample, as many times as loud, the others 0 (1 by default). */
  readonly every?: 1 | 2 | 4;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  allocate(length: number): number;
  release(pointer: number, length: number): void;
  open(codec: number, extra: number, length: number, sampleRate: number, channels: number, every: number): number;
  decode(codec: number, packet: number, length: number): number;
  output(codec: number): number;
  rate(codec: number): number;
  told_sbr(codec: number): number;
  reset(codec: number): void;
  close(codec: number): void;
  flac_frame_bytes(bytes: number, length: number, last: number): number;
}

/** The WebAssembly of Symphonia with room for a packet. All decoders of a thread share one, until one of them breaks it. */
class Library {
  readonly exports: Exports;
  #room = 0;
  #length = 0;

  constructor() {
    compiled ??= new WebAssembly.Module(brotliDecompressSync(Buffer.from(CODECS_WASM_BROTLI_BASE64, 'base64')));
    this.exports = new WebAssembly.Instance(compiled, {}).exports as unknown as Exports;
  }

  /** Puts bytes where the library reads them. */
  put(bytes: Uint8Array): number {
    if (bytes.length > this.#length) {
      if (this.#length > 0) this.exports.release(this.#room, this.#length);
      this.#length = Math.max(65_536, 2 * bytes.length);
      this.#room = this.exports.allocate(this.#length);
    }
    new Uint8Array(this.exports.memory.buffer, this.#room, bytes.length).set(bytes);
    return this.#room;
  }
}

const NOTHING = new Uint8Array(0);
let compiled: WebAssembly.Module | undefined;
let shared: Library | undefined;

/** One decoder of Symphonia: packets in, mono (the mean of the channels) out. */
export class Codec {
  readonly #name: CodecName;
  readonly #settings: CodecSettings;
  #library: Library;
  #handle: number;

  private constructor(name: CodecName, settings: CodecSettings) {
    this.#name = name;
    this.#settings = settings;
    [this.#library, this.#handle] = opened(name, settings);
  }

  /** @returns undefined where the codec does not know such a stream. */
  static open(name: CodecName, settings: CodecSettings): Codec | undefined {
    const codec = new Codec(name, settings);
    return codec.#handle === 0 ? undefined : codec;
  }

  /** The samples of one packet, valid until the next call; undefined where it is not understood. */
  decode(packet: Uint8Array): Float32Array | undefined {
    // Another decoder of this thread, or the last packet, broke it.
    if (this.#library !== shared) [this.#library, this.#handle] = opened(this.#name, this.#settings);
    const library = this.#library;
    return guarded(library, ({ decode, output, memory }) => {
      const samples = decode(this.#handle, library.put(packet), packet.length);
      return samples < 0 ? undefined : new Float32Array(memory.buffer, output(this.#handle), samples);
    });
  }

  /** Hz, of the last packet. */
  get sampleRate(): number {
    return this.#library.exports.rate(this.#handle);
  }

  /** Whether the last packet of AAC had something of HE-AAC in it, whatever its headers say. */
  get isHeAac(): boolean {
    return this.#library.exports.told_sbr(this.#handle) !== 0;
  }

  /** Forgets what came before, as after a gap. */
  reset(): void {
    if (this.#library === shared) guarded(this.#library, ({ reset }) => reset(this.#handle));
  }

  /** Must not be used after that. What broke is left to the garbage collector as a whole. */
  close(): void {
    if (this.#library === shared) guarded(this.#library, ({ close }) => close(this.#handle));
  }
}

/** A library and a decoder in it; 0 where it does not know such a stream. */
function opened(
  name: CodecName,
  { sampleRate, channels, extra = NOTHING, every = 1 }: CodecSettings,
): [Library, number] {
  shared ??= new Library();
  const library = shared;
  const handle = guarded(library, ({ open }) =>
    open(NUMBERS[name], library.put(extra), extra.length, sampleRate, channels, every),
  );
  return [library, handle ?? 0];
}

/** The length of the FLAC frame that begins with these bytes; 0 if its end is not among them. `last`: nothing follows. */
export function flacFrameBytes(bytes: Uint8Array, last: boolean): number {
  shared ??= new Library();
  const library = shared;
  return (
    guarded(library, ({ flac_frame_bytes }) => flac_frame_bytes(library.put(bytes), bytes.length, last ? 1 : 0)) ?? 0
  );
}

/**
 * A panic inside traps, a stack that is used up or a place outside of its memory is a RangeError; what its memory looks like
 * then is anybody's guess.
 */
function guarded<Value>(library: Library, work: (exports: Exports) => Value): Value | undefined {
  try {
    return work(library.exports);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
    if (shared === library) shared = undefined;
    return undefined;
  }
}
