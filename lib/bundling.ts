import { execFileSync } from 'node:child_process';
import { extname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

/**
 * The code of a function, bundled as the stack is synthesized (lib/bundle.ts); `index.handler` is its handler. CDK's own
 * construct for functions of Node makes one file only.
 * @param root folder of the project
 * @param name of the function's folder in functions/
 */
export function bundledCode(root: string, name: string): Code {
  const extension = extname(import.meta.filename);
  return Code.fromAsset(join(root, 'functions', name), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never asked: what is bundled here needs no container.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle(folder) {
          // CDK waits for nothing, and esbuild's plug-ins are waited for: hence a process of its own.
          const entry = join('functions', name, `handler${extension}`);
          execFileSync(process.execPath, [join(root, 'bin', `bundle${extension}`), root, entry, folder], {
            stdio: ['ignore', 'ignore', 'inherit'],
          });
          return true;
        },
      },
    },
  });
}
