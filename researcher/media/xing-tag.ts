import { ascii } from './bytes.ts';
import type { FrameHeader } from './mpeg-header.ts';

/** What the first frame of an MP3 says when it is a tag rather than audio (Xing, Info, VBRI). */
export interface XingTag {
  /** audio frames that follow, if told */
  readonly frames: number | undefined;
  /** samples that the encoder put before and after the audio (LAME's extension), if told */
  readonly gap: { readonly delay: number; readonly padding: number } | undefined;
}

/** Samples that every layer III decoder is late by (the analysis and synthesis filter banks). */
export const DECODER_DELAY = 529;

/** Reads the tag in a frame, undefined if the frame is audio. `frame` begins at the header. */
export function readXingTag(frame: Uint8Array, header: FrameHeader): XingTag | undefined {
  if (header.layer !== 3) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, Math.min(frame.length, header.frameBytes));
  if (ascii(frame, 36, 4) === 'VBRI' && view.byteLength >= 54) return { frames: view.getUint32(50), gap: undefined };
  let at = 4 + header.sideBytes;
  const name = ascii(frame, at, 4);
  if ((name !== 'Xing' && name !== 'Info') || at + 8 > view.byteLength) return undefined;
  const flags = view.getUint32(at + 4);
  at += 8;
  const frames = flags & 1 && at + 4 <= view.byteLength ? view.getUint32(at) : undefined;
  at += (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  return { frames, gap: lameGap(view, frame, at) };
}

/** LAME's extension: nine letters of the encoder's name; delay and padding as 12 bits each, 21 bytes in. */
function lameGap(view: DataView, frame: Uint8Array, at: number): XingTag['gap'] {
  if (at + 24 > view.byteLength || !/^[\x20-\x7e]{4}/.test(ascii(frame, at, 9))) return undefined;
  const bits = (view.getUint8(at + 21) << 16) | (view.getUint8(at + 22) << 8) | view.getUint8(at + 23);
  return { delay: bits >> 12, padding: bits & 0xfff };
}
