import { AacFrames } from './aac.ts';
import type { AudioSink, StreamDecoder } from './audio-sink.ts';
import { joined, syncsafeId3Length } from './bytes.ts';
import { MediaError } from './media-error.ts';
import { RateChange } from './rate-change.ts';

const HEADER_BYTES = 7;
/** Frames that must follow each other before a beginning is believed. */
const CHAIN = 3;
/** A frame has 13 bits for its length. */
const LONGEST_FRAME = 8_191;
const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

interface AdtsHeader {
  readonly rateIndex: number;
  readonly channels: number;
  readonly headerBytes: number;
  /** the whole frame with its header */
  readonly frameBytes: number;
  /** LC, one block: what is decoded here. */
  readonly known: boolean;
}

/** The header of an ADTS frame (ISO/IEC 13818-7 §6.2.1), undefined if none can begin there. */
export function parseAdtsHeader(bytes: Uint8Array, at: number): AdtsHeader | undefined {
  if (at + HEADER_BYTES > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return undefined;
  const [b2, b3, b4, b5, b6] = bytes.subarray(at + 2, at + HEADER_BYTES) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  const rateIndex = (b2 >> 2) & 15;
  const channels = ((b2 & 1) << 2) | (b3 >> 6);
  const frameBytes = ((b3 & 3) << 11) | (b4 << 3) | (b5 >> 5);
  const headerBytes = HEADER_BYTES + (bytes[at + 1]! & 1 ? 0 : 2);
  if (rateIndex >= RATES.length || frameBytes <= headerBytes) return undefined;
  const known = b2 >> 6 === 1 && (b6 & 3) === 0 && channels >= 1 && channels <= 2;
  return { rateIndex, channels, headerBytes, frameBytes, known };
}

/**
 * A decoder of AAC in ADTS frames. The format has no place for what an encoder puts before the audio: its 1,024 or
 * more samples are played, here as in players. Tags and junk between frames are skipped; frames of another rate or
 * number of channels begin a stream of their own, brought to the rate of the first. Throws MediaError for profiles that
 * only ffmpeg knows.
 */
export function adtsDecoder(sink: AudioSink): StreamDecoder {
  return new AdtsDecoder(sink);
}

class AdtsDecoder implements StreamDecoder {
  readonly #sink: AudioSink;
  #held: Uint8Array = new Uint8Array(0);
  #skip = 0;
  #locked = false;
  #kind = '';
  #rate = 0;
  #frames: AacFrames | undefined;
  #change: { readonly change: RateChange; readonly from: number; inputs: number } | undefined;

  constructor(sink: AudioSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    this.#held = joined(this.#held, bytes);
    this.#walk(false);
    this.#held = this.#held.slice();
  }

  end(): number {
    this.#walk(true);
    this.#endChange();
    if (this.#rate === 0) throw new MediaError('no AAC frames were found in it');
    return 0;
  }

  close(): void {
    this.#frames?.close();
    this.#frames = undefined;
  }

  #walk(last: boolean): void {
    let at = 0;
    const held = this.#held;
    for (;;) {
      const skipped = Math.min(this.#skip, held.length - at);
      this.#skip -= skipped;
      at += skipped;
      if (at >= held.length || this.#skip > 0) break;
      if (!last && held.length - at < (CHAIN + 1) * LONGEST_FRAME) break;
      const header = parseAdtsHeader(held, at);
      const whole = header && at + header.frameBytes <= held.length;
      if (whole && (this.#locked || this.#chainAt(at, last))) {
        this.#locked = true;
        this.#take(held.subarray(at + header.headerBytes, at + header.frameBytes), header);
        at += header.frameBytes;
      } else {
        this.#locked = false;
        this.#skip = syncsafeId3Length(held, at) || 1;
      }
    }
    this.#held = held.subarray(at);
  }

  #chainAt(at: number, last: boolean): boolean {
    let next = at;
    for (let links = 0; links < CHAIN; links++) {
      const header = parseAdtsHeader(this.#held, next);
      if (!header) return last && links > 0 && next === this.#held.length;
      next += header.frameBytes;
    }
    return true;
  }

  #take(frame: Uint8Array, { rateIndex, channels, known }: AdtsHeader): void {
    const kind = `${rateIndex} ${channels} ${known}`;
    if (kind !== this.#kind) this.#begin(kind, rateIndex, channels, known);
    this.#frames!.decode(frame);
  }

  #begin(kind: string, rateIndex: number, channels: number, known: boolean): void {
    this.#endChange();
    this.close();
    this.#kind = kind;
    const sampleRate = RATES[rateIndex]!;
    const config = Uint8Array.of((2 << 3) | (rateIndex >> 1), ((rateIndex & 1) << 7) | (channels << 3));
    const frames = known
      ? AacFrames.open({ sampleRate, channels, sbr: false, config }, (samples, why) => this.#give(samples, why))
      : undefined;
    if (!frames) throw new MediaError(`this is AAC of ${channels} channels or of another profile than LC`);
    this.#frames = frames;
    this.#rate ||= sampleRate;
    if (sampleRate !== this.#rate) {
      this.#change = { change: new RateChange(sampleRate, this.#rate), from: sampleRate, inputs: 0 };
    }
  }

  #give(samples: Float32Array, why: Parameters<AacFrames['give']>[1]): void {
    if (this.#change) this.#change.inputs += samples.length;
    const out = this.#change ? this.#change.change.push(samples) : samples;
    if (out.length > 0) this.#sink(out, this.#rate, why);
  }

  #endChange(): void {
    const stretch = this.#change;
    if (!stretch) return;
    this.#change = undefined;
    const out = stretch.change.end(Math.round((stretch.inputs * this.#rate) / stretch.from));
    if (out.length > 0) this.#sink(out, this.#rate);
  }
}
