import { logContext, logLine } from '../../functions/runtime/telemetry.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const environment = { POWERTOOLS_SERVICE_NAME: 'drain', LOG_LEVEL: 'INFO' };
const line = (fields: Record<string, unknown> = {}, level: 'INFO' | 'WARN' | 'ERROR' = 'INFO', more = {}) =>
  logLine(level, 'The run ended', fields, NOW, { ...environment, ...more });
const read = (...given: Parameters<typeof line>) => JSON.parse(line(...given)!);
const context = { awsRequestId: 'r1', functionName: 'f', memoryLimitInMB: '512', invokedFunctionArn: 'arn:f' };
const before = () => logContext.before({ context: { ...context, getRemainingTimeInMillis: () => 1_000 } });

test('LOG-1: a line says level, message, time, service and what it is given, on one line', () => {
  expect(read({ published: 3 })).toMatchObject({
    level: 'INFO',
    message: 'The run ended',
    timestamp: '2026-01-02T03:04:05.006Z',
    service: 'drain',
    published: 3,
  });
  expect(line({ reason: 'two\nlines' })).not.toContain('\n');
});

test('LOG-2: within an invocation it says of which, and whether the function had to start for it', () => {
  const ofContext = {
    function_name: 'f',
    function_request_id: 'r1',
    function_arn: 'arn:f',
    function_memory_size: '512',
  };
  before();
  expect(read()).toMatchObject({ ...ofContext, cold_start: true });
  before();
  expect(read()).toMatchObject({ ...ofContext, cold_start: false });
});

test('LOG-3: no field takes the place of what a line is known by', () =>
  expect(read({ level: 'x', message: 'y', timestamp: 0, service: 'z' })).toMatchObject({
    level: 'INFO',
    message: 'The run ended',
    service: 'drain',
  }));

test.each<[string, 'INFO' | 'WARN' | 'ERROR', object, boolean]>([
  ['as low as the level', 'WARN', { LOG_LEVEL: 'WARN' }, true],
  ['below it', 'INFO', { LOG_LEVEL: 'WARN' }, false],
  ["below Lambda's own", 'WARN', { AWS_LAMBDA_LOG_LEVEL: 'ERROR' }, false],
  ['in small letters', 'INFO', { LOG_LEVEL: 'error' }, false],
  ['with a level that nobody knows', 'INFO', { LOG_LEVEL: 'loud' }, true],
])('LOG-4: a line %s', (_, level, more, told) => expect(line({}, level, more) !== undefined).toBe(told));

test('LOG-5: an error is told with its name, stack and cause; numbers of any size are; a circle is said to be none', () => {
  const error = new TypeError('outside', { cause: new RangeError('inside') });
  expect(read({ error, big: 2n ** 64n })).toMatchObject({
    error: {
      name: 'TypeError',
      message: 'outside',
      stack: expect.stringContaining('log-lines.test.ts'),
      cause: { name: 'RangeError', message: 'inside' },
    },
    big: '18446744073709551616',
  });
  const circle: Record<string, unknown> = {};
  circle.itself = circle;
  expect(read({ circle })).toMatchObject({ message: 'The run ended', fields: expect.stringContaining('not shown') });
});

test('LOG-6: the trace of X-Ray is told where there is one', () => {
  expect(read({}, 'INFO', { _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1' })).toMatchObject({
    xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  });
  expect(read()).not.toHaveProperty('xray_trace_id');
});
