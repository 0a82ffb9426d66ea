/**
 * Readers of stored attributes. What is not as it was written is refused, naming it, before anything is decided by it:
 * a number that is none would spread silently, and be stored again.
 */

type Attributes = Readonly<Record<string, unknown>>;

/** Text, empty or not. */
export function text(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' ? value : refuse(name, 'text', value);
}

/** A finite number, 0 or more: times and counts. */
export function amount(attributes: Attributes, name: string): number {
  const value = attributes[name];
  return isAmount(value) ? value : refuse(name, 'a number from 0', value);
}

/** An integer that is exact in a double, from 1: versions, revisions and ordinals. */
export function ordinal(attributes: Attributes, name: string): number {
  const value = attributes[name];
  return isOrdinal(value) ? value : refuse(name, 'an integer from 1', value);
}

export function bytes(attributes: Attributes, name: string): Uint8Array {
  const value = attributes[name];
  return value instanceof Uint8Array ? value : refuse(name, 'bytes', value);
}

export function list(attributes: Attributes, name: string): Attributes[] {
  const value = attributes[name];
  const fits = Array.isArray(value) && value.every((element) => typeof element === 'object' && element !== null);
  return fits ? value : refuse(name, 'a list of maps or lists', value);
}

export function map(attributes: Attributes, name: string): Attributes {
  const value = attributes[name];
  const fits = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  return fits ? (value as Attributes) : refuse(name, 'a map', value);
}

/** undefined where the attribute is absent. */
export function optional<Value>(
  read: (attributes: Attributes, name: string) => Value,
  attributes: Attributes,
  name: string,
): Value | undefined {
  return attributes[name] === undefined ? undefined : read(attributes, name);
}

export const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;

export const isOrdinal = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

function refuse(name: string, expected: string, value: unknown): never {
  const kind =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : value === undefined ? 'nothing' : typeof value;
  const shown = typeof value === 'number' || typeof value === 'string' ? ` ${String(value).slice(0, 40)}` : '';
  throw new Error(`its ${name} must be ${expected}, but is ${kind}${shown}`);
}
