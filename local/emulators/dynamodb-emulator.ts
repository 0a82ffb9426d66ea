import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import type { Children } from '../processes/children.ts';
import type { TetheredCommand } from '../processes/tether.ts';
import { projectDir } from '../project.ts';
import { type Emulator, startSupervised } from './supervised.ts';

/** Which emulator serves DynamoDB: the static binary dynoxide, or the official DynamoDB Local through Java. */
export type DynamoDbKind = 'dynoxide' | 'java';

/** The environment variable that names the folder of DynamoDBLocal.jar and DynamoDBLocal_lib. */
export const DYNAMODB_LOCAL = 'DYNAMODB_LOCAL';

const HOW_TO_GET_ONE = `Install the optional dependency @dynoxide/linux-x64 (Linux x64), put a dynoxide binary on the PATH, or unpack DynamoDB Local, name its folder in ${DYNAMODB_LOCAL}, and have java on the PATH.`;

/** How DynamoDB is started for one archive. */
export interface DynamoDbProgram {
  readonly name: string;
  readonly command: TetheredCommand;
}

/**
 * The emulator for the archive in this folder: the asked one, else the one that made the folder's tables, else the
 * first that is there.
 * @throws Error that says what to install when there is none, or when the folder's tables were made by the other one.
 */
export function dynamoDbProgram(props: {
  port: number;
  dataDir: string;
  kind?: DynamoDbKind | undefined;
}): DynamoDbProgram {
  const { port, dataDir, kind } = props;
  const made = (['dynoxide', 'java'] as const).find((each) => existsSync(stateOf(dataDir, each)));
  const chosen = kind ?? made ?? (dynoxideBinary() ? 'dynoxide' : 'java');
  if (made && made !== chosen)
    throw new Error(
      `The tables in ${dataDir} were made with ${made} and cannot be read with ${chosen}: ask for ${made}, or take a fresh folder.`,
    );
  const state = stateOf(dataDir, chosen);
  return chosen === 'java'
    ? { name: 'DynamoDB emulator (DynamoDB Local)', command: javaCommand(port, state) }
    : { name: 'DynamoDB emulator (dynoxide)', command: dynoxideCommand(port, state) };
}

export function startDynamoDbEmulator(
  { port, dataDir, program }: { port: number; dataDir: string; program: DynamoDbProgram },
  children: Children,
  log: (line: string) => void,
): Promise<Emulator> {
  return startSupervised(
    {
      ...program,
      endpoint: `http://127.0.0.1:${port}`,
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

function dynoxideBinary(): string | undefined {
  const require = createRequire(join(projectDir, 'package.json'));
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'dynoxide'));
  try {
    const platform = `@dynoxide/${process.platform}-${process.arch}/package.json`;
    candidates.unshift(join(dirname(require.resolve(platform)), 'dynoxide'));
  } catch {
    // Not installed on this system: the PATH decides.
  }
  return candidates.find((path) => existsSync(path));
}

function dynoxideCommand(port: number, state: string): TetheredCommand {
  const binary = dynoxideBinary();
  if (!binary) throw new Error(`No dynoxide binary was found. ${HOW_TO_GET_ONE}`);
  mkdirSync(state, { recursive: true });
  const args = ['--host', '127.0.0.1', '--port', String(port), '--db-path', join(state, 'tables.db')];
  return { command: binary, args, env: { PATH: process.env.PATH } };
}

function javaCommand(port: number, state: string): TetheredCommand {
  const folder = process.env[DYNAMODB_LOCAL];
  if (!folder) throw new Error(`No emulator of DynamoDB was found. ${HOW_TO_GET_ONE}`);
  const jar = join(folder, 'DynamoDBLocal.jar');
  if (!existsSync(jar))
    throw new Error(`${DYNAMODB_LOCAL} must name the folder that holds DynamoDBLocal.jar; there is no ${jar}.`);
  mkdirSync(state, { recursive: true });
  const libraries = `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`;
  const options = ['-port', String(port), '-sharedDb', '-dbPath', state, '-disableTelemetry'];
  return { command: 'java', args: [libraries, '-jar', jar, ...options], env: { PATH: process.env.PATH }, cwd: folder };
}
