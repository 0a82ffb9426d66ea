import { LONGEST_GAP_SECONDS } from './audio-sink.ts';
import { ascii, joined, syncsafeId3Length } from './bytes.ts';
import { FramePace } from './frame-pace.ts';
import type { FrameSink, WalkerOptions } from './frame-sink.ts';
import { type FrameHeader, LONGEST_FRAME, parseFrameHeader, sameStream } from './mpeg-header.ts';
import { StreamTally } from './stream-tally.ts';
import { readXingTag } from './xing-tag.ts';

/** Headers that must follow each other at the right distances before a stream is believed. */
const CHAIN = 4;

/**
 * Finds the frames of an MPEG audio stream in bytes that arrive in pieces of any length, and hands over
 * nothing but whole frames, told apart by version, layer and sample rate: those of the stream, and those of others
 * (an advertisement that was joined in). Tags (ID3v1, ID3v2, APEv2) and junk are skipped wherever they stand. So the decoder behind it never sees anything else: without this walker
 * a WAV or AAC file decodes to minutes of garbage, and junk in the middle shifts what follows.
 * Memory: the piece at hand and at most a few frames before it.
 */
export class FrameWalker {
  frames: number;
  /** Bytes of these frames. */
  frameBytes: number;
  lostFrames = 0;
  otherFrames = 0;
  otherBytes = 0;
  /** Bytes that are neither frames nor tags. */
  junkBytes = 0;
  tagBytes = 0;
  /** A frame of the stream. */
  stream: FrameHeader | undefined;
  readonly #tally = new StreamTally();

  readonly #sink: FrameSink;
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes that were pushed before those held. */
  #before = 0;
  #at = 0;
  #skip = 0;
  /** The first frame of the stream that is walked through, or was last; another one than `stream` is not handed over. */
  #kind: FrameHeader | undefined;
  #locked = false;
  /** Samples of another stream in a row, at its rate; and those that passed for them, at the rate of `stream`. */
  #otherSamples = 0;
  #otherPassed = 0;
  /** A tag reached beyond the end of the file: what follows is the rest of it. */
  #inTag = false;
  /** Bytes of junk since the last frame; not a number where a tag or another stream tells that files were joined there. */
  #gap = Number.NaN;
  readonly #pace = new FramePace();
  readonly #bytes: number;

  constructor(
    sink: FrameSink,
    { bytes = Number.POSITIVE_INFINITY, frames = 0, frameBytes = 0, stream }: WalkerOptions = {},
  ) {
    this.#sink = sink;
    this.#bytes = bytes;
    this.frames = frames;
    this.frameBytes = frameBytes;
    this.stream = stream;
  }

  /** A frame of the kind that most of the time has. */
  majority(): FrameHeader | undefined {
    return this.#tally.majority();
  }

  push(bytes: Uint8Array): void {
    this.#held = joined(this.#held.subarray(this.#at), bytes);
    this.#at = 0;
    this.#walk(false);
    // A copy, so that the caller may reuse its memory.
    this.#before += this.#at;
    this.#held = this.#held.slice(this.#at);
    this.#at = 0;
  }

  end(): void {
    this.#walk(true);
    this.#skipJunk(this.#held.length);
  }

  #walk(last: boolean): void {
    for (;;) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, this.#held.length - this.#at);
        this.#at += skipped;
        this.#skip -= skipped;
        if (this.#skip > 0) return;
      }
      const goesOn = this.#locked ? this.#takeRun(last) : this.#synchronise(last);
      if (!goesOn) return;
    }
  }

  /** Looks for the next beginning; false when more bytes are needed. */
  #synchronise(last: boolean): boolean {
    const held = this.#held;
    for (let at = this.#at; at < held.length; at++) {
      const byte = held[at]!;
      if (byte !== 0xff && byte !== 0x49 && byte !== 0x41 && byte !== 0x54) continue;
      const tag = this.#tagLength(at, last);
      const chain = tag === 0 ? this.#chainAt(at, last) : 'no';
      if (tag === 0 && chain === 'no') continue;
      this.#skipJunk(at);
      if (tag === 'more' || chain === 'more') return false;
      if (tag > 0) {
        this.#skip = tag;
        this.tagBytes += tag;
        this.#gap = Number.NaN;
      } else this.#lock(parseFrameHeader(held, at)!);
      return true;
    }
    this.#skipJunk(held.length);
    return false;
  }

  #skipJunk(to: number): void {
    const bytes = to - this.#at;
    if (this.#inTag) this.tagBytes += bytes;
    else this.junkBytes += bytes;
    this.#gap += bytes;
    this.#at = to;
  }

  #lock(first: FrameHeader): void {
    this.stream ??= first;
    if (!this.#kind || !sameStream(first, this.#kind)) [this.#otherSamples, this.#otherPassed] = [0, 0];
    if (!sameStream(first, this.stream)) this.#gap = Number.NaN;
    this.#kind = first;
    this.#locked = true;
    this.#inTag = false;
  }

  /** Takes frames as long as one follows the other; false when more bytes are needed. */
  #takeRun(last: boolean): boolean {
    const held = this.#held;
    const start = this.#at;
    let count = 0;
    let first: FrameHeader | undefined;
    let goesOn = true;
    while (goesOn && this.#locked) {
      const header = this.#headerAt(this.#at);
      // Who decodes a run looks at its first frame for the channels.
      if (first && header && header.channels !== first.channels) break;
      const end = this.#at + (header?.frameBytes ?? 0);
      if (!header) {
        // Also the ordinary end: nothing left. Looking for a new beginning settles both.
        if (!last && held.length - this.#at < 4) goesOn = false;
        else this.#locked = false;
        break;
      }
      const follows = this.#headerAt(end) !== undefined || (last && end === held.length);
      if (!follows) {
        const verdict = this.#doubtful(header, end, last);
        if (verdict === 'more') goesOn = false;
        else this.#locked = false;
        if (verdict !== 'whole') break;
      }
      if (!first) {
        first = header;
        this.#passGap(header);
      }
      count++;
      this.#at = end;
      this.#pace.note(header);
    }
    if (first) this.#handOver(start, count, first);
    if (this.#cut) {
      this.#pass(this.#cut.header, 1);
      this.junkBytes += this.#cut.next - this.#at;
      this.#at = this.#cut.next;
      this.#cut = undefined;
    }
    return goesOn;
  }

  #handOver(start: number, count: number, first: FrameHeader): void {
    const run = this.#held.subarray(start, this.#at);
    this.#tally.add(first, count);
    if (sameStream(first, this.stream!)) {
      this.frames += count;
      this.frameBytes += run.length;
      // Behind a first frame that stands alone nothing was overwritten.
      this.#gap = this.frames > 1 ? 0 : Number.NaN;
      this.#sink.frames(run, count, first, this.#before + start);
    } else {
      this.otherFrames += count;
      this.otherBytes += run.length;
      this.#gap = Number.NaN;
      this.#sink.other(run, count, first, this.#lasting(first, count));
    }
  }

  /** How many samples at the rate of the stream so many frames last. */
  #lasting({ sampleRate, samplesPerFrame }: FrameHeader, count: number): number {
    this.#otherSamples += count * samplesPerFrame;
    const passed = Math.round((this.#otherSamples * this.stream!.sampleRate) / sampleRate);
    const samples = passed - this.#otherPassed;
    this.#otherPassed = passed;
    return samples;
  }

  /** The time of frames that are not heard. */
  #pass(header: FrameHeader, count: number): void {
    this.lostFrames += count;
    this.#sink.lost(this.#lasting(header, count));
  }

  /**
   * Junk between two frames is audio that was overwritten, or was put in. At a constant bitrate only the first is as
   * long as whole frames are; at others nothing tells, and damage is likelier.
   */
  #passGap(header: FrameHeader): void {
    const gap = this.#gap;
    if (!(gap > 0)) return;
    const { sampleRate, samplesPerFrame } = header;
    const count = this.#pace.wholeFrames(gap, header) ?? Math.round((gap * this.frames) / this.frameBytes);
    if (count > 0 && count * samplesPerFrame <= LONGEST_GAP_SECONDS * sampleRate) this.#pass(this.stream!, count);
  }

  #cut: { header: FrameHeader; next: number } | undefined;

  /** No frame follows this one where it should: is it whole (then junk or a tag follows), or was it cut short? */
  #doubtful(header: FrameHeader, end: number, last: boolean): 'whole' | 'cut' | 'more' {
    const held = this.#held;
    if (!last && end + CHAIN * LONGEST_FRAME > held.length) return 'more';
    for (let at = this.#at + 4; at < Math.min(end, held.length); at++) {
      if (this.#beginsTag(at) || (held[at] === 0xff && this.#chainAt(at, last) === 'yes')) {
        this.#cut = { header, next: at };
        return 'cut';
      }
    }
    if (end <= held.length) return 'whole';
    this.#cut = { header, next: held.length };
    return 'cut';
  }

  /** A tag that is more than three letters by chance. */
  #beginsTag(at: number): boolean {
    const held = this.#held;
    if (held[at] === 0x49) {
      const length = syncsafeId3Length(held, at);
      return length > 0 && this.#before + at + length <= this.#bytes;
    }
    return held[at] === 0x41 && ascii(held, at, 8) === 'APETAGEX';
  }

  #headerAt(at: number): FrameHeader | undefined {
    const header = parseFrameHeader(this.#held, at);
    return header && sameStream(header, this.#kind!) ? header : undefined;
  }

  #chainAt(at: number, last: boolean): 'yes' | 'no' | 'more' {
    if (!last && at + 4 > this.#held.length) return 'more';
    const first = parseFrameHeader(this.#held, at);
    if (!first) return 'no';
    // It says itself what it is; tags and junk may have come between it and the audio.
    if (readXingTag(this.#held.subarray(at), first)) return 'yes';
    let next = at;
    for (let links = 0; links < CHAIN; links++) {
      if (next + 4 > this.#held.length) {
        // Near the end of the file three frames that end exactly there are enough.
        return last ? (links >= 3 && next === this.#held.length ? 'yes' : 'no') : 'more';
      }
      const header = parseFrameHeader(this.#held, next);
      if (!header || !sameStream(header, first)) return 'no';
      next += header.frameBytes;
    }
    return 'yes';
  }

  /** Bytes of the tag at `at`, 0 if there is none. */
  #tagLength(at: number, last: boolean): number | 'more' {
    const name = ascii(this.#held, at, 3);
    const enough = last || at + 32 <= this.#held.length;
    if (!enough && ['ID3', 'TAG', 'APE'].some((tag) => tag.startsWith(name))) return 'more';
    if (name === 'ID3') return this.#within(at, syncsafeId3Length(this.#held, at), 10);
    if (name === 'TAG') return this.#id3v1Length(at, last);
    if (ascii(this.#held, at, 8) !== 'APETAGEX' || at + 32 > this.#held.length) return 0;
    const view = new DataView(this.#held.buffer, this.#held.byteOffset + at, 32);
    const isHeader = (view.getUint32(20, true) & 0x20000000) !== 0;
    return isHeader ? this.#within(at, 32 + view.getUint32(12, true), 32) : 32;
  }

  /** ID3v1 stands at the end, also of a file that another was joined to; elsewhere three letters prove nothing. */
  #id3v1Length(at: number, last: boolean): number | 'more' {
    if (last && at + 128 === this.#held.length) return 128;
    const follows = this.#chainAt(at + 128, last);
    return follows === 'yes' ? 128 : follows === 'no' ? 0 : 'more';
  }

  /** A tag that would reach beyond the end of the file lies: its header only is skipped. */
  #within(at: number, length: number, header: number): number {
    this.#inTag = this.#before + at + length > this.#bytes;
    return this.#inTag ? Math.min(length, header) : length;
  }
}
