import { connect, createServer, type Server, type Socket } from 'node:net';
import { type LoopbackServer, onLoopback } from '../loopback-server.ts';
import { whyForeign, whyNoTarget } from './foreign-request.ts';
import type { HiddenAddress } from './hidden-address.ts';
import { RequestHeads, refusalBytes } from './request-heads.ts';

/** Connections on which nothing is said for so long are ended, milliseconds. */
const SILENCE_MS = 300_000;

/**
 * Stands before the DynamoDB emulator, which answers every web page that asks it and has no option against that.
 * The archive's own functions know where the emulator is and go there directly.
 * @throws Error with code EADDRINUSE when the port is taken.
 */
export function startDatabaseGuard(port: number, upstream: HiddenAddress): Promise<LoopbackServer> {
  return onLoopback(guardServer(upstream), port);
}

function guardServer(upstream: HiddenAddress): Server & { closeAllConnections(): void } {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    passOn(client, upstream);
  });
  return Object.assign(server, {
    closeAllConnections: () => {
      for (const client of open) client.destroy();
    },
  });
}

/** What may pass goes to a connection of its own; what the emulator answers to that comes back as it is. */
function passOn(client: Socket, upstream: HiddenAddress): void {
  const heads = new RequestHeads((request) => whyForeign(request) ?? whyNoTarget('dynamodb', request));
  let database: Socket | undefined;
  const end = () => {
    client.destroy();
    database?.destroy();
  };
  client.on('end', () => (database ?? client).end());
  client.setTimeout(SILENCE_MS, end).on('error', end).on('close', end);
  client.on('data', (part) => {
    const passed = heads.take(part);
    if ('refused' in passed) {
      client.removeAllListeners('data').resume();
      database?.unpipe(client);
      client.end(refusalBytes(passed.refused));
      return;
    }
    if (passed.bytes.length === 0) return;
    if (database === undefined) {
      database = connect({ ...upstream, noDelay: true });
      // The client tries again, as when the emulator itself is started again.
      database
        .on('error', end)
        .on('close', end)
        .on('drain', () => client.resume());
      database.pipe(client);
    }
    if (!database.write(passed.bytes)) client.pause();
  });
}
