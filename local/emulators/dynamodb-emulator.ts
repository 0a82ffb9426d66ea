import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import type { HiddenAddress } from '../guard/hidden-address.ts';
import type { Children } from '../processes/children.ts';
import type { TetheredCommand } from '../processes/tether.ts';
import { projectDir } from '../project.ts';
import { type Emulator, startSupervised } from './supervised.ts';

/** Which emulator serves DynamoDB: the static binary dynoxide, or the official DynamoDB Local through Java. */
export type DynamoDbKind = 'dynoxide' | 'java';

/** The environment variable that names the folder of DynamoDBLocal.jar and DynamoDBLocal_lib. */
export const DYNAMODB_LOCAL = 'DYNAMODB_LOCAL';

/** The environment variable that names the binary of dynoxide to use, before any other. */
export const DYNOXIDE = 'DYNOXIDE';

export const HOW_TO_GET_ONE = `Install the optional dependency @dynoxide/linux-x64 (Linux x64), elsewhere \`cargo install dynoxide-rs --version 3.2.0\` and put its dynoxide on the PATH or name it in ${DYNOXIDE}, or unpack DynamoDB Local, name its folder in ${DYNAMODB_LOCAL}, and have java on the PATH.`;

/** How DynamoDB is started for one archive. */
export interface DynamoDbProgram {
  readonly name: string;
  readonly address: HiddenAddress;
  readonly command: TetheredCommand;
}

/**
 * The emulator for the archive in this folder: the asked one, else the one that made the folder's tables, else the
 * first that is there.
 * @throws Error that says what to install when there is none, or when the folder's tables were made by the other one.
 */
export function dynamoDbProgram(props: {
  address: HiddenAddress;
  dataDir: string;
  kind?: DynamoDbKind | undefined;
}): DynamoDbProgram {
  const { address, dataDir, kind } = props;
  const made = (['dynoxide', 'java'] as const).find((each) => existsSync(stateOf(dataDir, each)));
  const chosen = kind ?? made ?? (dynoxideBinary() ? 'dynoxide' : 'java');
  if (made && made !== chosen)
    throw new Error(
      `The tables in ${dataDir} were made with ${made} and cannot be read with ${chosen}: ask for ${made}, or take a fresh folder.`,
    );
  const state = stateOf(dataDir, chosen);
  return chosen === 'java'
    ? { name: 'DynamoDB emulator (DynamoDB Local)', address, command: javaCommand(address, state) }
    : { name: 'DynamoDB emulator (dynoxide)', address, command: dynoxideCommand(address, state) };
}

export function startDynamoDbEmulator(
  { dataDir, program }: { dataDir: string; program: DynamoDbProgram },
  children: Children,
  log: (line: string) => void,
): Promise<Emulator> {
  const { name, command, address } = program;
  if (name.includes('DynamoDB Local')) {
    log(`${name} can be reached from other machines too: it listens on port ${address.port} of every address.`);
  }
  return startSupervised(
    {
      name,
      command,
      endpoint: `http://${address.host}:${address.port}`,
      logFile: join(dataDir, 'logs', 'dynamodb-emulator.log'),
      startLimitMs: 60_000,
    },
    children,
    log,
  );
}

function stateOf(dataDir: string, kind: DynamoDbKind): string {
  return join(dataDir, kind === 'java' ? 'dynamodb-local' : 'dynoxide');
}

/**
 * The one that the environment names, else that of the optional dependency, else the first on the PATH.
 * @throws Error when there is none where the environment says
 */
export function dynoxideBinary(): string | undefined {
  const named = process.env[DYNOXIDE];
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`${DYNOXIDE} must name the binary of dynoxide; there is no ${named}.`);
  }
  const require = createRequire(join(projectDir, 'package.json'));
  const program = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  try {
    const platform = `@dynoxide/${process.platform}-${process.arch}/package.json`;
    candidates.unshift(join(dirname(require.resolve(platform)), 'dynoxide'));
  } catch {
    // Not installed on this system: the PATH decides.
  }
  return candidates.find((path) => existsSync(path));
}

function dynoxideCommand({ host, port }: HiddenAddress, state: string): TetheredCommand {
  const binary = dynoxideBinary();
  if (!binary) throw new Error(`No dynoxide binary was found. ${HOW_TO_GET_ONE}`);
  mkdirSync(state, { recursive: true });
  const args = ['--host', host, '--port', String(port), '--db-path', join(state, 'tables.db')];
  return { command: binary, args, env: { PATH: process.env.PATH } };
}

function javaCommand({ port }: HiddenAddress, state: string): TetheredCommand {
  const folder = process.env[DYNAMODB_LOCAL];
  if (!folder) throw new Error(`No emulator of DynamoDB was found. ${HOW_TO_GET_ONE}`);
  const jar = join(folder, 'DynamoDBLocal.jar');
  if (!existsSync(jar))
    throw new Error(`${DYNAMODB_LOCAL} must name the folder that holds DynamoDBLocal.jar; there is no ${jar}.`);
  mkdirSync(state, { recursive: true });
  const libraries = `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`;
  // No page of this origin exists; by itself it allows every one.
  const pages = ['-cors', 'https://nobody.invalid'];
  const options = ['-port', String(port), '-sharedDb', '-dbPath', state, '-disableTelemetry', ...pages];
  return { command: 'java', args: [libraries, '-jar', jar, ...options], env: { PATH: process.env.PATH }, cwd: folder };
}
