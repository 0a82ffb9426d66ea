import { type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local/emulators/alone/free-port.ts';
import { endProcess, startTethered } from '../../local/processes/tether.ts';
import { projectDir } from '../../local/project.ts';
import { LONGEST_POLL_SECONDS, patience } from '../../web/patience.ts';

/** With all that it needs, exactly: test/cloud/requirements.txt. */
const REQUIREMENTS = join(projectDir, 'test', 'cloud', 'requirements.txt');
const LAUNCH = join(projectDir, 'test', 'cloud', 'launch.py');
/** Goes with `npm ci`, and is made again in seconds. */
const VENV = join(projectDir, 'node_modules', '.cache', 'archivist-ministack');

const READY_LIMIT_MS = 60_000;
const STOP_PATIENCE_MS = 5_000;
const LOG_KEPT = 400_000;

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
/** Of the account's root, who may do everything; the emulator is told them when it starts. */
export const ROOT: Credentials = { accessKeyId: 'ROOT', secretAccessKey: 'of-this-machine-only' };

export const HOW_TO_INSTALL = 'Install it with: npm run cloud -- --install';

export const isInstalled = (): boolean => existsSync(join(VENV, 'bin', 'ministack'));

/** Why MiniStack cannot be had on this machine, in a sentence; undefined when it is installed, or was just now. */
export function installed(): string | undefined {
  if (isInstalled()) return undefined;
  const python = spawnSync('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']);
  if (python.status !== 0) return 'there is no Python 3.10 or newer with venv';
  if (spawnSync('openssl', ['version']).status !== 0) return 'there is no openssl, which makes its certificate';
  const unfinished = `${VENV}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(join(VENV, '..'), { recursive: true });
  try {
    const quiet: ExecFileSyncOptionsWithStringEncoding = { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' };
    execFileSync('python3', ['-m', 'venv', unfinished], quiet);
    const pip = join(unfinished, 'bin', 'pip');
    execFileSync(pip, ['install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS], quiet);
  } catch (error) {
    return `it could not be installed: ${((error as { stderr?: string }).stderr || String(error)).trim().split('\n').at(-1)}`;
  }
  renameSync(unfinished, VENV);
  return undefined;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface MiniStack {
  readonly endpoint: string;
  /** For clients of the AWS SDK in this and other processes: where it is, and whom it takes them for. */
  environment(credentials?: Credentials): Record<string, string>;
  /** What a client in this process is made with. */
  clientOptions(credentials?: Credentials): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: Credentials;
    readonly requestHandler: object;
  };
  /** The calls that its IAM denied so far, as it said them. */
  denied(): readonly string[];
  /** The end of what it wrote, with what functions logged. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * MiniStack in a process of its own, on this machine only.
 *
 * @param secured IAM judges every call, and there is TLS, as the policies of the stack and of the CDK ask
 * @throws Error when it does not answer in time
 */
export async function startMiniStack({ secured = false } = {}): Promise<MiniStack> {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-ministack-'));
  const port = await freePort();
  const certificate = join(folder, 'ministack-tls', 'server.crt');
  const endpoint = `${secured ? 'https' : 'http'}://localhost:${port}`;
  const started = await startTethered({
    // The scripts of a venv name the folder in which it was made; its interpreter may be moved.
    command: join(VENV, 'bin', 'python'),
    args: [LAUNCH],
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      STATE_DIR: join(folder, 'state'),
      S3_DATA_DIR: join(folder, 's3'),
      AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
      // For functions: the host is that of the addresses of queues, or the SDK warns at each call.
      AWS_ENDPOINT_URL: endpoint,
      ...(secured && { AUTH: 'true', USE_SSL: '1', NODE_EXTRA_CA_CERTS: certificate }),
    },
  });
  let log = '';
  const denied: string[] = [];
  let line = '';
  started.output.on('data', (chunk: Buffer) => {
    log = (log + chunk).slice(-LOG_KEPT);
    const lines = (line + chunk).split('\n');
    line = lines.pop() ?? '';
    denied.push(...lines.filter((one) => one.startsWith('DENIED ')));
  });
  const stop = async () => {
    await endProcess(started, STOP_PATIENCE_MS);
    rmSync(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + READY_LIMIT_MS; !/Running on http/.test(log); await sleep(50)) {
    if (Date.now() < deadline) continue;
    await stop();
    throw new Error(`MiniStack was not ready in time: ${log.slice(-2_000)}`);
  }
  return {
    endpoint,
    environment: ({ accessKeyId, secretAccessKey } = ROOT) => ({
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(secured && { NODE_EXTRA_CA_CERTS: certificate }),
    }),
    clientOptions: (credentials = ROOT) => ({
      endpoint,
      region: REGION,
      credentials,
      requestHandler: {
        ...patience({ longPollSeconds: LONGEST_POLL_SECONDS }),
        ...(secured && { httpsAgent: new Agent({ ca: readFileSync(certificate) }) }),
      },
    }),
    denied: () => denied,
    log: () => log,
    stop,
  };
}
