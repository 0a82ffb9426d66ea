import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { readJson, writeJson } from '../write-json.ts';

const port = z.int().min(1).max(65_535);
const ports = z.object({ sqs: port, dynamodb: port, lambda: port });
export type Ports = z.infer<typeof ports>;

/**
 * Ports come from below the range from which systems take the local ports of outgoing connections (32768 and up on
 * Linux, 49152 elsewhere), so that a stopped archive finds its ports free again.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** How long a port may stay taken at a start, since what an earlier runner left may still be ending. */
const PATIENCE_MS = 2_000;

/**
 * The ports of the archive in this folder: those kept in its ports.json, else free ones, which are then kept. In the place
 * of one that another program has by now comes another, and that is told: queues are known by their names, wherever the
 * emulator listens.
 */
export async function portsOf(dataDir: string, log: (line: string) => void = () => undefined): Promise<Ports> {
  const path = join(dataDir, 'ports.json');
  const kept = readJson(path);
  if (kept !== undefined) {
    const parsed = ports.safeParse(kept);
    if (!parsed.success)
      throw new Error(`${path} must hold three ports, as {"sqs":20001,"dynamodb":20002,"lambda":20003}, and does not.`);
    return stillFree(parsed.data, path, log);
  }
  const held = [await holdFreePort(), await holdFreePort(), await holdFreePort()];
  const [sqs, dynamodb, lambda] = held.map((server) => (server.address() as { port: number }).port);
  const chosen = ports.parse({ sqs, dynamodb, lambda });
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  writeJson(path, chosen);
  return chosen;
}

async function stillFree(kept: Ports, path: string, log: (line: string) => void): Promise<Ports> {
  const free = { ...kept };
  for (const name of ['sqs', 'dynamodb', 'lambda'] as const) {
    if (await becomesFree(kept[name])) continue;
    const server = await holdFreePort();
    free[name] = (server.address() as { port: number }).port;
    await new Promise((resolve) => server.close(resolve));
    log(
      `Port ${kept[name]} (${name}) is used by another program: the archive listens on ${free[name]} from now on. Who uses it from elsewhere reads stack.json again.`,
    );
  }
  if (Object.values(free).join() !== Object.values(kept).join()) writeJson(path, free);
  return free;
}

/**
 * Resolves when nothing listens on the port.
 * @throws Error that says what to do, when it stays taken.
 */
export async function expectFree(portNumber: number, what: string, dataDir: string): Promise<void> {
  if (!(await becomesFree(portNumber))) throw portTaken(portNumber, what, dataDir);
}

async function becomesFree(portNumber: number): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const server = await listen(portNumber);
    if (server) return new Promise((resolve) => server.close(() => resolve(true)));
    if (performance.now() > deadline) return false;
    await sleep(50);
  }
}

export function portTaken(portNumber: number, what: string, dataDir: string): Error {
  return new Error(
    `Port ${portNumber}, which the archive in ${dataDir} keeps for ${what}, is used by another program. End that program; or delete ${join(dataDir, 'ports.json')}, and new ports are chosen (clients must then read stack.json again).`,
  );
}

async function holdFreePort(): Promise<Server> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const server = await listen(LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST)));
    if (server) return server;
  }
  throw new Error(`No free port was found between ${LOWEST} and ${HIGHEST}.`);
}

function listen(portNumber: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(portNumber, '0.0.0.0', () => resolve(server));
  });
}
