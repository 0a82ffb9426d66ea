import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { readAssembly } from '../../local/assembly/cloud-assembly.ts';
import { stackSpec } from '../../local/assembly/stack-spec.ts';
import { startInvokeApi } from '../../local/invoke-api/invoke-api.ts';
import { FunctionPools } from '../../local/lambda/function-pools.ts';
import type { LoopbackServer } from '../../local/loopback-server.ts';
import { Children } from '../../local/processes/children.ts';
import { fixtureAssembly, freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';
import { until } from './support/until.ts';

jest.setTimeout(30_000);

const dataDir = freshFolder();
const reports: string[] = [];
let functions: FunctionPools;
let api: LoopbackServer;
let client: LambdaClient;

beforeAll(async () => {
  const { folder, notes } = fixtureAssembly({
    Broken: functionWith({ Handler: 'index.missing' }),
    Unloadable: functionWith({ Handler: 'nothing.handler' }),
  });
  const spec = stackSpec(readAssembly(folder), 'http://127.0.0.1:1');
  expect(readFileSync(notes, 'utf8')).toBe('');
  const endpoints = { sqs: 'http://127.0.0.1:1', dynamodb: 'http://127.0.0.1:2' };
  const children = new Children(dataDir);
  functions = new FunctionPools(spec.functions, { dataDir, endpoints, children, log: (line) => reports.push(line) });
  api = await startInvokeApi(0, (name) => functions.find(name));
  const credentials = { accessKeyId: 'any', secretAccessKey: 'thing' };
  client = new LambdaClient({ region: 'eu-west-1', endpoint: api.endpoint, credentials, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await api.close();
  await functions.stop();
  removeFreshFolders();
});

function functionWith(changes: object) {
  const Properties = { Handler: 'index.handler', Runtime: 'nodejs24.x', Timeout: 5, ...changes };
  return { Type: 'AWS::Lambda::Function', Metadata: { 'aws:asset:path': 'asset.code' }, Properties };
}

async function invoke(event: unknown, input: Partial<InvokeCommandInput> = {}) {
  const Payload = event === undefined ? undefined : JSON.stringify(event);
  const output = await client.send(
    new InvokeCommand({ FunctionName: 'Fixture-Worker', ...(Payload && { Payload }), ...input }),
  );
  const text = Buffer.from(output.Payload ?? []).toString();
  return { ...output, payload: text ? JSON.parse(text) : undefined };
}

/** What a raw request is answered, since SDKs do not send what is wrong. */
async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.endpoint}${path}`, { method: 'POST', body, headers });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), body: text && JSON.parse(text) };
}

test.each([
  ['name', 'Fixture-Worker'],
  ['logical id', 'Worker'],
  ['ARN', 'arn:aws:lambda:us-east-1:000000000000:function:Fixture-Worker'],
  ['ARN with its version', 'arn:aws:lambda:us-east-1:000000000000:function:Fixture-Worker:$LATEST'],
  ['partial ARN', '000000000000:function:Fixture-Worker'],
])('a function is found by its %s', async (_, FunctionName) => {
  const { StatusCode, ExecutedVersion, payload } = await invoke({ a: 1 }, { FunctionName });
  expect({ StatusCode, ExecutedVersion, event: payload.event }).toEqual({
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    event: { a: 1 },
  });
});

test('a function sees the environment and context of Lambda, and nothing of this process', async () => {
  process.env.ONLY_OF_THE_TEST = 'x';
  const { payload } = await invoke({});
  expect(payload.environment).toMatchObject({
    AWS_LAMBDA_FUNCTION_NAME: 'Fixture-Worker',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:2',
    _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    TABLE: 'Fixture-Things',
  });
  expect(payload.environment).not.toHaveProperty('ONLY_OF_THE_TEST');
  expect(payload.context).toMatchObject({
    functionName: 'Fixture-Worker',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Fixture-Worker',
    memoryLimitInMB: '256',
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(payload.remainingMs).toBeGreaterThan(500);
  expect(payload.remainingMs).toBeLessThanOrEqual(1_000);
});

test('no payload is an empty event', async () => {
  expect((await invoke(undefined)).payload.event).toEqual({});
});

test('the process is kept between invocations', async () => {
  const pids = [(await invoke({})).payload.pid, (await invoke({})).payload.pid];
  expect(pids[0]).toBe(pids[1]);
});

test('invocations at the same time have processes of their own, up to three; more wait', async () => {
  const slept = await Promise.all(Array.from({ length: 5 }, () => invoke({ do: 'sleep', ms: 300 })));
  expect(slept.map(({ payload }) => payload.slept)).toEqual(Array(5).fill(300));
  expect(new Set(slept.map(({ payload }) => payload.pid)).size).toBeLessThanOrEqual(3);
});

test('the log comes back in base64 when asked for, in the order of its lines', async () => {
  const { LogResult } = await invoke({ do: 'log' }, { LogType: 'Tail' });
  const log = Buffer.from(LogResult!, 'base64').toString();
  expect(log).toMatch(
    /^START RequestId: \S+ Version: \$LATEST\nto the log\nand to stderr\nEND RequestId: \S+\nREPORT RequestId: \S+\tDuration: /,
  );
  expect(readFileSync(join(dataDir, 'logs', 'Worker.log'), 'utf8')).toContain('to the log\nand to stderr\n');
  expect((await invoke({ do: 'log' })).LogResult).toBeUndefined();
});

test('an error of the function is in the payload, and in one line for the user', async () => {
  const { StatusCode, FunctionError, payload } = await invoke({ do: 'throw' });
  expect({ StatusCode, FunctionError, payload }).toEqual({
    StatusCode: 200,
    FunctionError: 'Unhandled',
    payload: {
      errorType: 'TypeError',
      errorMessage: 'as asked',
      trace: expect.arrayContaining(['TypeError: as asked']),
    },
  });
  expect(reports).toContainEqual(expect.stringMatching(/^Worker failed: TypeError: as asked \(log: .*Worker\.log\)$/));
});

test('an endless loop is killed at the timeout, and the next invocation has a new process', async () => {
  const before = (await invoke({})).payload.pid;
  const begun = Date.now();
  const { FunctionError, payload } = await invoke({ do: 'loop' });
  const tookMs = Date.now() - begun;
  expect({ FunctionError, payload }).toEqual({
    FunctionError: 'Unhandled',
    payload: {
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/),
    },
  });
  expect(tookMs).toBeGreaterThanOrEqual(1_000);
  expect(() => process.kill(before, 0)).toThrow('ESRCH');
  expect((await invoke({})).payload.pid).not.toBe(before);
});

test('a process that ends by itself is an error, and the next invocation has a new one', async () => {
  const { payload } = await invoke({ do: 'exit' });
  expect(payload.errorType).toBe('Runtime.ExitError');
  expect(payload.errorMessage).toMatch(/^RequestId: \S+ Error: Runtime exited \(ended: 7\)$/);
  expect((await invoke({ b: 2 })).payload.event).toEqual({ b: 2 });
});

test.each([
  ['without its handler', 'Broken', 'Runtime.HandlerNotFound', 'index.missing is undefined or not exported'],
  ['that cannot be loaded', 'Unloadable', 'Error', 'Cannot find module'],
])('a bundle %s is an error of the function', async (_, FunctionName, errorType, message) => {
  const { FunctionError, payload } = await invoke({}, { FunctionName });
  expect(FunctionError).toBe('Unhandled');
  expect(payload.errorType).toBe(errorType);
  expect(payload.errorMessage).toContain(message);
});

test('an Event is accepted and done later', async () => {
  const { StatusCode, payload } = await invoke({ tick: 'event' }, { InvocationType: 'Event' });
  expect({ StatusCode, payload }).toEqual({ StatusCode: 202, payload: undefined });
  const { environment } = (await invoke({})).payload;
  await until('the event is done', () => readFileSync(environment.NOTES, 'utf8').includes('"tock":"event"'));
});

test('a dry run runs nothing', async () => {
  const { StatusCode, payload } = await invoke({ tick: 'dry' }, { InvocationType: 'DryRun' });
  expect({ StatusCode, payload }).toEqual({ StatusCode: 204, payload: undefined });
  const { environment } = (await invoke({})).payload;
  expect(readFileSync(environment.NOTES, 'utf8')).not.toContain('dry');
});

test('the client context is given on', async () => {
  const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
  expect((await invoke({}, { ClientContext })).payload.context.clientContext).toEqual({ custom: { a: 1 } });
});

test('an unknown function is an error that SDKs understand', async () => {
  await expect(invoke({}, { FunctionName: 'Nobody' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:Nobody',
    $metadata: { httpStatusCode: 404 },
  });
});

test('another version than $LATEST is not found', async () => {
  await expect(invoke({}, { Qualifier: '3' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('an event of 6 MiB is taken, one byte more is not', async () => {
  const event = (bytes: number) => 'x'.repeat(bytes - 2);
  expect((await invoke(event(6_291_456), { InvocationType: 'DryRun' })).StatusCode).toBe(204);
  await expect(invoke(event(6_291_457))).rejects.toMatchObject({
    name: 'RequestTooLargeException',
    message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
  });
});

test.each([
  ['a body that is not JSON', 'Worker/invocations', '{"a":', {}, 400, 'InvalidRequestContentException'],
  [
    'an unknown type',
    'Worker/invocations',
    '{}',
    { 'x-amz-invocation-type': 'Later' },
    400,
    'InvalidParameterValueException',
  ],
  [
    'a client context that is not JSON',
    'Worker/invocations',
    '{}',
    { 'x-amz-client-context': 'x' },
    400,
    'InvalidRequestContentException',
  ],
  ['something that is no name', 'a%20b/invocations', '{}', {}, 400, 'ValidationException'],
  ['another operation', 'Worker/aliases', '{}', {}, 404, 'UnknownOperationException'],
])('%s is refused in the form of AWS', async (_, path, body, headers, status, type) => {
  const answer = await post(`/2015-03-31/functions/${path}`, body, headers);
  expect(answer).toMatchObject({ status, type, body: { Type: 'User', Message: expect.any(String) } });
});
