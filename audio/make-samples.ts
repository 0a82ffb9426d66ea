import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptOptions } from '../cli/script.ts';
import { sampleFiles } from './sample-files.ts';

scriptOptions({
  name: 'samples:make',
  description: 'Writes samples/ anew: three episodes and their clips.',
  examples: [''],
});

const folder = fileURLToPath(new URL('../samples/', import.meta.url));
const files = await sampleFiles();
await rm(join(folder, 'clips'), { recursive: true, force: true });
await rm(join(folder, 'episodes'), { recursive: true, force: true });
let bytes = 0;
for (const [path, content] of files) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
  bytes += content.length;
}
process.stderr.write(`${files.size} files, ${Math.round(bytes / 1_000)} kB in samples/\n`);
