import type { AudioSink, StreamDecoder } from './audio-sink.ts';
import { ascii } from './bytes.ts';
import { FlacFrames, STREAMINFO_BYTES } from './flac.ts';
import { parseFlacHeader } from './flac-header.ts';
import { MediaError } from './media-error.ts';
import { OggReader } from './ogg-packets.ts';

/** The mapping's own header before "fLaC" and the header of STREAMINFO's block (RFC 9639 §10.1). */
const [MAPPING_BYTES, BLOCK_HEADER_BYTES] = [9, 8];

/** A decoder of FLAC in Ogg: every packet is a block of metadata or a frame. */
export function oggFlacDecoder(sink: AudioSink): StreamDecoder {
  let frames: FlacFrames | undefined;
  let lacking = 0;
  const reader = new OggReader(({ packets, first }) => {
    for (const packet of packets) {
      if (first && ascii(packet, 1, 4) === 'FLAC') {
        lacking += frames?.end() ?? 0;
        frames?.close();
        const from = MAPPING_BYTES + BLOCK_HEADER_BYTES;
        if (packet.length < from + STREAMINFO_BYTES) throw new MediaError('the beginning of this FLAC file is damaged');
        frames = new FlacFrames(packet.subarray(from, from + STREAMINFO_BYTES), sink);
      } else {
        const header = parseFlacHeader(packet, 0);
        if (header) frames?.take(packet, header);
      }
    }
  });
  return {
    push: (bytes) => reader.push(bytes),
    end: () => lacking + (frames?.end() ?? 0),
    close: () => frames?.close(),
  };
}
