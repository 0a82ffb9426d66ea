import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionSpec } from '../../local/assembly/specifications.ts';
import { freePort } from '../../local/emulators/alone/free-port.ts';
import { endProcess, startTethered } from '../../local/processes/tether.ts';
import { CLIENT_PROGRAM, EMULATOR_PROGRAM } from './install.ts';

const READY_LIMIT_MS = 20_000;
const ANSWER_LIMIT_MS = 60_000;
const STOP_PATIENCE_MS = 5_000;

/** What a function answered, and what it wrote meanwhile, loading included at the first time: lines. */
export interface Invoked {
  readonly requestId: string;
  readonly answer: unknown;
  readonly lines: readonly string[];
}

export interface LambdaRuntime {
  invoke(event: string): Promise<Invoked>;
  stop(): Promise<void>;
}

/**
 * One function on Lambda's own runtime, in a process of its own on this machine.
 *
 * @param environment of the function
 * @param folder for its log
 * @throws Error when the emulator does not answer in time
 */
export async function startRuntime(
  spec: FunctionSpec,
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<LambdaRuntime> {
  const [port, api] = [await freePort(), await freePort()];
  const log = join(folder, `${spec.id}.log`);
  writeFileSync(log, '');
  const emulator = await startTethered({
    command: EMULATOR_PROGRAM,
    args: [
      ...['--runtime-interface-emulator-address', `127.0.0.1:${port}`, '--runtime-api-address', `127.0.0.1:${api}`],
      // To a file, both outputs as on Lambda: the emulator's own lines are no JSON.
      ...['/bin/sh', '-c', 'exec "$NODE" "$CLIENT" >"$LOG" 2>&1', spec.handler],
    ],
    cwd: spec.codeDir,
    env: {
      ...environment,
      ...{ NODE: process.execPath, CLIENT: CLIENT_PROGRAM, LOG: log },
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(spec.timeoutSeconds),
    },
  });
  let said = '';
  emulator.output.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const stop = () => endProcess(emulator, STOP_PATIENCE_MS);
  const address = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + READY_LIMIT_MS; !(await answers(address)); await sleep(50)) {
    if (Date.now() < deadline) continue;
    await stop();
    throw new Error(`The emulator of Lambda's runtime was not ready in time: ${said}`);
  }
  let read = 0;
  return {
    stop,
    async invoke(event) {
      const requestId = randomUUID();
      const response = await fetch(`${address}/2015-03-31/functions/function/invocations`, {
        method: 'POST',
        headers: { 'X-Amzn-RequestId': requestId },
        body: event,
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      const body = await response.text();
      const written = readFileSync(log, 'utf8');
      const lines = written
        .slice(read)
        .split('\n')
        .filter((line) => line !== '');
      read = written.length;
      return { requestId, answer: parsed(body) ?? `${response.status}: ${body || said.slice(-2_000)}`, lines };
    },
  };
}

const answers = (address: string): Promise<boolean> =>
  fetch(address).then(
    () => true,
    () => false,
  );

/** Undefined when it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
