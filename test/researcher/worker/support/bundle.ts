import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './work.ts';

/** Bundles a function as the stack does. @returns the folder of the bundle */
export async function bundled(name: string, folder: string): Promise<string> {
  const outdir = join(folder, name);
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: [join(ROOT, 'functions', name, 'handler.ts')],
    outfile: join(outdir, 'index.js'),
    ...{ bundle: true, minify: true, keepNames: true, platform: 'node', format: 'cjs', target: 'node24' },
    ...{ mainFields: ['module', 'main'], logLevel: 'error' },
  });
  writeFileSync(join(outdir, 'package.json'), '{"type":"commonjs"}');
  return outdir;
}

/** Runs one invocation in a process of its own, as Lambda does. @returns what the handler returned, or its error */
export async function invoked(
  bundle: string,
  event: unknown,
  environment: Readonly<Record<string, string>>,
  remainingMs = 60_000,
): Promise<{ result?: unknown; error?: string; log: string; maxRssMb: number }> {
  const script = `
    const { handler } = require(${JSON.stringify(join(bundle, 'index.js'))});
    process.on('message', async ({ event, remainingMs }) => {
      const until = Date.now() + remainingMs;
      const context = { awsRequestId: '1', functionName: 'test', getRemainingTimeInMillis: () => until - Date.now() };
      const maxRssMb = () => process.resourceUsage().maxRSS / 1024;
      const answer = (message) => process.send({ ...message, maxRssMb: maxRssMb() }, () => process.exit(0));
      try { answer({ result: await handler(event, context) }); }
      catch (error) { answer({ error: error.name + ': ' + error.message }); }
    });`;
  const main = join(bundle, 'invoke.js');
  writeFileSync(main, script);
  const child = fork(main, {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece: Buffer) => {
      log += piece;
    });
  }
  const answer = new Promise<{ maxRssMb: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { maxRssMb: number }));
    child.once('exit', (code) => reject(new Error(`the function ended with ${code}: ${log}`)));
  });
  child.send({ event, remainingMs });
  return { ...(await answer), log };
}
