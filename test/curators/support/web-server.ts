import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server of the test's own on a free port; `requests` are the paths asked for, in order. */
export class WebServer {
  readonly requests: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      this.requests.push(path);
      this.headers.push(request.headers);
      const answer = this.#answers.get(path) ?? this.#answers.get('*');
      if (answer) answer(request, response);
      else response.writeHead(404).end('nothing here');
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  on(path: string, answer: Answer): void {
    this.#answers.set(path, answer);
  }

  serve(path: string, body: string | Uint8Array, headers: Record<string, string> = {}): void {
    this.on(path, (_, response) => response.writeHead(200, headers).end(body));
  }

  redirect(path: string, location: string): void {
    this.on(path, (_, response) => response.writeHead(302, { location }).end());
  }
}

/** One server for all tests of a file, emptied of what was asked before each. */
export function webServer(): () => WebServer {
  let server: WebServer;
  beforeEach(async () => {
    server = new WebServer();
    await server.start();
  });
  afterEach(() => server.stop());
  return () => server;
}
