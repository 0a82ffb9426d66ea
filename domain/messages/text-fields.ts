import * as z from 'zod/mini';
import { canonicalTimestamp } from '../timestamp.ts';
import { emptyIsAbsent, published, refuse } from './field.ts';
import { shown } from './invalid-message.ts';

/** Beyond this a double no longer tells neighbouring integers apart. */
const EXACT = 2 ** 53;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ORDINAL = /^[1-9]\d{0,15}$/;
const NEARLY_RFC_3339 =
  '^(?!0000)\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])[Tt]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?([Zz]|[+-]([01]\\d|2[0-3]):[0-5]\\d)$';

type Check = z.core.CheckFn<string>;
/** Text whose value the check may refuse or put into its canonical form. */
function checkedText(expected: string, check: Check) {
  const error = (issue: { input?: unknown }) => `must be ${expected}, but ${shown(issue.input)} came`;
  return z.string({ error }).check(check);
}

/** Text of that many characters (code points). Absent is the empty text, unless that is too short. */
export function text(minLength: number, maxLength: number, description: string) {
  const required = textOf(minLength, maxLength);
  const field = minLength > 0 ? required : z._default(required, '');
  published.add(field, { ...(minLength > 0 && { minLength }), maxLength, description });
  return field as z.ZodMiniType<string, string>;
}

/** Text of at most that many characters (code points) that may be absent; empty is absent too. */
export function optionalText(maxLength: number, description: string) {
  const some = textOf(1, maxLength);
  published.add(some, { minLength: 1, maxLength, description });
  const field = z.exactOptional(some as z.ZodMiniType<string, string>);
  emptyIsAbsent.add(field);
  return field;
}

function textOf(minLength: number, maxLength: number) {
  const expected = `text of ${minLength}–${maxLength} characters`;
  return checkedText(expected, ({ value, issues }) => {
    const fits = value.length >= 2 * minLength && value.length <= maxLength;
    const length = fits ? value.length : codePoints(value);
    if (length < minLength || length > maxLength) refuse(issues, expected, `${length} (${shown(value)})`, value);
    // UTF-8 has no lone surrogates: stored or sent, they would come back as something else.
    else if (!value.isWellFormed()) refuse(issues, 'well-formed Unicode', `a lone surrogate (${shown(value)})`, value);
  });
}

/** Text that is cut to so many characters (code points) rather than refused. */
export function cutText(maxLength: number, description: string) {
  const field = z._default(
    checkedText('text', (payload) => {
      const { value, issues } = payload;
      if (!value.isWellFormed()) refuse(issues, 'well-formed Unicode', `a lone surrogate (${shown(value)})`, value);
      else payload.value = cutAt(value, maxLength);
    }),
    '',
  );
  published.add(field, { description });
  return field;
}

function cutAt(value: string, maxLength: number): string {
  if (value.length <= maxLength) return value;
  return [...value.slice(0, 2 * maxLength)].slice(0, maxLength).join('');
}

function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}

/** An RFC 3339 instant, brought into canonical UTC form. Required. */
export function timestamp(description: string) {
  const expected = 'an RFC 3339 timestamp of a real instant (years 0001–9999, no leap second, ≤ 9 fraction digits)';
  const field = checkedText(expected, (payload) => {
    const canonical = canonicalTimestamp(payload.value);
    if (canonical === undefined) refuse(payload.issues, expected, shown(payload.value), payload.value);
    else payload.value = canonical;
  });
  published.add(field, { format: 'date-time', pattern: NEARLY_RFC_3339, description });
  return field;
}

/** The id of a lease: a UUID of any version, in lower case. */
export function uuid(description: string) {
  const field = uuidOf('a UUID', UUID);
  published.add(field, { pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$', description });
  return field;
}

/** As `uuid`, but may be absent, which is ''. */
export function uuidOrNone(description: string) {
  const field = z._default(uuidOf('a UUID or nothing', new RegExp(`${UUID.source}|^$`, 'i')), '');
  published.add(field, { pattern: '^([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})?$', description });
  return field;
}

function uuidOf(expected: string, pattern: RegExp) {
  return checkedText(expected, (payload) => {
    if (pattern.test(payload.value)) payload.value = payload.value.toLowerCase();
    else refuse(payload.issues, expected, shown(payload.value), payload.value);
  });
}

/** The number of an entry of the collection, 1 … 2^53 − 1, as decimal text; a number is accepted. */
export function ordinal(description: string) {
  const expected = 'an ordinal of the collection in decimal digits (1, 2, 3 …)';
  const field = z.pipe(
    z.transform((value: unknown) => (Number.isSafeInteger(value) ? String(value) : value)),
    checkedText(expected, ({ value, issues }) => {
      const fits = ORDINAL.test(value) && Number(value) < EXACT;
      if (!fits) refuse(issues, expected, shown(value), value);
    }),
  );
  published.add(field, { type: 'string', pattern: '^[1-9][0-9]{0,15}$', description });
  return field;
}
