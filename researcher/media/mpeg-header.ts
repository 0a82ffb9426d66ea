/** What the four bytes of an MPEG audio frame header say (ISO/IEC 11172-3 §2.4.1.3, 13818-3 for the half rates). */
export interface FrameHeader {
  readonly version: 1 | 2 | 2.5;
  readonly layer: 1 | 2 | 3;
  /** bits per second */
  readonly bitrate: number;
  /** Hz */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** the whole frame with its header */
  readonly frameBytes: number;
  /** audio samples a channel in one frame */
  readonly samplesPerFrame: number;
  /** bytes of side information after the header (layer III), where a Xing tag would begin */
  readonly sideBytes: number;
}

const KBPS: Record<string, readonly number[]> = {
  '1-1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1-2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1-3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2-1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2-2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const RATES = [44_100, 48_000, 32_000];

/** Longest possible frame: layer II, 384 kbit/s at 32 kHz. */
export const LONGEST_FRAME = 1_729;

/** The header at `offset`, undefined if no frame can begin there. Free-format streams (bitrate index 0) are not supported. */
export function parseFrameHeader(bytes: Uint8Array, offset: number): FrameHeader | undefined {
  if (offset + 4 > bytes.length) return undefined;
  const [a, b, c, d] = [bytes[offset]!, bytes[offset + 1]!, bytes[offset + 2]!, bytes[offset + 3]!];
  if (a !== 0xff || (b & 0xe0) !== 0xe0) return undefined;
  const versionBits = (b >> 3) & 3;
  const layerBits = (b >> 1) & 3;
  const rateIndex = (c >> 2) & 3;
  const bitrateIndex = c >> 4;
  // Emphasis 2 is reserved; real encoders never write it, and it halves the false beginnings.
  if (versionBits === 1 || layerBits === 0 || rateIndex === 3 || (d & 3) === 2) return undefined;
  if (bitrateIndex === 0 || bitrateIndex === 15) return undefined;

  const version = versionBits === 3 ? 1 : versionBits === 2 ? 2 : 2.5;
  const layer = (4 - layerBits) as 1 | 2 | 3;
  const kbps = KBPS[version === 1 ? `1-${layer}` : layer === 1 ? '2-1' : '2-2']![bitrateIndex - 1]!;
  const sampleRate = RATES[rateIndex]! / (version === 1 ? 1 : version === 2 ? 2 : 4);
  const channels = d >> 6 === 3 ? 1 : 2;
  const padding = (c >> 1) & 1;
  const samplesPerFrame = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1_152;
  const frameBytes =
    layer === 1
      ? (Math.floor((12 * kbps * 1_000) / sampleRate) + padding) * 4
      : Math.floor(((samplesPerFrame / 8) * kbps * 1_000) / sampleRate) + padding;
  const sideBytes = layer !== 3 ? 0 : version === 1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return { version, layer, bitrate: kbps * 1_000, sampleRate, channels, frameBytes, samplesPerFrame, sideBytes };
}

/** Whether two frames can belong to one stream: bitrate and stereo mode may change, these may not. */
export function sameStream(a: FrameHeader, b: FrameHeader): boolean {
  return a.version === b.version && a.layer === b.layer && a.sampleRate === b.sampleRate;
}
