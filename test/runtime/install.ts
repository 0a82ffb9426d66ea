import { type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../local/project.ts';

/** AWS's emulator of what surrounds a function; it has no releases in the Go proxy, so this is a commit. */
const EMULATOR =
  'github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d';
/** AWS's runtime for Node.js: it loads the bundle, and patches the console as on Lambda. */
const CLIENT = 'aws-lambda-ric@4.0.2';

/** No dependency of the project, as it is built from C++; goes with `npm ci`. */
const FOLDER = join(projectDir, 'node_modules', '.cache', 'archivist-lambda-runtime');
export const EMULATOR_PROGRAM = join(FOLDER, 'bin', 'aws-lambda-rie');
export const CLIENT_PROGRAM = join(FOLDER, 'node_modules', 'aws-lambda-ric', 'index.mjs');

const BUILT_WITH = ['go', 'cmake', 'make', 'g++', 'python3', 'xz'];

/** Why Lambda's runtime cannot be had on this machine, in a sentence; undefined when it is installed, or was just now. */
export function installed(): string | undefined {
  if (existsSync(FOLDER)) return undefined;
  const missing = BUILT_WITH.filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0) return `there is no ${missing.join(', no ')}, with which it is built`;
  const unfinished = `${FOLDER}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  // Else npm installs into the project; its scripts build it.
  const manifest = { private: true, allowScripts: { 'aws-lambda-ric': true } };
  writeFileSync(join(unfinished, 'package.json'), JSON.stringify(manifest));
  try {
    const quiet: ExecFileSyncOptionsWithStringEncoding = { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' };
    // What npm tells its scripts of the project would make the npm in here install there.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
    const here = { ...quiet, cwd: unfinished, env };
    execFileSync('go', ['install', EMULATOR], { ...here, env: { ...env, GOBIN: join(unfinished, 'bin') } });
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--save-exact', CLIENT], here);
  } catch (error) {
    return `it could not be installed: ${((error as { stderr?: string }).stderr || String(error)).trim().split('\n').at(-1)}`;
  }
  renameSync(unfinished, FOLDER);
  return undefined;
}
