import * as z from 'zod/mini';
import { published, refuse } from './field.ts';
import { shown } from './invalid-message.ts';
import { fraction, oneAmount } from './number-fields.ts';

/** So many elements. Absent is the empty list, unless that is too short. Too many are refused before one is looked at. */
export function list<Element extends z.core.$ZodType>(
  element: Element,
  minItems: number,
  maxItems: number,
  description: string,
) {
  const expected = `a list of ${minItems}–${maxItems} elements`;
  const field = z.pipe(
    z.transform((value: unknown, { issues }) => {
      const items = value === undefined ? [] : value;
      const fits = Array.isArray(items) && items.length >= minItems && items.length <= maxItems;
      if (!fits) refuse(issues, expected, shown(value), value);
      return items as z.input<Element>[];
    }),
    z.array(element),
  );
  published.add(field, { ...(minItems > 0 && { minItems }), maxItems, description });
  return minItems > 0 ? field : z._default(field, []);
}

/** Up to 10,000 places in an episode, in nanoseconds. */
export function offsets(description: string) {
  return list(oneAmount('Nanoseconds.'), 0, 10_000, description);
}

/** Up to 10,000 scores from 0 to 1. */
export function scores(description: string) {
  return list(fraction(), 0, 10_000, description);
}
