import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { scriptOptions } from '../cli/script.ts';
import { CODECS_WASM_BROTLI_BASE64 } from '../researcher/media/generated/codecs-binary.ts';

const { check } = scriptOptions<{ check?: true }>(
  {
    name: 'codecs:make',
    description:
      'Compiles researcher/media/codecs (Rust) to WebAssembly and embeds it, so that worker threads and bundles need no file beside them.',
    more: `It needs two cargos, for Debian's rustc 1.63 is the one that has a standard library for wasm32:
  apt-get install rustc cargo libstd-rust-dev-wasm32 lld patch
and, named by CARGO_VENDOR ("cargo" from the PATH by default), one that is new enough (1.70) to fetch crates. With these
versions the result is the same to the byte.`,
    examples: ['', '--check'],
  },
  (command) =>
    command.option('--check', 'only say, by exit code 1, whether what is embedded is not what the source gives'),
);

const { CARGO = '/usr/bin/cargo', RUSTC = '/usr/bin/rustc', CARGO_VENDOR = 'cargo' } = process.env;
const crate = fileURLToPath(new URL('../researcher/media/codecs/', import.meta.url));
const target = fileURLToPath(new URL('../researcher/media/generated/codecs-binary.ts', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'codecs-'));
try {
  const binary = compiled(folder);
  if (check) {
    if (!brotliDecompressSync(Buffer.from(CODECS_WASM_BROTLI_BASE64, 'base64')).equals(binary)) {
      process.stderr.write(`${target} is not what researcher/media/codecs gives: run npm run codecs:make\n`);
      process.exitCode = 1;
    }
  } else writeFileSync(target, embedded(binary));
} finally {
  rmSync(folder, { recursive: true });
}

/** No path of this machine gets into the binary: they would be in the messages of panics. */
function compiled(folder: string): Buffer {
  const vendored = join(folder, 'vendor');
  execFileSync(CARGO_VENDOR, ['vendor', '--locked', '--manifest-path', join(crate, 'Cargo.toml'), vendored], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  patch(vendored);
  mkdirSync(join(folder, '.cargo'));
  writeFileSync(
    join(folder, '.cargo', 'config.toml'),
    `[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "${vendored}"\n`,
  );
  const flags = [
    '-C',
    'target-feature=+simd128',
    '--remap-path-prefix',
    `${folder}=`,
    '--remap-path-prefix',
    `${crate}=`,
  ];
  const build = ['build', '--offline', '--locked', '--release', '--target', 'wasm32-unknown-unknown'];
  execFileSync(
    CARGO,
    [...build, '--manifest-path', join(crate, 'Cargo.toml'), '--target-dir', join(folder, 'target')],
    {
      cwd: folder,
      env: { ...process.env, RUSTC, RUSTFLAGS: flags.join(' ') },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  return readFileSync(join(folder, 'target', 'wasm32-unknown-unknown', 'release', 'archivist_codecs.wasm'));
}

/** What is changed of crates: `patches/NAME-VERSION.patch`. Their own sums no longer fit then; the lock file's do. */
function patch(vendored: string): void {
  const patches = join(crate, 'patches');
  for (const name of readdirSync(patches)) {
    const folder = join(vendored, name.replace(/-[\d.]+\.patch$/, ''));
    execFileSync('patch', ['-p1', '--fuzz=0', '-d', folder, '-i', join(patches, name)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const sums = join(folder, '.cargo-checksum.json');
    writeFileSync(sums, JSON.stringify({ ...JSON.parse(readFileSync(sums, 'utf8')), files: {} }));
  }
}

function embedded(binary: Buffer): string {
  const small = brotliCompressSync(binary, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
  const lines = small.toString('base64').match(/.{1,112}/g) ?? [];
  return `/** researcher/media/codecs, compiled by \`npm run codecs:make\` and compressed. */
export const CODECS_WASM_BROTLI_BASE64 = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}
