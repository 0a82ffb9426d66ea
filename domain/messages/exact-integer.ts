const SHORT = /^-?(?:0|[1-9]\d{0,14})$/;
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Longer spellings of an integer are nobody's honest ones, and need not be computed exactly. */
const LONGEST = 64;

/**
 * The integer that a JSON value stands for by proto3's rules: a number, or text that holds one, exponents and zero
 * fractions allowed (`7`, `"7"`, `"7.0"`, `"70e-1"`). Text is exact at any size; a bare number is what the double
 * nearest to it is.
 *
 * @returns undefined when the value is no integer, or lies outside minimum … maximum.
 */
export function exactInteger(value: unknown, minimum: number, maximum: number): number | undefined {
  if (typeof value === 'string') {
    if (!SHORT.test(value)) return withinBigInts(value, minimum, maximum);
    return within(Number(value), minimum, maximum);
  }
  return Number.isInteger(value) ? within(value as number, minimum, maximum) : undefined;
}

function within(value: number, minimum: number, maximum: number): number | undefined {
  // Adding 0 turns -0, which no JSON keeps, into 0.
  return value >= minimum && value <= maximum ? value + 0 : undefined;
}

/** Bounds are compared before rounding: 2^53 + 1 must not pass as 2^53. */
function withinBigInts(text: string, minimum: number, maximum: number): number | undefined {
  const exact = bigIntFrom(text);
  if (exact === undefined || exact < BigInt(minimum) || exact > BigInt(maximum)) return undefined;
  return Number(exact);
}

function bigIntFrom(text: string): bigint | undefined {
  const match = text.length <= LONGEST ? NUMBER.exec(text) : null;
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const shift = Number(exponent) - fraction.length;
  if (/^0+$/.test(digits)) return 0n;
  if (shift > LONGEST || -shift >= digits.length) return undefined;
  const dropped = shift < 0 ? digits.slice(shift) : '';
  if (/[1-9]/.test(dropped)) return undefined;
  const kept = shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(shift);
  return BigInt(`${sign}${kept}`);
}
