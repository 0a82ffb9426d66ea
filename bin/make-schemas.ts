import { mkdirSync, writeFileSync } from 'node:fs';
import { jsonSchemaFiles } from '../domain/messages/json-schema.ts';

/** `npm run schemas`: writes the JSON Schema files of the messages into schemas/, to be committed. */
const folder = new URL('../schemas/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [file, text] of Object.entries(jsonSchemaFiles())) {
  writeFileSync(new URL(file, folder), text);
  console.error(`schemas/${file}`);
}
