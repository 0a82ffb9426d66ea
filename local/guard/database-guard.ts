import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type LoopbackServer, onLoopback } from '../loopback-server.ts';
import { refusalOf, whyForeign, whyNoTarget } from './foreign-request.ts';
import type { HiddenAddress } from './hidden-address.ts';

/**
 * Stands before the DynamoDB emulator, which answers every web page that asks it and has no option against that.
 * The archive's own functions know where the emulator is and go there directly.
 * @throws Error with code EADDRINUSE when the port is taken.
 */
export async function startDatabaseGuard(port: number, upstream: HiddenAddress): Promise<LoopbackServer> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((asked, answer) => {
    const reason = whyForeign(asked) ?? whyNoTarget('dynamodb', asked);
    if (reason === undefined) return passOn(asked, answer, { ...upstream, agent });
    const { status, headers, body } = refusalOf(reason);
    answer.writeHead(status, headers).end(body);
  });
  const { endpoint, close } = await onLoopback(server, port);
  return {
    endpoint,
    close: async () => {
      const closed = close();
      agent.destroy();
      await closed;
    },
  };
}

function passOn(asked: IncomingMessage, answer: ServerResponse, upstream: HiddenAddress & { agent: Agent }): void {
  const { host, port, agent } = upstream;
  const { method, url, headers } = asked;
  const passed = request({ host, port, agent, method, path: url, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, withoutPermissions(response.headers));
    response.on('error', () => answer.destroy()).pipe(answer);
  });
  // The client tries again, as when the emulator itself is started again.
  passed.on('error', () => answer.destroy());
  answer.on('close', () => passed.destroy());
  asked.pipe(passed);
}

/** The emulator allows every web page to read what it says. */
function withoutPermissions(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^access-control-|^vary$/.test(name)));
}
