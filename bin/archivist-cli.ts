#!/usr/bin/env node
import module from 'node:module';
import { join } from 'node:path';

// Half of what a short command takes is stripping types and compiling. Kept beside the packages and not in the common
// temporary folder, where others could lay code for us; where it cannot be written, nothing is lost. Threads and
// children learn of it by the environment.
const cache = join(import.meta.dirname, '../node_modules/.cache/archivist');
module.enableCompileCache?.(cache);
process.env.NODE_COMPILE_CACHE ??= cache;
const { EXIT } = await import('../local/cli/failure.ts');
const { main } = await import('../local/cli/program.ts');

// `… | head` has seen enough; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.success);
  throw error;
});

process.exitCode = await main(process.argv);
