import { extname } from 'node:path';
import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** Packages that bundles have another file for, by its path from the project's folder. */
export const INSTEAD = {
  '@aws-sdk/credential-provider-node': `./functions/runtime/environment-credentials${extname(import.meta.filename)}`,
};

/**
 * CommonJS loads fastest; the SDK of the bundle is the one that was tested, and loads faster than the runtime's. Names of
 * functions are not kept, which took a fifteenth of the time to load: errors say their own.
 */
export const bundling: BundlingOptions = {
  format: OutputFormat.CJS,
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  esbuildArgs: Object.fromEntries(Object.entries(INSTEAD).map(([name, file]) => [`--alias:${name}`, file])),
  logLevel: LogLevel.WARNING,
  commandHooks: {
    beforeBundling: () => [],
    beforeInstall: () => [],
    // The project's package.json says "module"; without this, the bundle would run on Lambda but not on this machine.
    afterBundling: (_inputDir: string, outputDir: string) => [
      `node -e "fs.writeFileSync(process.argv[1], JSON.stringify({ type: 'commonjs' }))" "${outputDir}/package.json"`,
    ],
  },
};
