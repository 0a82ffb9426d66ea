import * as z from 'zod/mini';
import { emptyIsAbsent, published } from './field.ts';
import { shown } from './invalid-message.ts';

/** Names as they may come in: lowerCamelCase, or snake_case; and whether the empty text there is absence. */
type Spelling = readonly [camel: string, snake: string, emptyIsAbsent: boolean];

/**
 * A message as proto3 JSON has it: names in lowerCamelCase or snake_case (where both are present the first counts),
 * null as absent, unknown fields ignored.
 *
 * @param shape is asked for when the message is first read: a function that reads one of the messages does not take
 * the time at its start to build them all
 * @param more what else the JSON Schema says of it
 */
export function message<Shape extends z.core.$ZodShape>(
  name: string,
  shape: () => Shape,
  description: string,
  more: Readonly<Record<string, unknown>> = {},
) {
  return z.lazy(() => {
    const fields = shape();
    const spellings = Object.entries(fields).map(
      ([camel, field]): Spelling => [camel, snakeCase(camel), emptyIsAbsent.has(field)],
    );
    const error = (issue: { input?: unknown }) => `must be an object, but ${shown(issue.input)} came`;
    const object = z.object(fields, { error });
    published.add(object, { title: name, description, ...more });
    return z.pipe(
      z.transform((value: unknown) => knownFields(value, spellings)),
      object,
    );
  });
}

/** A message as a field of another: zod's JSON Schema calls no field required that is built lazily. */
export function inside<Built extends z.core.$ZodType>(lazy: z.ZodMiniLazy<Built>): Built {
  return lazy._zod.innerType;
}

function snakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Only own properties with known names are read, so `__proto__` and its kin stay what they are: unknown fields.
 * What is no object is handed on for zod to refuse.
 */
function knownFields(value: unknown, spellings: readonly Spelling[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields: Record<string, unknown> = {};
  for (const [camel, snake, emptyIsAbsent] of spellings) {
    const found = ownValue(value, camel) ?? ownValue(value, snake);
    const unset = (emptyIsAbsent && (found === '' || found === false)) || (camel === 'id' && isUnsetId(found));
    if (found !== undefined && !unset) fields[camel] = found;
  }
  return fields;
}

/** undefined for null too: in proto3 JSON null is absent. */
function ownValue(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? ((value as Record<string, unknown>)[name] ?? undefined) : undefined;
}

/** A protobuf program that writes default values too says so when it has no ordinal. */
function isUnsetId(id: unknown): boolean {
  return id === '' || id === 0 || id === '0';
}
