import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { whyForeign } from '../guard/foreign-request.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import { type LoopbackServer, onLoopback } from '../loopback-server.ts';
import { ACCOUNT, REGION } from '../project.ts';
import {
  ApiError,
  ASYNCHRONOUS_BYTES,
  clientContextIn,
  eventIn,
  functionNamed,
  invocationType,
  nameIn,
  SYNCHRONOUS_BYTES,
} from './invocation-request.ts';

/**
 * Serves Lambda's Invoke operation on 127.0.0.1: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * Credentials are not looked at; what a web page sends is refused.
 * @param port 0 for any free one.
 * @param find the function of a name, or undefined.
 * @throws Error with code EADDRINUSE when the port is taken.
 */
export async function startInvokeApi(
  port: number,
  find: (name: string) => FunctionPool | undefined,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    void serve(request, response, find).catch((error: unknown) => refuse(response, error));
  });
  return onLoopback(server, port);
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  find: (name: string) => FunctionPool | undefined,
): Promise<void> {
  const foreign = whyForeign(request);
  if (foreign !== undefined) throw new ApiError(403, 'AccessDeniedException', `The request is refused: ${foreign}.`);
  const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
  if (!url) throw new ApiError(400, 'ValidationException', 'What is asked for is no path of a URL.');
  const given = functionNamed(url.pathname);
  if (request.method !== 'POST') throw new ApiError(405, 'MethodNotAllowedException', 'Functions are invoked by POST.');
  const name = nameIn(given, url.searchParams.get('Qualifier'));
  const pool = find(name);
  if (!pool)
    throw new ApiError(
      404,
      'ResourceNotFoundException',
      `Function not found: arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
    );
  const type = invocationType(header(request, 'x-amz-invocation-type'));
  const event = eventIn(await bodyOf(request, type === 'Event' ? ASYNCHRONOUS_BYTES : SYNCHRONOUS_BYTES));
  const clientContext = clientContextIn(header(request, 'x-amz-client-context'));
  response.setHeader('Content-Type', 'application/json');
  if (type === 'DryRun') return void response.writeHead(204).end();

  const running = pool.invoke(event, clientContext);
  if (type === 'Event') {
    // Its failure is reported by the pool; nobody waits for it.
    running.catch(() => {});
    return void response.writeHead(202).end();
  }
  const outcome = await running;
  response.setHeader('x-amzn-RequestId', outcome.requestId);
  response.setHeader('X-Amz-Executed-Version', '$LATEST');
  if (outcome.error) response.setHeader('X-Amz-Function-Error', 'Unhandled');
  if (header(request, 'x-amz-log-type') === 'Tail')
    response.setHeader('X-Amz-Log-Result', Buffer.from(outcome.logTail).subarray(-4_096).toString('base64'));
  response.writeHead(200).end(outcome.payload);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const known = error instanceof ApiError ? error : new ApiError(500, 'ServiceException', (error as Error).message);
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('x-amzn-ErrorType', known.type);
  // What is left of a body that was too large is not read; the connection cannot be used again.
  response.setHeader('Connection', 'close');
  const Type = known.status < 500 ? 'User' : 'Server';
  response.writeHead(known.status).end(JSON.stringify({ Type, Message: known.message, message: known.message }));
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function bodyOf(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limitBytes) chunks.push(chunk);
    else if (bytes > 4 * limitBytes) break;
  }
  if (bytes > limitBytes)
    throw new ApiError(
      413,
      'RequestTooLargeException',
      `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`,
    );
  return Buffer.concat(chunks);
}
