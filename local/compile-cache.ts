import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isBuilt, projectDir } from './project.ts';

/**
 * Keeps compiled code in node_modules/.cache: half of what a short command takes, and a fifth of a second of every thread,
 * is stripping types and compiling. Beside the packages, of the installed command in the user's own cache, and not in the common temporary folder, where
 * others could lay code for us; where it cannot be written, nothing is lost. Threads and children learn of it by the environment.
 */
export function keepCompiledCode(): void {
  const installed = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'archivist', 'compiled');
  const cache = isBuilt ? installed : join(projectDir, 'node_modules/.cache/archivist');
  module.enableCompileCache?.(cache);
  process.env.NODE_COMPILE_CACHE ??= cache;
}
