#!/usr/bin/env node
import { keepCompiledCode } from '../local/compile-cache.ts';

keepCompiledCode();
const { EXIT } = await import('../operating/failure.ts');
const { main } = await import('../cli/program.ts');

// `… | head` has seen enough; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.success);
  throw error;
});

process.exitCode = await main(process.argv);
