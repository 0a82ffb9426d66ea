import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { failed, inPart, throttled } from './answers.ts';
import type { Answer, Call, Fault, Service } from './fault.ts';
import type { Decision } from './weather.ts';

/** Who says what becomes of a call: undefined when it goes through as it is. */
export interface Fates {
  decide(call: Call): Decision | undefined;
}

export interface FaultProxy {
  readonly endpoint: string;
  /** How many calls came, and how many were hit, by operation and fault: `ReceiveMessage dropped after`. */
  readonly counts: ReadonlyMap<string, number>;
  calls(): number;
  /** Resolves as soon as such a call comes, before it goes on; at the latest after so long, with false. */
  next(operation: string, ms: number): Promise<boolean>;
  close(): void;
}

/** Stands between clients and an emulator, and hits calls as it is told. Listens on a free port of 127.0.0.1. */
export async function startProxy(service: Service, upstreamPort: number, fates: Fates): Promise<FaultProxy> {
  const counts = new Map<string, number>();
  const awaited = new EventEmitter();
  let calls = 0;
  const server = createServer((incoming, outgoing) => {
    calls++;
    void handle(incoming, outgoing, { service, upstreamPort, fates, count: (what) => add(counts, what), awaited });
  });
  // Long polls and long delays keep connections longer than the defaults like.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    calls: () => calls,
    next: (operation, ms) =>
      once(awaited, operation, { signal: AbortSignal.timeout(ms) }).then(
        () => true,
        () => false,
      ),
    close: () => closed(server),
  };
}

function closed(server: Server): void {
  server.close();
  server.closeAllConnections();
}

const add = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

interface Context {
  readonly service: Service;
  readonly upstreamPort: number;
  readonly fates: Fates;
  readonly count: (what: string) => void;
  readonly awaited: EventEmitter;
}

async function handle(incoming: IncomingMessage, outgoing: ServerResponse, context: Context): Promise<void> {
  const { service, fates, count } = context;
  // A client that has gone must be gone for the emulator too: its long poll would take messages for nobody.
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const operation =
      String(incoming.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    const call: Call = { service, operation, body: Buffer.concat(chunks) };
    context.awaited.emit(operation);
    const decision = fates.decide(call);
    if (decision) count(`${operation} ${decision.fault}`);
    const answer = await fate(
      call,
      decision,
      (body, signal) => forwarded(incoming, body, context.upstreamPort, signal),
      gone.signal,
    );
    if (answer === 'dropped') outgoing.destroy();
    else if (!outgoing.destroyed) write(outgoing, answer);
  } catch {
    // The emulator is down, or the client has gone: what a client sees of a machine that does not answer.
    outgoing.destroy();
  }
}

type Forward = (body: Buffer, signal?: AbortSignal) => Promise<Answer>;

/** What comes of a call: an answer, or none. */
async function fate(
  call: Call,
  decision: Decision | undefined,
  forward: Forward,
  gone: AbortSignal,
): Promise<Answer | 'dropped'> {
  const fault: Fault | undefined = decision?.fault;
  switch (fault) {
    case undefined:
      return forward(call.body, gone);
    case 'delayed before':
      await sleep(decision!.ms);
      // Carried out although nobody waits any more: a call that was under way for long.
      return forward(call.body);
    case 'delayed after': {
      const answer = await forward(call.body);
      await sleep(decision!.ms);
      return answer;
    }
    case 'dropped before':
      return 'dropped';
    case 'dropped after':
      await forward(call.body);
      return 'dropped';
    case 'throttled':
      return throttled(call);
    case 'failed before':
      return failed(call.service);
    case 'failed after':
      await forward(call.body);
      return failed(call.service);
    case 'partial': {
      const part = inPart(call, () => decision!.random.chance(0.5));
      return part.merged(await forward(part.body));
    }
  }
}

function forwarded(incoming: IncomingMessage, body: Buffer, port: number, signal?: AbortSignal): Promise<Answer> {
  const {
    host: _host,
    connection: _connection,
    'content-length': _length,
    'transfer-encoding': _encoding,
    ...headers
  } = incoming.headers;
  return new Promise((resolve, reject) => {
    const onward = request(
      {
        host: '127.0.0.1',
        port,
        method: incoming.method,
        path: incoming.url,
        headers: { ...headers, 'content-length': body.length },
        ...(signal && { signal }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(chunks) }),
        );
        response.once('error', reject);
      },
    );
    onward.once('error', reject);
    onward.end(body);
  });
}

function write(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  const { connection: _connection, 'transfer-encoding': _encoding, 'keep-alive': _alive, ...rest } = headers;
  outgoing.writeHead(status, { ...rest, 'content-length': body.length });
  outgoing.end(body);
}
