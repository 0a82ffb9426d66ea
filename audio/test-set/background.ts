import { type Random, randomFrom } from '../random.ts';
import { musicLike } from '../synthesis/music.ts';
import { addTo, levelled, RATE } from '../synthesis/signal.ts';
import { TALK_LEVEL, type Voice, type Voices } from './voices.ts';

/** Share of the turns of talk with music beneath, and its level. */
const BED_SHARE = 0.15;
const BED_LEVEL = TALK_LEVEL * 0.35;

/** The endless talk of an episode's hosts, drawn as it is needed: memory holds one turn of it. */
export class Background {
  readonly #random: Random;
  readonly #seed: string;
  readonly #hosts: readonly Voice[];
  #turn: Float32Array = new Float32Array(0);
  #turns = 0;
  #used = 0;

  constructor(seed: string, voices: Voices) {
    this.#seed = seed;
    this.#random = randomFrom(`${seed}/background`);
    this.#hosts = Array.from({ length: this.#random.integer(2, 4) }, () => voices.voice(this.#random));
  }

  /** The next `length` samples. */
  take(length: number): Float32Array {
    const out = new Float32Array(length);
    for (let at = 0; at < length; ) {
      if (this.#used === this.#turn.length) this.#nextTurn();
      const part = this.#turn.subarray(this.#used, this.#used + length - at);
      out.set(part, at);
      at += part.length;
      this.#used += part.length;
    }
    return out;
  }

  #nextTurn(): void {
    const random = this.#random;
    const words = `${this.#seed}/turn/${this.#turns++}`;
    const talk = random.pick(this.#hosts).utter(words, random.between(4, 22));
    const pause = Math.round(RATE * random.between(0.1, 0.7));
    this.#turn = new Float32Array(talk.length + pause);
    this.#turn.set(talk);
    if (random.chance(BED_SHARE)) {
      const bed = musicLike(randomFrom(`${words}/bed`), this.#turn.length / RATE);
      addTo(this.#turn, levelled(bed, BED_LEVEL), 0, 1);
    }
    this.#used = 0;
  }
}
