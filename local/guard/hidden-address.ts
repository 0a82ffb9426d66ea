import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

export interface HiddenAddress {
  readonly host: string;
  readonly port: number;
}

/** As in ports.ts: below the ports that systems take for outgoing connections. */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 100;

/**
 * An address of this machine that nobody guesses: one of the 16 million of 127.0.0.0/8, where the system has them all
 * (Linux), and a random port. Where it has not, 127.0.0.1 with a random port.
 */
export async function hiddenAddress(): Promise<HiddenAddress> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const host = attempt < TRIES / 2 ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}` : '127.0.0.1';
    const port = randomInt(LOWEST, HIGHEST);
    // dynoxide 1.2.1 refuses a port at which anything listens on 127.0.0.1, wherever it is to listen itself.
    if ((await canListen('127.0.0.1', port)) && (await canListen(host, port))) return { host, port };
  }
  throw new Error(`No free port was found between ${LOWEST} and ${HIGHEST}.`);
}

/** Whether nothing listens there. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
