import { type ClipDone, ReportBatch } from '../../../researcher/worker/report-batch.ts';
import { found, negative } from './support/scripted-analysis.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function batch() {
  const sent: number[][] = [];
  const made = new ReportBatch({ send: (clips) => void sent.push(clips.map(({ index }) => index)) });
  return { made, sent };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const done = (index: number): ClipDone => ({ index, outcome: negative });

test.each([
  [99, 0],
  [100, 1],
  [101, 1],
])('After %s results there are %s messages', (count, messages) => {
  const { made, sent } = batch();
  for (const index of upTo(count)) made.add(done(index));
  expect(sent).toEqual(messages === 0 ? [] : [upTo(100)]);
  expect(made.take()).toHaveLength(count - 100 * messages);
});

test.each([
  [4_999, []],
  [5_000, [[0, 1]]],
])('%s ms after the first result, these were sent: %s', (ms, expected) => {
  const { made, sent } = batch();
  made.add(done(0));
  jest.advanceTimersByTime(3_000);
  made.add(done(1));
  jest.advanceTimersByTime(ms - 3_000);
  expect(sent).toEqual(expected);
});

test('The next result waits as long again', () => {
  const { made, sent } = batch();
  made.add(done(0));
  jest.advanceTimersByTime(5_000);
  made.add(done(1));
  jest.advanceTimersByTime(4_999);
  expect(sent).toEqual([[0]]);
  jest.advanceTimersByTime(1);
  expect(sent).toEqual([[0], [1]]);
});

test('Results with very many offsets go in messages of their own', () => {
  const { made, sent } = batch();
  const many = (index: number): ClipDone => ({ index, outcome: found(...upTo(9_000)) });
  for (const index of upTo(3)) made.add(many(index));
  expect(sent).toEqual([[0, 1]]);
});

test('What is taken is not sent, not even later', () => {
  const { made, sent } = batch();
  made.add(done(0));
  made.add(done(1), false);
  expect(made.take().map(({ index }) => index)).toEqual([0, 1]);
  jest.advanceTimersByTime(60_000);
  expect(sent).toEqual([]);
});
