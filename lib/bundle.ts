import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Packages that bundles have another file for, by its path from the project's folder. */
const INSTEAD = {
  '@aws-sdk/credential-provider-node': `./functions/runtime/environment-credentials${extname(import.meta.filename)}`,
};

/** What a file of a bundle was made of: paths from the project's folder. */
export type BundledFiles = Readonly<Record<string, readonly string[]>>;

/**
 * Bundles a function into the folder, as index.js with what loads with it. Each file of the project that it imports with
 * `import()` becomes a file beside it, which nobody reads before it is asked for: V8 takes a third of a load to look
 * through text. What two files of a bundle have in common stands in both, so neither state may be
 * in that, nor a class that one throws and the other catches.
 *
 * CommonJS loads fastest; the SDK of the bundle is the one that was tested, and loads faster than the runtime's. Names of
 * functions are not kept, which took a fifteenth of the time to load: errors say their own.
 *
 * @param root folder of the project
 * @param entry path from there
 * @returns the bundle's files with what is in them
 * @throws Error of esbuild, which has said on stderr what does not compile
 */
export async function bundle(root: string, entry: string, folder: string): Promise<BundledFiles> {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, readonly string[]> = {};
  const waiting = new Map([['index.js', resolve(root, entry)]]);
  for (const [name, file] of waiting) {
    const { metafile } = await build({
      absWorkingDir: resolve(root),
      entryPoints: [file],
      outfile: join(resolve(folder), name),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      minify: true,
      mainFields: ['module', 'main'],
      alias: INSTEAD,
      // What is imported later is CommonJS too, which `require` loads faster.
      supported: { 'dynamic-import': false },
      plugins: [apart(waiting)],
      metafile: true,
      logLevel: 'warning',
    });
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    files[name] = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
  }
  // The project's package.json says "module"; without this, the bundle would run on Lambda but not on this machine.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'commonjs' }));
  return files;
}

/** Leaves out files that are imported with `import()`, and notes them by their names in the bundle. */
function apart(noted: Map<string, string>): Plugin {
  return {
    name: 'apart',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, kind, importer, resolveDir }) => {
        if (kind !== 'dynamic-import' || importer.includes('node_modules')) return undefined;
        const file = resolve(resolveDir, path);
        const name = `${basename(file, extname(file))}.js`;
        const before = noted.get(name);
        if (before !== undefined && before !== file)
          throw new Error(`${basename(dirname(file))}/${name} has the name of another file of the bundle`);
        noted.set(name, file);
        return { path: `./${name}`, external: true };
      });
    },
  };
}
