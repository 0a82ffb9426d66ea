import { once } from 'node:events';
import type { Server } from 'node:net';

/** A server that only programs of this machine reach. */
export interface LoopbackServer {
  readonly endpoint: string;
  /** Ends what is under way, too. */
  close(): Promise<void>;
}

/** Lets the server listen on 127.0.0.1. @param port 0: any. @throws Error as `listen` reports it, EADDRINUSE among them */
export async function onLoopback(
  server: Server & { closeAllConnections(): void },
  port: number,
): Promise<LoopbackServer> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
