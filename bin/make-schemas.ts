import { mkdirSync, writeFileSync } from 'node:fs';
import { scriptOptions } from '../cli/script.ts';
import { jsonSchemaFiles } from '../domain/messages/json-schema.ts';

scriptOptions({
  name: 'schemas',
  description: 'Writes the JSON Schema files of the messages into schemas/, to be committed.',
  examples: [''],
});

const folder = new URL('../schemas/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [file, text] of Object.entries(jsonSchemaFiles())) {
  writeFileSync(new URL(file, folder), text);
  console.error(`schemas/${file}`);
}
