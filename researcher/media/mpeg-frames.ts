import { ascii, joined, syncsafeId3Length } from './bytes.ts';
import { type FrameHeader, LONGEST_FRAME, parseFrameHeader, sameStream } from './mpeg-header.ts';

/** Headers that must follow each other at the right distances before a stream is believed. */
const CHAIN = 4;

export interface FrameSink {
  /**
   * `count` whole frames that follow each other without a gap, from byte `offset` of all that was pushed on.
   * The bytes are only valid during the call.
   */
  frames(bytes: Uint8Array, count: number, first: FrameHeader, offset: number): void;
  /** One frame that began but was cut short: its time passes in silence. */
  lost(header: FrameHeader): void;
}

/**
 * Finds the frames of an MPEG audio stream in bytes that arrive in pieces of any length, and hands over
 * nothing but whole frames of one version, layer and sample rate. Tags (ID3v1, ID3v2, APEv2) and junk
 * are skipped wherever they stand. So the decoder behind it never sees anything else: without this walker
 * a WAV or AAC file decodes to minutes of garbage, and junk in the middle shifts what follows.
 * Memory: the piece at hand and at most a few frames before it.
 */
export class FrameWalker {
  frames = 0;
  lostFrames = 0;
  /** Bytes that are neither frames nor tags. */
  junkBytes = 0;
  tagBytes = 0;
  /** The first believed frame: it decides what the stream is. */
  stream: FrameHeader | undefined;

  readonly #sink: FrameSink;
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes that were pushed before those held. */
  #before = 0;
  #at = 0;
  #skip = 0;
  #locked = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
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
    this.junkBytes += this.#held.length - this.#at;
    this.#at = this.#held.length;
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
      this.junkBytes += at - this.#at;
      this.#at = at;
      if (tag === 'more' || chain === 'more') return false;
      if (tag > 0) {
        this.#skip = tag;
        this.tagBytes += tag;
      } else {
        this.#locked = true;
        this.stream ??= this.#headerAt(at);
      }
      return true;
    }
    this.junkBytes += held.length - this.#at;
    this.#at = held.length;
    return false;
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
      first ??= header;
      count++;
      this.#at = end;
    }
    if (first) {
      this.frames += count;
      this.#sink.frames(held.subarray(start, this.#at), count, first, this.#before + start);
    }
    if (this.#cut) {
      this.lostFrames++;
      this.#sink.lost(this.#cut.header);
      this.junkBytes += this.#cut.next - this.#at;
      this.#at = this.#cut.next;
      this.#cut = undefined;
    }
    return goesOn;
  }

  #cut: { header: FrameHeader; next: number } | undefined;

  /** No frame follows this one where it should: is it whole (then junk or a tag follows), or was it cut short? */
  #doubtful(header: FrameHeader, end: number, last: boolean): 'whole' | 'cut' | 'more' {
    const held = this.#held;
    if (!last && end + CHAIN * LONGEST_FRAME > held.length) return 'more';
    for (let at = this.#at + 4; at < Math.min(end, held.length); at++) {
      if (held[at] === 0xff && this.#chainAt(at, last) === 'yes') {
        this.#cut = { header, next: at };
        return 'cut';
      }
    }
    if (end <= held.length) return 'whole';
    this.#cut = { header, next: held.length };
    return 'cut';
  }

  #headerAt(at: number): FrameHeader | undefined {
    const header = parseFrameHeader(this.#held, at);
    return header && this.stream && !sameStream(header, this.stream) ? undefined : header;
  }

  #chainAt(at: number, last: boolean): 'yes' | 'no' | 'more' {
    if (!last && at + 4 > this.#held.length) return 'more';
    const first = this.#headerAt(at);
    if (!first) return 'no';
    let next = at;
    for (let links = 0; links < CHAIN; links++) {
      if (next + 4 > this.#held.length) {
        // Near the end of the file three frames that end exactly there are enough.
        return last ? (links >= 3 && next === this.#held.length ? 'yes' : 'no') : 'more';
      }
      const header = this.#headerAt(next);
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
    if (name === 'ID3') return syncsafeId3Length(this.#held, at);
    // ID3v1 stands at the end only; elsewhere three letters prove nothing.
    if (name === 'TAG') return last && at + 128 === this.#held.length ? 128 : 0;
    if (ascii(this.#held, at, 8) !== 'APETAGEX' || at + 32 > this.#held.length) return 0;
    const view = new DataView(this.#held.buffer, this.#held.byteOffset + at, 32);
    const isHeader = (view.getUint32(20, true) & 0x20000000) !== 0;
    return isHeader ? 32 + view.getUint32(12, true) : 32;
  }
}
