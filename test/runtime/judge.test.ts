import { type Expected, wrongIn } from './judge.ts';

const requestId = 'a-run';
const SUMMARY = { received: 1, failures: [] };
const line = (fields: object) =>
  JSON.stringify({ level: 'INFO', timestamp: 'now', service: 'sorter', function_request_id: requestId, ...fields });
const SAID = line(SUMMARY);

/** What is wrong in a run of a function that is to answer so. */
const wrong = (answer: unknown, lines: string[], expected: Expected['answer'] = { received: 1 }) =>
  wrongIn({ requestId, answer, lines }, { service: 'sorter', answer: expected });

test.each([
  ['a summary', SUMMARY],
  ['a batch response with its summary', { batchItemFailures: [], summary: SUMMARY }],
])('%s that the log says too is right', (_, answer) => expect(wrong(answer, [SAID])).toEqual([]));

test('metrics are lines too', () =>
  expect(wrong(SUMMARY, [SAID, '{"_aws":{"CloudWatchMetrics":[{"Namespace":"Archivist"}]}}'])).toEqual([]));

test.each([
  ['text', [SAID, 'Started.'], 'is no JSON object: Started.'],
  ['JSON that is no object', [SAID, '3'], 'is no JSON object: 3'],
  ['metrics of somebody else', [SAID, '{"_aws":{}}'], 'namespace undefined'],
  ['no time', [SAID, line({ timestamp: undefined })], 'without level or time'],
  ['another run', [SAID, line({ function_request_id: 'other' })], 'which run'],
  ['another summary', [line({ ...SUMMARY, received: 2 })], 'no line of sorter has the summary'],
  ['another service', [line({ ...SUMMARY, service: 'other' })], 'no line of sorter has the summary'],
])('a log with %s is not', (_, lines, reason) => {
  const [only, ...others] = wrong(SUMMARY, lines);
  expect(only).toContain(reason);
  expect(others).toEqual([]);
});

test.each([
  ['502: ', 'no JSON object'],
  [{ batchItemFailures: [], summary: 3 }, 'has no summary'],
])('the answer %j is none', (answer, reason) => expect(wrong(answer, [SAID])[0]).toContain(reason));

test('each field that is to be otherwise is named', () =>
  expect(wrong(SUMMARY, [SAID], { received: 2, failures: [], end: 'all' })).toEqual([
    'received is 1 in the answer instead of 2',
    'end is undefined in the answer instead of "all"',
  ]));

test('a refused event is an error, in the answer and in the log', () => {
  const error = { errorType: 'TypeError', errorMessage: 'no' };
  const logged = line({ level: 'ERROR', message: error });
  expect(wrong(error, [logged], 'TypeError')).toEqual([]);
  expect(wrong(error, [], 'TypeError')).toEqual(['no line of the log has that error']);
  expect(wrong(SUMMARY, [logged], 'TypeError')[0]).toContain('no TypeError but');
});
