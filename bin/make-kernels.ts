import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { scriptOptions } from '../cli/script.ts';

const { check } = scriptOptions<{ check?: true }>(
  {
    name: 'kernels:make',
    description:
      "Compiles the analyzer's inner loops and embeds them, so that worker threads and bundles need no file beside them.",
    examples: ['', '--check'],
  },
  (command) =>
    command.option('--check', 'only say, by exit code 1, whether what is embedded is not what the source gives'),
);
const folder = new URL('../researcher/analyzer/kernels/', import.meta.url);
const target = new URL('../researcher/analyzer/generated/kernels-binary.ts', import.meta.url);
const outFile = 'kernels.wasm';
/** The first one is compiled, with what it names of the others. */
const SOURCES = [
  'assembly.ts',
  'assembly-integers.ts',
  'assembly-between.ts',
  'assembly-spectra.ts',
  'assembly-vectors.ts',
];

async function compiled(...features: readonly string[]): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      ...['assembly.ts', '--outFile', outFile, '-O3', '--runtime', 'stub', '--noAssert', '--importMemory'],
      ...features.flatMap((feature) => ['--enable', feature]),
    ],
    {
      readFile: (name) => (SOURCES.includes(name) ? readFileSync(new URL(name, folder), 'utf8') : null),
      writeFile: (name, contents) => {
        if (name === outFile) binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`the kernels do not compile: ${stderr.toString()}`, { cause: error });
  const lines =
    Buffer.from(binary)
      .toString('base64')
      .match(/.{1,112}/g) ?? [];
  return lines.map((line) => `  '${line}',`).join('\n');
}

const text = `/** assembly.ts, compiled by \`npm run kernels:make\` (a test compares them). */
export const KERNELS_WASM_BASE64 = [
${await compiled('simd')}
].join('');

/** For engines that have relaxed SIMD. */
export const RELAXED_KERNELS_WASM_BASE64 = [
${await compiled('simd', 'relaxed-simd')}
].join('');
`;
if (!check) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write(`${fileURLToPath(target)} is not what assembly.ts gives: run npm run kernels:make\n`);
  process.exitCode = 1;
}
