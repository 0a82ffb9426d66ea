import { OpusDecoder } from 'opus-decoder';
import { type AudioSink, mixDown, type StreamDecoder } from './audio-sink.ts';
import { ascii } from './bytes.ts';
import { MediaError } from './media-error.ts';
import { type OggPage, OggReader } from './ogg-packets.ts';
import { quietly } from './quietly.ts';

/** Opus always decodes to this (RFC 7845 §4). */
const RATE = 48_000;

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
  return new OggOpus(decoder, opusHead, sink);
}

function readHead(packet: Uint8Array): OpusHead {
  const channels = packet[9] ?? 0;
  if (packet.length < 19 || ascii(packet, 0, 8) !== 'OpusHead' || (packet[8]! & 0xf0) !== 0 || channels === 0) {
    throw new MediaError('the beginning of this Opus file is damaged');
  }
  const preSkip = packet[10]! | (packet[11]! << 8);
  if (packet[18] === 0) {
    if (channels > 2) throw new MediaError(`${channels} channels in an Opus file that describes two at most`);
    return {
      channels,
      preSkip,
      streamCount: 1,
      coupledStreamCount: channels - 1,
      channelMappingTable: channels === 2 ? [0, 1] : [0],
    };
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
  readonly #head: OpusHead;
  readonly #sink: AudioSink;
  readonly #reader: OggReader;
  #packets = 0;
  #errors = 0;
  #position = 0;
  #mono = new Float32Array(0);

  constructor(decoder: OpusDecoder, head: OpusHead, sink: AudioSink) {
    this.#decoder = decoder;
    this.#head = head;
    this.#sink = sink;
    this.#reader = new OggReader((page) => this.#take(page));
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  end(): void {
    if (this.#packets <= 2) throw new MediaError('this Opus file has no audio packets');
  }

  close(): void {
    this.#decoder.free();
  }

  brokenShare(): number {
    return Math.min(1, this.#errors / Math.max(1, this.#packets));
  }

  #take({ packets, granule, last }: OggPage): void {
    // The last page may end before its packets do; positions count what is skipped at the beginning.
    const limit = last && granule !== undefined ? granule : Number.POSITIVE_INFINITY;
    for (const packet of packets) {
      // The first packet is the head, the second the tags.
      if (++this.#packets <= 2 || packet.length === 0) continue;
      const { channelData, samplesDecoded, errors } = quietly(() => this.#decoder.decodeFrame(packet));
      this.#errors += errors.length;
      if (samplesDecoded === 0) continue;
      if (this.#mono.length < samplesDecoded) this.#mono = new Float32Array(samplesDecoded);
      const mono = mixDown(channelData, samplesDecoded, this.#mono);
      const from = Math.max(0, Math.min(samplesDecoded, this.#head.preSkip - this.#position));
      const to = Math.max(from, Math.min(samplesDecoded, limit - this.#position));
      this.#position += samplesDecoded;
      if (to > from) this.#sink(mono.subarray(from, to), RATE);
    }
  }
}
