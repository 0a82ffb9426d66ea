import { LONGEST_GAP_SECONDS } from './audio-sink.ts';
import { ascii } from './bytes.ts';
import { MediaError } from './media-error.ts';
import { type Box, boxAt, boxesIn, fileBoxes, readBox, viewOf } from './mp4-boxes.ts';

/** The first track of sound in an MP4 file: what is in it, where, and which part of it is played when. */
export interface Mp4Track {
  readonly id: number;
  /** Ticks a second in which its samples are counted. */
  readonly timescale: number;
  /** 'mp4a', 'alac', 'fLaC', 'Opus' … and the entry's content, with its boxes. */
  readonly codec: string;
  readonly entry: Uint8Array;
  /** In order, read from the tables as one goes: there may be millions. */
  readonly samples: () => Generator<Mp4Sample>;
  /** Seconds of silence before it, where the track begins later than the file. */
  readonly emptySeconds: number;
  /** Ticks at which what is played begins, and how long it is (undefined: to the end). */
  readonly startTicks: number;
  readonly lengthTicks: number | undefined;
}

export interface Mp4Sample {
  readonly offset: number;
  readonly bytes: number;
  /** Ticks */
  readonly time: number;
  readonly duration: number;
}

/** A day in frames of 20 ms, and more than a film has in chunks. */
const MOST_SAMPLES = 20_000_000;

/** Reads the description of a file's first track of sound. Throws MediaError where there is none. */
export function readMp4Track(file: number, bytes: number): Mp4Track {
  const boxes = [...fileBoxes(file, 0, bytes)];
  const moovBox = boxes.find(({ name }) => name === 'moov');
  if (!moovBox) throw new MediaError('this MP4 file has no description of what is in it: it was cut off or is damaged');
  const moov = readBox(file, moovBox);
  const trak = [...boxesIn(moov)].find(
    ({ name, content }) =>
      name === 'trak' && ascii(boxAt(content, 'mdia', 'hdlr') ?? new Uint8Array(0), 8, 4) === 'soun',
  )?.content;
  if (!trak) throw new MediaError('there is no audio in it');
  const need = (...path: string[]): Uint8Array => {
    const found = boxAt(trak, ...path);
    if (!found) throw new MediaError(`this MP4 file has no box "${path.join('/')}": it is damaged`);
    return found;
  };
  const tkhd = need('tkhd');
  const id = viewOf(tkhd).getUint32(tkhd[0] === 1 ? 20 : 12);
  const mdhd = need('mdia', 'mdhd');
  const timescale = viewOf(mdhd).getUint32(mdhd[0] === 1 ? 20 : 12);
  const stbl = need('mdia', 'minf', 'stbl');
  const [entry] = boxesIn(need('mdia', 'minf', 'stbl', 'stsd'), 8);
  if (!entry || timescale === 0) throw new MediaError('the description of the audio in this MP4 file is damaged');
  const samples = function* (): Generator<Mp4Sample> {
    yield* tableSamples(stbl);
    yield* fragmentSamples(file, boxes, moov, id);
  };
  const mvhd = boxAt(moov, 'mvhd');
  const movieTimescale = mvhd ? viewOf(mvhd).getUint32(mvhd[0] === 1 ? 20 : 12) : timescale;
  const edits = readEdits(boxAt(trak, 'edts', 'elst'), movieTimescale, timescale) ?? readPriming(moov, timescale);
  const trackTicks = tkhd[0] === 1 ? Number(viewOf(tkhd).getBigUint64(28)) : viewOf(tkhd).getUint32(20);
  // The header tells the sum of all edits (§8.3.2): long silence that is not in it is damage.
  const isDamage = edits.emptySeconds > Math.max(LONGEST_GAP_SECONDS, trackTicks / movieTimescale);
  return {
    id,
    timescale,
    codec: entry.name,
    entry: entry.content,
    samples,
    ...edits,
    ...(isDamage && { emptySeconds: 0 }),
  };
}

type Edits = Pick<Mp4Track, 'emptySeconds' | 'startTicks' | 'lengthTicks'>;

/** An edit list of silence and then one part of the track (§8.6.6); what has more parts than one only ffmpeg plays. */
function readEdits(elst: Uint8Array | undefined, movieTimescale: number, timescale: number): Edits | undefined {
  if (!elst || elst.length < 8) return undefined;
  const view = viewOf(elst);
  const wide = elst[0] === 1;
  const count = Math.min(view.getUint32(4), Math.floor((elst.length - 8) / (wide ? 20 : 12)));
  let emptySeconds = 0;
  let part: { readonly start: number; readonly seconds: number } | undefined;
  for (let i = 0; i < count; i++) {
    const at = 8 + i * (wide ? 20 : 12);
    const seconds = (wide ? Number(view.getBigUint64(at)) : view.getUint32(at)) / movieTimescale;
    const start = wide ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    if (start >= 0 && part) throw new MediaError('an MP4 file whose audio is put together of several parts');
    if (start >= 0) part = { start, seconds };
    else if (!part) emptySeconds += seconds;
  }
  if (!part) return emptySeconds > 0 ? { emptySeconds, startTicks: 0, lengthTicks: undefined } : undefined;
  const lengthTicks = part.seconds > 0 ? Math.round(part.seconds * timescale) : undefined;
  return { emptySeconds, startTicks: part.start, lengthTicks };
}

/** What iTunes writes instead: "iTunSMPB", with the samples before the audio, behind it, and of it, as hex. */
function readPriming(moov: Uint8Array, timescale: number): Edits {
  const meta = boxAt(moov, 'udta', 'meta');
  const ilst = meta && boxAt(meta.subarray(4), 'ilst');
  for (const { name, content } of ilst ? boxesIn(ilst) : []) {
    if (name !== '----' || !ascii(boxAt(content, 'name') ?? new Uint8Array(0), 4, 8).startsWith('iTunSMPB')) continue;
    const data = boxAt(content, 'data');
    const [, priming, , length] = data
      ? ascii(data, 8, data.length)
          .trim()
          .split(/\s+/)
          .map((hex) => parseInt(hex, 16))
      : [];
    if (priming === undefined || length === undefined || !(priming < timescale) || !(length > 0)) break;
    return { emptySeconds: 0, startTicks: priming, lengthTicks: length };
  }
  return { emptySeconds: 0, startTicks: 0, lengthTicks: undefined };
}

/** Samples by the tables of a file that was written whole (§8.6–8.7). */
function* tableSamples(stbl: Uint8Array): Generator<Mp4Sample> {
  const sizes = boxAt(stbl, 'stsz');
  const chunks = boxAt(stbl, 'stco') ?? boxAt(stbl, 'co64');
  const [times, runs] = [boxAt(stbl, 'stts'), boxAt(stbl, 'stsc')];
  if (!sizes || !chunks || !times || !runs) return;
  const [size, count] = [viewOf(sizes).getUint32(4), viewOf(sizes).getUint32(8)];
  if (count > MOST_SAMPLES || (size === 0 && 12 + 4 * count > sizes.length)) {
    throw new MediaError('the table of samples of this MP4 file is damaged');
  }
  const wide = boxAt(stbl, 'stco') === undefined;
  const chunkCount = Math.min(viewOf(chunks).getUint32(4), Math.floor((chunks.length - 8) / (wide ? 8 : 4)));
  const durations = pairs(times, 8);
  const chunkRuns = pairs(runs, 12);
  let [sample, time, left, duration, run, row] = [0, 0, 0, 0, -1, 0];
  for (let chunk = 0; chunk < chunkCount && sample < count; chunk++) {
    while (run + 1 < chunkRuns.length && chunkRuns[run + 1]![0] <= chunk + 1) run++;
    let offset = wide ? Number(viewOf(chunks).getBigUint64(8 + 8 * chunk)) : viewOf(chunks).getUint32(8 + 4 * chunk);
    for (let i = chunkRuns[run]?.[1] ?? 0; i > 0 && sample < count; i--, sample++) {
      if (left === 0) [left, duration] = durations[row++] ?? [Number.POSITIVE_INFINITY, duration];
      left--;
      const bytes = size || viewOf(sizes).getUint32(12 + 4 * sample);
      yield { offset, bytes, time, duration };
      offset += bytes;
      time += duration;
    }
  }
}

/** The first two numbers of every row of a table. */
function pairs(table: Uint8Array, rowBytes: number): [number, number][] {
  const view = viewOf(table);
  const count = Math.min(view.getUint32(4), Math.floor((table.length - 8) / rowBytes));
  return Array.from({ length: count }, (_, i) => [view.getUint32(8 + i * rowBytes), view.getUint32(12 + i * rowBytes)]);
}

/** Samples of a file that was written in fragments (§8.8). */
function* fragmentSamples(file: number, boxes: readonly Box[], moov: Uint8Array, id: number): Generator<Mp4Sample> {
  const trex = [...boxesIn(boxAt(moov, 'mvex') ?? new Uint8Array(0))].find(
    ({ name, content }) => name === 'trex' && viewOf(content).getUint32(4) === id,
  )?.content;
  if (!trex) return;
  const defaults = { duration: viewOf(trex).getUint32(12), size: viewOf(trex).getUint32(16) };
  let next = 0;
  for (const box of boxes) {
    if (box.name !== 'moof') continue;
    // The box's own header is part of what offsets count from.
    const start = box.from - 8;
    for (const { name, content: traf } of boxesIn(readBox(file, box))) {
      const tfhd = name === 'traf' ? boxAt(traf, 'tfhd') : undefined;
      if (!tfhd || viewOf(tfhd).getUint32(4) !== id) continue;
      const head = readFragmentHead(tfhd, start, defaults);
      const tfdt = boxAt(traf, 'tfdt');
      if (tfdt) next = tfdt[0] === 1 ? Number(viewOf(tfdt).getBigUint64(4)) : viewOf(tfdt).getUint32(4);
      let offset = head.base;
      for (const run of boxesIn(traf)) {
        if (run.name !== 'trun') continue;
        for (const sample of runSamples(run.content, head, offset, next)) {
          yield sample;
          [offset, next] = [sample.offset + sample.bytes, sample.time + sample.duration];
        }
      }
    }
  }
}

interface FragmentHead {
  readonly base: number;
  readonly duration: number;
  readonly size: number;
}

function readFragmentHead(tfhd: Uint8Array, start: number, defaults: { duration: number; size: number }): FragmentHead {
  const view = viewOf(tfhd);
  const flags = view.getUint32(0) & 0xffffff;
  let at = 8;
  const take = (flag: number, bytes: 4 | 8): number | undefined => {
    if (!(flags & flag) || at + bytes > tfhd.length) return undefined;
    at += bytes;
    return bytes === 8 ? Number(view.getBigUint64(at - 8)) : view.getUint32(at - 4);
  };
  const base = take(1, 8) ?? start;
  take(2, 4);
  return { base, duration: take(8, 4) ?? defaults.duration, size: take(16, 4) ?? defaults.size };
}

function* runSamples(trun: Uint8Array, head: FragmentHead, follows: number, from: number): Generator<Mp4Sample> {
  const view = viewOf(trun);
  const flags = view.getUint32(0) & 0xffffff;
  const row = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4;
  let at = 8;
  let [offset, time] = [follows, from];
  if (flags & 1) offset = head.base + view.getInt32(at);
  if (flags & 1) at += 4;
  if (flags & 4) at += 4;
  const count = Math.min(view.getUint32(4), row > 0 ? Math.floor((trun.length - at) / row) : MOST_SAMPLES);
  for (let i = 0; i < count; i++, at += row) {
    const duration = flags & 0x100 ? view.getUint32(at) : head.duration;
    const bytes = flags & 0x200 ? view.getUint32(at + (flags & 0x100 ? 4 : 0)) : head.size;
    yield { offset, bytes, time, duration };
    offset += bytes;
    time += duration;
  }
}
