/** A seeded source of random numbers: the same seed gives the same numbers in every engine and version. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits. */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number in [low, high], both included. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
}

/** FNV-1a over UTF-16 code units, started at `basis`. */
function hashed(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * The generator sfc32 (Chris Doty-Humphrey's PractRand), seeded by a text. Name what the numbers are for in the seed
 * (`'7/clip/3'`), so that adding a draw in one place does not change all others.
 */
export function randomFrom(seed: string): Random {
  let a = hashed(seed, 0x811c9dc5);
  let b = hashed(seed, a ^ 0x9e3779b9);
  let c = hashed(seed, b ^ 0x85ebca6b);
  let counter = 1;
  const draw = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 15; i++) draw();

  const integer = (low: number, high: number): number => low + Math.floor(draw() * (high - low + 1));
  return {
    next: draw,
    between: (low, high) => low + draw() * (high - low),
    integer,
    chance: (probability) => draw() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('cannot pick from an empty list');
      return list[integer(0, list.length - 1)] as (typeof list)[number];
    },
    shuffled: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = integer(0, i);
        [copy[i], copy[j]] = [copy[j] as (typeof list)[number], copy[i] as (typeof list)[number]];
      }
      return copy;
    },
  };
}
