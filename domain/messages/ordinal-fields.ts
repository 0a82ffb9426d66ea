import * as z from 'zod/mini';
import { emptyIsAbsent, published, refuse } from './field.ts';
import { shown } from './invalid-message.ts';

const RANGE = /^([1-9]\d{0,15})(?:-([1-9]\d{0,15}))?$/;
const PLACE = /^(0|[1-9]\d{0,15})$/;

const exact = (digits: string): boolean => Number.isSafeInteger(Number(digits));

/** Text that must match; a number is taken for its digits. */
function digits(expected: string, fits: (value: string) => boolean) {
  const error = (issue: { input?: unknown }) => `must be ${expected}, but ${shown(issue.input)} came`;
  return z.pipe(
    z.transform((value: unknown) => (Number.isSafeInteger(value) ? String(value) : value)),
    z.string({ error }).check(({ value, issues }) => {
      if (!fits(value)) refuse(issues, expected, shown(value), value);
    }),
  );
}

/** One ordinal, or two of a range with a hyphen between, in either direction. */
export function ordinalRange(description: string) {
  const field = digits('an ordinal or a range of ordinals such as 17-250', (value) => {
    const [, first = '', last = first] = RANGE.exec(value) ?? [];
    return first !== '' && exact(first) && exact(last);
  });
  published.add(field, { type: 'string', pattern: '^[1-9][0-9]{0,15}(-[1-9][0-9]{0,15})?$', description });
  return field;
}

/** The ordinal of a clip, or 0 for the episode; absent when empty. */
export function ordinalOrEpisode(description: string) {
  const some = digits('the ordinal of a clip, or 0 for the episode', (value) => PLACE.test(value) && exact(value));
  published.add(some, { type: 'string', pattern: '^(0|[1-9][0-9]{0,15})$', description });
  const field = z.exactOptional(some);
  emptyIsAbsent.add(field);
  return field;
}
