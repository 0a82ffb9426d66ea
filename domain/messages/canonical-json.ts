import type { ClipInfo, CompletedResearchItem, EpisodeInfo, PendingResearchItem } from './definitions.ts';
import { clipInfo, completedResearchItem, episodeInfo, pendingResearchItem } from './definitions.ts';

export type Message = ClipInfo | EpisodeInfo | PendingResearchItem | CompletedResearchItem;

/** The int64 fields: JSON has them as text, since not every reader's numbers are exact beyond 2^53. */
const INT64: ReadonlySet<string> = new Set<keyof CompletedResearchItem>([
  'episodeDuration',
  'clipDuration',
  'clipOffsets',
]);

const namesOf = (message: { _zod: { def: { out: { _zod: { def: { shape: object } } } } } }) =>
  Object.keys(message._zod.def.out._zod.def.shape);

const FIELDS = {
  info: [...new Set([...namesOf(clipInfo), ...namesOf(episodeInfo)])],
  pending: namesOf(pendingResearchItem),
  completed: namesOf(completedResearchItem),
} as const;

/**
 * The canonical proto3 JSON form of a message: lowerCamelCase, fields in the order of their definition, default
 * values omitted, 64-bit integers as text. Properties that are no fields of the message are left out.
 */
export function toJson(message: Message): Record<string, unknown> {
  const names = 'clips' in message ? FIELDS.pending : 'episodeInfo' in message ? FIELDS.completed : FIELDS.info;
  const json: Record<string, unknown> = {};
  for (const name of names) {
    const value = (message as unknown as Record<string, unknown>)[name];
    if (!isDefault(value)) json[name] = fieldToJson(name, value);
  }
  return json;
}

function isDefault(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

function fieldToJson(name: string, value: unknown): unknown {
  if (INT64.has(name)) return Array.isArray(value) ? value.map(String) : String(value);
  if (Array.isArray(value)) return value.map((element) => (typeof element === 'object' ? toJson(element) : element));
  return typeof value === 'object' ? toJson(value as Message) : value;
}

/**
 * The message as the body of a queue message: canonical JSON in printable ASCII, everything else escaped, since SQS
 * refuses some characters that a title may have.
 */
export function bodyOf(message: Message): string {
  return JSON.stringify(toJson(message)).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
