import type {
  ClipInfo,
  ClipReference,
  ClipToFind,
  CompletedResearchItem,
  EpisodeInfo,
  PairResult,
  PendingResearchItem,
  UnheardStretch,
} from './definitions.ts';
import { FIELD_NAMES } from './field-names.ts';

export type Message = ClipInfo | EpisodeInfo | PendingResearchItem | CompletedResearchItem;

type Part = Message | ClipToFind | ClipReference | PairResult | UnheardStretch;

/** The int64 fields: JSON has them as text, since not every reader's numbers are exact beyond 2^53. */
const INT64: ReadonlySet<string> = new Set<keyof CompletedResearchItem | keyof UnheardStretch>([
  'episodeDuration',
  'clipDuration',
  'clipOffsets',
  'from',
  'to',
]);

/**
 * The canonical proto3 JSON form of a message: lowerCamelCase, fields in the order of their definition, default
 * values omitted, 64-bit integers as text. Properties that are no fields of the message are left out.
 */
export function toJson(message: Part): Record<string, unknown> {
  const names = namesIn(message);
  const json: Record<string, unknown> = {};
  for (const name of names) {
    const value = (message as unknown as Record<string, unknown>)[name];
    if (!isDefault(value)) json[name] = fieldToJson(name, value);
  }
  return json;
}

function namesIn(message: Part): readonly string[] {
  if ('clips' in message) return FIELD_NAMES.pending;
  if ('episodeInfo' in message) return FIELD_NAMES.completed;
  if ('why' in message) return FIELD_NAMES.stretch;
  return 'clipOffsets' in message ? FIELD_NAMES.pair : FIELD_NAMES.info;
}

function isDefault(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

function fieldToJson(name: string, value: unknown): unknown {
  if (INT64.has(name)) return Array.isArray(value) ? value.map(String) : String(value);
  if (Array.isArray(value)) return value.map((element) => (typeof element === 'object' ? toJson(element) : element));
  return typeof value === 'object' ? toJson(value as Part) : value;
}

/**
 * The message as the body of a queue message: canonical JSON in printable ASCII, everything else escaped, since SQS
 * refuses some characters that a title may have.
 */
export function bodyOf(message: Part): string {
  return JSON.stringify(toJson(message)).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
