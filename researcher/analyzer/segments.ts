import { LONGEST_SEGMENT } from './episode-index.ts';

/** Frames of a clip. */
export interface Segment {
  readonly from: number;
  readonly length: number;
}

/** Longer clips than this many segments (48 s) are looked for by every so manieth of them, of which one has to be heard. */
const MOST_SEGMENTS = 24;
/** Then a segment begins every 4 s at least: the shortest part that is found of a long clip is longer. */
const LEAST_STRIDE_FRAMES = 125;

/** The parts of a clip by which it is looked for, about two seconds each and all of one length. */
export function segmentsOf(frames: number): Segment[] {
  const count = Math.max(1, Math.round(frames / (LONGEST_SEGMENT - 2)));
  const exact = frames / count;
  const length = Math.min(LONGEST_SEGMENT, Math.floor(exact));
  const all = Array.from({ length: count }, (_, i) => ({ from: Math.floor(i * exact), length }));
  const most = Math.max(MOST_SEGMENTS, Math.ceil(frames / LEAST_STRIDE_FRAMES));
  if (count <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * count) / most)]!);
}
