#!/usr/bin/env node
import { EXIT } from '../local/cli/failure.ts';
import { main } from '../local/cli/program.ts';

// `… | head` has seen enough; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.success);
  throw error;
});

process.exitCode = await main(process.argv);
