import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { AAC_FRAME, AacFrames, readAacConfig } from './aac.ts';
import { type AudioSink, giveSilence, LONGEST_GAP_SECONDS } from './audio-sink.ts';
import { ascii } from './bytes.ts';
import { Codec } from './codecs.ts';
import { FlacFrames, STREAMINFO_BYTES } from './flac.ts';
import { parseFlacHeader } from './flac-header.ts';
import { MediaError } from './media-error.ts';
import { boxAt, viewOf } from './mp4-boxes.ts';
import { type Mp4Track, readMp4Track } from './mp4-track.ts';
import type { WhyUnheard } from './unheard.ts';

/** Decodes the samples of a track one by one; each gives what it lasts, in silence where it is not understood. */
interface TrackDecoder {
  readonly sampleRate: number;
  decode(sample: Uint8Array): void;
  close(): void;
}
type Give = (samples: Float32Array, why?: WhyUnheard) => void;

/** A sample of more bytes is damage. */
const LONGEST_SAMPLE = 4 * 1_048_576;
/** After so many samples the event loop has a turn. */
const SAMPLES_A_TURN = 1_000;

export interface Mp4Options {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((share: number) => void) | undefined;
}

/**
 * Decodes the first track of sound of an MP4 or QuickTime file (AAC-LC, the core of HE-AAC, ALAC, FLAC; written whole
 * or in fragments), in the time of its edit list: what that cuts off is cut off, what it puts before is silence.
 *
 * @returns samples that are described and not there: the file was cut off
 * @throws MediaError for codecs that only ffmpeg knows
 */
export async function decodeMp4(path: string, bytes: number, sink: AudioSink, options: Mp4Options): Promise<number> {
  const file = openSync(path, 'r');
  let decoder: TrackDecoder | undefined;
  try {
    const track = readMp4Track(file, bytes);
    const edited = new Edited(track, sink);
    decoder = decoderOf(track, edited.give);
    edited.begin(decoder.sampleRate);
    let buffer = new Uint8Array(65_536);
    let [lacking, count] = [0, 0];
    for (const sample of track.samples()) {
      if (++count % SAMPLES_A_TURN === 0) {
        await setImmediate();
        options.signal?.throwIfAborted();
        options.progress?.(Math.min(1, sample.offset / bytes));
      }
      if (sample.bytes > LONGEST_SAMPLE)
        throw new MediaError(`a frame of ${sample.bytes} bytes: this MP4 file is damaged`);
      if (sample.bytes > buffer.length) buffer = new Uint8Array(2 * sample.bytes);
      // A damaged count may describe millions beyond the end, and to ask the system for each takes seconds.
      const isThere = sample.offset + sample.bytes <= bytes;
      const read = isThere ? readSync(file, buffer, 0, sample.bytes, sample.offset) : 0;
      if (!isThere || read < sample.bytes) {
        lacking += (sample.duration * decoder.sampleRate) / track.timescale;
        continue;
      }
      edited.passTo(sample.time);
      decoder.decode(buffer.subarray(0, read));
    }
    return Math.round(lacking);
  } catch (error) {
    // Boxes are read where they say that their fields are.
    if (error instanceof RangeError)
      throw new MediaError('a box of this MP4 file is shorter than what is in it: it is damaged');
    throw error;
  } finally {
    decoder?.close();
    closeSync(file);
  }
}

/** Puts the decoded samples of a track where its edit list has them. */
class Edited {
  readonly #track: Mp4Track;
  readonly #sink: AudioSink;
  #rate = 0;
  /** Of the track, in samples: the next one, the first one that is played, and the end. */
  #position = 0;
  #start = 0;
  #end = Number.POSITIVE_INFINITY;
  /** Ticks of the first sample: live streams begin anywhere. */
  #origin: number | undefined;

  constructor(track: Mp4Track, sink: AudioSink) {
    this.#track = track;
    this.#sink = sink;
  }

  begin(rate: number): void {
    const { timescale, startTicks, lengthTicks, emptySeconds } = this.#track;
    this.#rate = rate;
    this.#start = Math.round((startTicks * rate) / timescale);
    if (lengthTicks !== undefined) this.#end = this.#start + Math.round((lengthTicks * rate) / timescale);
    giveSilence(Math.round(emptySeconds * rate), (silence) => this.#sink(silence, rate));
  }

  /** What is missing before the sample of this time passes in silence. */
  passTo(ticks: number): void {
    this.#origin ??= ticks;
    const due = Math.round(((ticks - this.#origin) * this.#rate) / this.#track.timescale);
    const gap = due - this.#position;
    if (gap < AAC_FRAME || gap > LONGEST_GAP_SECONDS * this.#rate) return;
    giveSilence(gap, (silence) => this.give(silence, 'missing'));
  }

  give: Give = (samples, why) => {
    const from = Math.max(0, Math.min(samples.length, this.#start - this.#position));
    const to = Math.max(from, Math.min(samples.length, this.#end - this.#position));
    this.#position += samples.length;
    if (to > from) this.#sink(samples.subarray(from, to), this.#rate, why);
  };
}

function decoderOf({ codec, entry }: Mp4Track, give: Give): TrackDecoder {
  // Version 1 and 2 of QuickTime's description of sound have more before the boxes (QTFF, "Sound Sample Descriptions").
  const boxes = entry.subarray(28 + ([0, 16, 36][viewOf(entry).getUint16(8)] ?? 0));
  const inner = (name: string): Uint8Array | undefined => boxAt(boxes, name) ?? boxAt(boxes, 'wave', name);
  const decoder =
    codec === 'mp4a'
      ? aacOf(inner('esds'), give)
      : codec === 'alac'
        ? alacOf(inner('alac'), give)
        : codec === 'fLaC'
          ? flacOf(inner('dfLa'), give)
          : undefined;
  if (!decoder) throw new MediaError(`this is an MP4 file of ${nameOf(codec, inner('esds'))}`);
  return decoder;
}

const NAMES: Readonly<Record<string, string>> = { '.mp3': 'MP3', 'ac-3': 'AC-3', 'ec-3': 'E-AC-3', samr: 'AMR' };

function nameOf(codec: string, esds: Uint8Array | undefined): string {
  if (codec !== 'mp4a') return NAMES[codec] ?? `"${codec.trim()}"`;
  const { kind } = readEsds(esds);
  if (kind === 0x69 || kind === 0x6b) return 'MP3';
  return kind === 0x40 ? 'AAC of another profile than LC and HE, or of more than two channels' : `codec ${kind}`;
}

function aacOf(esds: Uint8Array | undefined, give: Give): TrackDecoder | undefined {
  const { kind, config } = readEsds(esds);
  const known = kind === 0x40 && config ? readAacConfig(config) : undefined;
  return known && AacFrames.open(known, give);
}

/** The kind of codec and its own description (ISO/IEC 14496-1 §7.2.6): descriptors 3, 4 and 5, one in the other. */
function readEsds(esds: Uint8Array = new Uint8Array(0)): { readonly kind?: number; readonly config?: Uint8Array } {
  let at = 4;
  let kind: number | undefined;
  while (at + 2 <= esds.length) {
    const tag = esds[at++]!;
    let length = 0;
    for (let more = true; more && at < esds.length; at++) {
      length = length * 128 + (esds[at]! & 127);
      more = esds[at]! >= 128;
    }
    if (tag === 3) {
      const flags = esds[at + 2] ?? 0;
      at += 3 + (flags & 128 ? 2 : 0) + (flags & 64 ? 1 + (esds[at + 3] ?? 0) : 0) + (flags & 32 ? 2 : 0);
    } else if (tag === 4) {
      kind = esds[at];
      at += 13;
    } else if (tag === 5) {
      return { ...(kind !== undefined && { kind }), config: esds.subarray(at, at + length) };
    } else at += length;
  }
  return kind === undefined ? {} : { kind };
}

function alacOf(box: Uint8Array | undefined, give: Give): TrackDecoder | undefined {
  if (!box || box.length < 28) return undefined;
  const cookie = box.subarray(4, 28);
  const view = viewOf(cookie);
  const [blockSize, channels, sampleRate] = [view.getUint32(0), view.getUint8(9), view.getUint32(20)];
  const codec = Codec.open('ALAC', { sampleRate, channels, extra: cookie });
  return (
    codec && {
      sampleRate,
      decode: (sample) => {
        const samples = codec.decode(sample);
        if (samples) give(samples);
        else give(new Float32Array(blockSize), 'unknown');
      },
      close: () => codec.close(),
    }
  );
}

function flacOf(box: Uint8Array | undefined, give: Give): TrackDecoder | undefined {
  if (!box || box.length < 8 + STREAMINFO_BYTES || ascii(box, 0, 4) === 'fLaC') return undefined;
  const frames = new FlacFrames(box.subarray(8, 8 + STREAMINFO_BYTES), (samples, _rate, why) => give(samples, why));
  return {
    sampleRate: frames.sampleRate,
    decode: (sample) => {
      const header = parseFlacHeader(sample, 0);
      if (header) frames.take(sample, header);
    },
    close: () => frames.close(),
  };
}
