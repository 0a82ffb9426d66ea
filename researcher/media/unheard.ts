/** Why a stretch was not heard: bytes were damaged, bytes are missing, or a decoder does not know what stands there. */
export type WhyUnheard = 'damaged' | 'missing' | 'unknown';

/** A stretch of a file that is there in time but not in sound. */
export interface UnheardStretch {
  /** Nanoseconds from the beginning. */
  readonly fromNs: number;
  /** May lie behind the end of the audio, where a file tells that it is longer than what is left of it. */
  readonly toNs: number;
  readonly why: WhyUnheard;
}

/** What was not heard of a file. */
export interface Unheard {
  /** In order; shorter ones than LEAST_SECONDS are only in the share. */
  readonly unheard: readonly UnheardStretch[];
  /** 0..1: all of it, of the length that the file should have. */
  readonly unheardShare: number;
}

/** A shorter hole hides no clip (a second at least), and any join of two streams leaves one of a frame or two. */
const LEAST_SECONDS = 0.1;
/** Two holes with less than a clip's shortest length between them are one. */
const JOIN_SECONDS = 1;
/** A file with more holes is told with its shortest distances between them closed. */
export const MOST_STRETCHES = 100;

/** A stretch in samples. */
export interface Hole {
  from: number;
  to: number;
  readonly why: WhyUnheard;
}

/** Collects what was not heard, in samples. */
export class UnheardLog {
  readonly #holes: Hole[] = [];
  #samples = 0;

  /** Samples of this kind were lost (in silence or not at all), of some of which nothing else is known. */
  get unknown(): boolean {
    return this.#holes.some(({ why }) => why === 'unknown');
  }

  /** In order, as they were added. */
  get holes(): readonly Hole[] {
    return this.#holes;
  }

  add(from: number, samples: number, why: WhyUnheard): void {
    if (samples <= 0) return;
    this.#samples += samples;
    const last = this.#holes.at(-1);
    if (last && last.to === from && last.why === why) last.to += samples;
    else this.#holes.push({ from, to: from + samples, why });
  }

  /**
   * @param samples of the whole audio, without what is missing behind its end
   * @param origin sample at which the audio begins
   */
  told(samples: number, sampleRate: number, origin = 0): Unheard {
    const end = this.#holes.reduce((most, { to }) => Math.max(most, to - origin), samples);
    const ns = (at: number): number => Math.round((Math.max(0, at - origin) / sampleRate) * 1e9);
    const long = joined(this.#holes, JOIN_SECONDS * sampleRate).filter(
      ({ from, to }) => to - from >= LEAST_SECONDS * sampleRate,
    );
    return {
      unheard: bounded(long).map(({ from, to, why }) => ({ fromNs: ns(from), toNs: ns(to), why })),
      unheardShare: end === 0 ? 0 : this.#samples / end,
    };
  }
}

/** Holes that lie closer together than this become one, with the reason of the longest. */
function joined(holes: readonly Hole[], distance: number): Hole[] {
  const all: Hole[] = [];
  for (const hole of holes) {
    const last = all.at(-1);
    if (!last || hole.from - last.to >= distance) all.push({ ...hole });
    else {
      const why = last.to - last.from >= hole.to - hole.from ? last.why : hole.why;
      all[all.length - 1] = { from: last.from, to: Math.max(last.to, hole.to), why };
    }
  }
  return all;
}

function bounded(holes: readonly Hole[]): readonly Hole[] {
  if (holes.length <= MOST_STRETCHES) return holes;
  const distances = holes.slice(1).map(({ from }, i) => from - holes[i]!.to);
  const nearest = distances.sort((a, b) => a - b)[holes.length - MOST_STRETCHES - 1]!;
  return joined(holes, nearest + 1);
}
