import * as z from 'zod/mini';
import { exactInteger } from './exact-integer.ts';
import { emptyIsAbsent, published, refuse } from './field.ts';
import { shown } from './invalid-message.ts';

/** Beyond this a double no longer tells neighbouring integers apart. */
const EXACT = 2 ** 53;

const INT32 = 2 ** 31;

/** DynamoDB refuses numbers that are closer to 0 than this. */
const SMALLEST = 1e-130;

const DECIMAL = /^-?(?:0|[1-9]\d{0,31})(?:\.\d{1,32})?(?:[eE][+-]?\d{1,4})?$/;

function integer(minimum: number, maximum: number, described: Record<string, unknown>) {
  const expected = `an integer from ${minimum} to ${maximum}`;
  const field = z.pipe(
    z.transform((value: unknown, { issues }) => {
      const exact = exactInteger(value, minimum, maximum);
      if (exact === undefined) refuse(issues, expected, shown(value), value);
      return exact as number;
    }),
    z.number(),
  );
  published.add(field, described);
  return field;
}

/** A 32-bit integer, a number in JSON. Absent is 0. */
export function int32(description: string, minimum = -INT32) {
  const maximum = INT32 - 1;
  return z._default(integer(minimum, maximum, { type: 'integer', minimum, maximum, description }), 0);
}

/** An amount of nanoseconds, 0 … 2^53 (104 days), an int64 and so text in JSON. Absent is 0. */
export function nanoseconds(description: string) {
  return z._default(oneAmount(description), 0);
}

/** As `nanoseconds`, but an element of a list. */
export function oneAmount(description: string) {
  // Bounds apply to numbers, the pattern to text.
  const type = ['string', 'integer'];
  return integer(0, EXACT, { type, minimum: 0, maximum: EXACT, pattern: '^(0|[1-9][0-9]{0,15})$', description });
}

/** A number from 0 to 1. What is too small for DynamoDB is 0. */
export function fraction() {
  const expected = 'a number from 0 to 1';
  const field = z.pipe(
    z.transform((value: unknown, { issues }) => {
      const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
      // Of -0, which no JSON keeps, this makes 0 too.
      if (typeof number === 'number' && number >= 0 && number <= 1) return number < SMALLEST ? 0 : number;
      refuse(issues, expected, shown(value), value);
      return 0;
    }),
    z.number(),
  );
  published.add(field, { type: 'number', minimum: 0, maximum: 1 });
  return field;
}

const trueOrFalse = () =>
  z.boolean({ error: (issue: { input?: unknown }) => `must be true or false, but ${shown(issue.input)} came` });

/** As `flag`, but false is absent in values too. */
export function optionalFlag(description: string) {
  const some = trueOrFalse();
  published.add(some, { description });
  const field = z.exactOptional(some);
  emptyIsAbsent.add(field);
  return field;
}

/** True or false. Absent is false. */
export function flag(description: string) {
  const field = z._default(trueOrFalse(), false);
  published.add(field, { description });
  return field;
}
