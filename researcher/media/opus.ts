import { isDeepStrictEqual } from 'node:util';
import { OpusDecoder } from 'opus-decoder';
import { type AudioSink, giveSilence, LONGEST_GAP_SECONDS, mixDown, type StreamDecoder } from './audio-sink.ts';
import { ascii } from './bytes.ts';
import { MediaError } from './media-error.ts';
import { type OggPage, OggReader } from './ogg-packets.ts';
import { quietly } from './quietly.ts';
import type { WhyUnheard } from './unheard.ts';

/** Opus always decodes to this (RFC 7845 §4). */
const RATE = 48_000;
/** A packet lasts 120 ms at most: 48 frames of 1,275 bytes (RFC 6716 §3.4). The package has room for 3,840 a channel. */
const LONGEST_PACKET = 48 * 1_275;

interface OpusHead {
  readonly channels: number;
  /** Samples at the beginning that are not part of the audio. */
  readonly preSkip: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
}

/**
 * A decoder of Ogg Opus (RFC 7845) by libopus in WebAssembly. `head` is the beginning of the file, with its first
 * page whole. Lengths are exact: what was skipped at the beginning and padded at the end is cut off.
 */
export async function opusDecoder(sink: AudioSink, head: Uint8Array): Promise<StreamDecoder> {
  const opusHead = readHead(head.subarray(27 + (head[26] ?? 0)));
  const { channels, streamCount, coupledStreamCount, channelMappingTable } = opusHead;
  const decoder = new OpusDecoder({ channels, streamCount, coupledStreamCount, channelMappingTable, preSkip: 0 });
  await decoder.ready;
  makeRoom(decoder);
  return new OggOpus(decoder, opusHead, sink);
}

/** What opus-decoder 0.7.12 keeps inside. */
interface Internals {
  readonly _common: { allocateTypedArray(length: number, type: typeof Uint8Array): unknown };
  _input: unknown;
}

/** Without this, packets of long frames at high bitrates throw. */
function makeRoom(decoder: OpusDecoder): void {
  const inside = decoder as unknown as Partial<Internals>;
  if (inside._input && inside._common?.allocateTypedArray) {
    inside._input = inside._common.allocateTypedArray(LONGEST_PACKET, Uint8Array);
  }
}

function readHead(packet: Uint8Array): OpusHead {
  const channels = packet[9] ?? 0;
  if (packet.length < 19 || ascii(packet, 0, 8) !== 'OpusHead' || (packet[8]! & 0xf0) !== 0 || channels === 0) {
    throw new MediaError('the beginning of this Opus file is damaged');
  }
  const preSkip = packet[10]! | (packet[11]! << 8);
  if (packet[18] === 0) {
    if (channels > 2) throw new MediaError(`${channels} channels in an Opus file that describes two at most`);
    // A decoder of two channels gives mono twice, and so takes files that were joined of mono and stereo.
    return { channels: 2, preSkip, streamCount: 1, coupledStreamCount: 1, channelMappingTable: [0, 1] };
  }
  if (packet[18] !== 1 || channels > 8 || packet.length < 21 + channels) {
    throw new MediaError(`channel mapping ${packet[18]} of Opus is not supported`);
  }
  const [streamCount, coupledStreamCount] = [packet[19]!, packet[20]!];
  const channelMappingTable = [...packet.subarray(21, 21 + channels)];
  const usable = streamCount >= 1 && coupledStreamCount <= streamCount && streamCount + coupledStreamCount <= 16;
  if (!usable || channelMappingTable.some((from) => from !== 255 && from >= streamCount + coupledStreamCount)) {
    throw new MediaError('the channel mapping of this Opus file is damaged');
  }
  return { channels, preSkip, streamCount, coupledStreamCount, channelMappingTable };
}

class OggOpus implements StreamDecoder {
  readonly #decoder: OpusDecoder;
  #head: OpusHead;
  readonly #sink: AudioSink;
  readonly #reader: OggReader;
  /** Packets of this stream, its head and tags with them. */
  #packets = 0;
  #audioPackets = 0;
  /** Samples of this stream until here, with those that are skipped; and the granule at which it began. */
  #position = 0;
  #origin: number | undefined;

  constructor(decoder: OpusDecoder, head: OpusHead, sink: AudioSink) {
    this.#decoder = decoder;
    this.#head = head;
    this.#sink = sink;
    this.#reader = new OggReader((page) => this.#take(page));
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  end(): number {
    if (this.#audioPackets === 0) throw new MediaError('this Opus file has no audio packets');
    return 0;
  }

  close(): void {
    try {
      this.#decoder.free();
    } catch {
      // It broke at a packet; its memory goes with it.
    }
  }

  #take({ packets, granule, first, last }: OggPage): void {
    if (first && this.#packets > 0) this.#beginAnew(packets[0]);
    const decoded = packets.flatMap((packet) => this.#decode(packet));
    if (granule !== undefined && decoded.length > 0) {
      const length = decoded.reduce((sum, samples) => sum + samples.length, 0);
      const lost = granule - this.#position - length;
      // A stream that was cut out of another begins at any granule.
      this.#origin ??= this.#reader.skippedBytes > 0 ? 0 : Math.max(0, lost);
      this.#passInSilence(lost - this.#origin);
    }
    // The last page may end before its packets do.
    const limit = last && granule !== undefined ? granule - (this.#origin ?? 0) : Number.POSITIVE_INFINITY;
    for (const samples of decoded) this.#emit(samples, limit);
  }

  /** Another file was joined on. */
  #beginAnew(packet: Uint8Array | undefined): void {
    const { preSkip: _, ...layout } = this.#head;
    const { preSkip, ...next } = readHead(packet ?? new Uint8Array(0));
    if (!isDeepStrictEqual(layout, next)) {
      throw new MediaError('this Opus file was joined of parts with different channels: that is not supported');
    }
    this.#head = { ...next, preSkip };
    this.#packets = 0;
    this.#position = 0;
    this.#origin = undefined;
  }

  #decode(packet: Uint8Array): Float32Array[] {
    // The first packet is the head, the second the tags.
    if (++this.#packets <= 2 || packet.length === 0) return [];
    this.#audioPackets++;
    let decoded: ReturnType<OpusDecoder['decodeFrame']>;
    try {
      decoded = quietly(() => this.#decoder.decodeFrame(packet));
    } catch {
      throw new MediaError('a packet of this Opus file breaks the decoder: the file is damaged');
    }
    // Where it fails there are no samples: the granule tells how many.
    const { channelData, samplesDecoded } = decoded;
    return samplesDecoded === 0 ? [] : [mixDown(channelData, samplesDecoded, new Float32Array(samplesDecoded))];
  }

  /** What was lost with pages or packets. */
  #passInSilence(samples: number): void {
    if (samples <= 0 || samples > LONGEST_GAP_SECONDS * RATE) return;
    giveSilence(samples, (silence) => this.#emit(silence, Number.POSITIVE_INFINITY, 'damaged'));
  }

  #emit(samples: Float32Array, limit: number, why?: WhyUnheard): void {
    const from = Math.max(0, Math.min(samples.length, this.#head.preSkip - this.#position));
    const to = Math.max(from, Math.min(samples.length, limit - this.#position));
    this.#position += samples.length;
    if (to > from) this.#sink(samples.subarray(from, to), RATE, why);
  }
}
