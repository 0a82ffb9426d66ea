import * as z from 'zod/mini';
import { clipInfo, completedResearchItem, episodeInfo, pendingResearchItem } from './definitions.ts';
import { published } from './field.ts';

/** File names in schemas/ and the messages whose JSON Schema they hold. */
const FILES = {
  'clip-info.json': clipInfo,
  'episode-info.json': episodeInfo,
  'pending-research-item.json': pendingResearchItem,
  'completed-research-item.json': completedResearchItem,
};

/**
 * The JSON Schema (2020-12) files for producers in other languages, by file name. They describe the form to write:
 * lowerCamelCase and no null. What satisfies them is accepted, but for what a schema cannot say: that a day exists
 * (30 February), that there are as many scores as offsets, that numbers written as text are at most 2^53, and that
 * text has no lone surrogates.
 */
export function jsonSchemaFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(FILES).map(([file, message]) => {
      const schema = z.toJSONSchema(message, { io: 'input', metadata: published, override: withDefault });
      return [file, `${JSON.stringify(schema, null, 2)}\n`];
    }),
  );
}

/** zod leaves the default out where the value that comes in is of another type than the one that it becomes. */
function withDefault({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}) {
  const { def } = zodSchema._zod;
  if (def.type === 'default') jsonSchema.default = def.defaultValue;
}
