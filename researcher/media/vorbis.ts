import { type AudioSink, giveSilence, LONGEST_GAP_SECONDS, type StreamDecoder } from './audio-sink.ts';
import { ascii, joined } from './bytes.ts';
import { Codec } from './codecs.ts';
import { MediaError } from './media-error.ts';
import { type OggPage, OggReader } from './ogg-packets.ts';
import { RateChange } from './rate-change.ts';
import type { WhyUnheard } from './unheard.ts';

/** A decoder of Ogg Vorbis (Vorbis I specification), also of streams that are chained one after the other. */
export function vorbisDecoder(sink: AudioSink): StreamDecoder {
  return new OggVorbis(sink);
}

/** One logical stream: what its headers said, and how far it is. */
interface Stream {
  readonly codec: Codec;
  readonly sampleRate: number;
  /** Brings it to the rate of the first stream, where it is another. */
  readonly change: RateChange | undefined;
  /** Samples decoded so far, with what was lost; and those that the sink got for them. */
  position: number;
  given: number;
  /** The granule at which it began: streams that were cut out of others begin anywhere. */
  origin: number | undefined;
}

class OggVorbis implements StreamDecoder {
  readonly #sink: AudioSink;
  readonly #reader: OggReader;
  #headers: Uint8Array[] = [];
  #stream: Stream | undefined;
  #rate = 0;
  #audioPackets = 0;

  constructor(sink: AudioSink) {
    this.#sink = sink;
    this.#reader = new OggReader((page) => this.#take(page));
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  end(): number {
    if (this.#audioPackets === 0) throw new MediaError('this Vorbis file has no audio packets');
    this.#endStream();
    return 0;
  }

  close(): void {
    this.#stream?.codec.close();
    this.#stream = undefined;
  }

  #take({ packets, granule, first, last }: OggPage): void {
    if (first) {
      this.#endStream();
      this.close();
      this.#headers = [];
    }
    const decoded: { readonly samples: Float32Array; readonly why?: WhyUnheard }[] = [];
    for (const packet of packets) {
      if (this.#headers.length < 3) this.#header(packet);
      else if (this.#stream) {
        this.#audioPackets++;
        const samples = this.#stream.codec.decode(packet);
        // How long it would have been, the granule tells.
        if (samples && samples.length > 0) decoded.push({ samples: samples.slice() });
      }
    }
    const stream = this.#stream;
    if (!stream) return;
    const length = decoded.reduce((sum, { samples }) => sum + samples.length, 0);
    let limit = Number.POSITIVE_INFINITY;
    if (granule !== undefined && (length > 0 || stream.origin !== undefined)) {
      const lost = granule - stream.position - length;
      // Before its first page a stream has lost nothing; one that is shorter begins with samples that are not played.
      stream.origin ??= this.#reader.skippedBytes > 0 || last ? 0 : lost;
      const gap = lost - stream.origin;
      if (gap > 0 && gap <= LONGEST_GAP_SECONDS * stream.sampleRate) {
        giveSilence(gap, (silence) => this.#give(stream, silence, 'damaged'));
      }
      // The last page may end before its packets do.
      if (last) limit = granule - stream.origin;
    }
    const skipped = Math.max(0, -(stream.origin ?? 0));
    for (const { samples } of decoded) {
      const from = Math.max(0, Math.min(samples.length, skipped - stream.position));
      const to = Math.max(from, Math.min(samples.length, limit - stream.position));
      if (from > 0) stream.position += from;
      this.#give(stream, samples.subarray(from, to));
    }
  }

  /** Identification, comments, setup (§4.2); the decoder wants the first and the last. */
  #header(packet: Uint8Array): void {
    this.#headers.push(packet.slice());
    if (this.#headers.length < 3) return;
    const [identification, , setup] = this.#headers as [Uint8Array, Uint8Array, Uint8Array];
    if (ascii(identification, 1, 6) !== 'vorbis' || identification.length < 30) {
      throw new MediaError('the beginning of this Vorbis file is damaged');
    }
    const sampleRate = new DataView(identification.buffer, identification.byteOffset).getUint32(12, true);
    const channels = identification[11]!;
    const codec = Codec.open('Vorbis', { sampleRate, channels, extra: joined(identification, setup) });
    if (!codec || sampleRate < 1_000) throw new MediaError('the headers of this Vorbis file are not understood');
    this.#rate ||= sampleRate;
    const change = sampleRate === this.#rate ? undefined : new RateChange(sampleRate, this.#rate);
    this.#stream = { codec, sampleRate, change, position: 0, given: 0, origin: undefined };
  }

  #give(stream: Stream, samples: Float32Array, why?: WhyUnheard): void {
    stream.position += samples.length;
    this.#pass(stream, stream.change ? stream.change.push(samples) : samples, why);
  }

  #pass(stream: Stream, samples: Float32Array, why?: WhyUnheard): void {
    stream.given += samples.length;
    if (samples.length > 0) this.#sink(samples, this.#rate, why);
  }

  #endStream(): void {
    const stream = this.#stream;
    if (!stream?.change) return;
    this.#pass(stream, stream.change.end(Math.round((stream.position * this.#rate) / stream.sampleRate)));
  }
}
