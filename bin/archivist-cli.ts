#!/usr/bin/env node
import { keepCompiledCode } from '../local/compile-cache.ts';

const NEEDED = '22.13';
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`archivist needs Node ${NEEDED} or newer; this is ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
}

keepCompiledCode();
const { EXIT } = await import('../operating/failure.ts');
const { main } = await import('../cli/program.ts');

// `… | head` has seen enough; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.success);
  throw error;
});

process.exitCode = await main(process.argv);
