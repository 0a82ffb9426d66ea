import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Mp3Encoder } from '../mp3-encoder.ts';
import { randomFrom } from '../random.ts';
import { Doubling } from './doubling.ts';

/** Hiss of the room, so that no stretch is digitally silent. */
const ROOM_LEVEL = 0.0006;

/** The episode's file: adds the room, limits, doubles the rate, encodes, writes, and waits when the disk is slower. */
export class EpisodeStream {
  /** Samples so far, at the rate of what is written. */
  written = 0;
  readonly #file;
  readonly #encoder: Mp3Encoder;
  readonly #doubling = new Doubling();
  readonly #room = randomFrom('room');

  constructor(path: string, encoder: Mp3Encoder) {
    this.#file = createWriteStream(path);
    this.#encoder = encoder;
  }

  async write(block: Float32Array): Promise<void> {
    for (let i = 0; i < block.length; i++) {
      const sample = block[i]! + (this.#room.next() - 0.5) * 3.4 * ROOM_LEVEL;
      block[i] = Math.min(0.98, Math.max(-0.98, sample));
    }
    this.written += block.length;
    await this.#put(this.#encoder.encode(this.#doubling.push(block)));
  }

  async close(): Promise<void> {
    await this.#put(this.#encoder.encode(this.#doubling.finish()));
    await this.#put(this.#encoder.finish());
    this.#file.end();
    await once(this.#file, 'close');
  }

  async #put(bytes: Uint8Array): Promise<void> {
    if (!this.#file.write(bytes)) await once(this.#file, 'drain');
  }
}
