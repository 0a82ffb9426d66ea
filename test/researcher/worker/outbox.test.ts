import { Outbox } from '../../../researcher/worker/outbox.ts';
import type { RefusedReport } from '../../../researcher/worker/work-queue.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A queue whose answers are given one by one; afterwards it takes everything. */
function outbox(...answers: (readonly RefusedReport[] | Error)[]) {
  const sent: string[][] = [];
  const lost: [number, string][] = [];
  const troubles: string[] = [];
  const made = new Outbox({
    queues: {
      send: async (bodies) => {
        sent.push([...bodies]);
        const answer = answers.shift() ?? [];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    onLost: (count, reason) => lost.push([count, reason]),
    onTrouble: (reason) => troubles.push(reason),
  });
  const emptied = async () => {
    const done = made.emptied();
    done.catch(() => undefined);
    await jest.runAllTimersAsync();
    return done;
  };
  return { made, sent, lost, troubles, emptied };
}

const refusal = (index: number, permanent = false): RefusedReport => ({ index, reason: 'InternalError', permanent });
const denied = Object.assign(new Error('no permission'), { name: 'AccessDenied', $fault: 'client' });

test('What is there at once goes in one call, in its order; the last word goes alone and last', async () => {
  const { made, sent, emptied } = outbox();
  for (const body of ['a', 'b', 'c']) made.push(body);
  made.push('last', true);
  await emptied();
  expect(sent).toEqual([['a', 'b', 'c'], ['last']]);
  expect(made.lastWordTaken).toBe(true);
});

test.each([
  [10, 1],
  [11, 2],
])('%i reports are sent in %i calls', async (reports, calls) => {
  const { made, sent, emptied } = outbox();
  for (let i = 0; i < reports; i++) made.push(String(i));
  await emptied();
  expect(sent).toHaveLength(calls);
  expect(sent.flat()).toEqual(Array.from({ length: reports }, (_, i) => String(i)));
});

test.each([
  ['a mebibyte', 0, 1],
  ['one byte more', 1, 2],
])('Two reports of %s together are sent in %#', async (_, more, calls) => {
  const { made, sent, emptied } = outbox();
  made.push('x'.repeat(1_000_000));
  made.push('x'.repeat(1_048_576 - 1_000_000 + more));
  await emptied();
  expect(sent).toHaveLength(calls);
});

test('What the queue did not take is sent again before anything that came later', async () => {
  const { made, sent, troubles, emptied } = outbox([refusal(0), refusal(2)]);
  for (const body of ['a', 'b', 'c']) made.push(body);
  const done = emptied();
  made.push('d');
  await done;
  expect(sent[0]).toEqual(['a', 'b', 'c', 'd']);
  expect(sent[1]).toEqual(['a', 'c']);
  expect(troubles).toEqual(['InternalError']);
});

test('What is pushed at whatever moment is sent', async () => {
  for (let turns = 0; turns < 30; turns++) {
    const { made, sent, emptied } = outbox();
    made.push('a');
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    made.push('last', true);
    await emptied();
    expect(sent.flat()).toEqual(['a', 'last']);
  }
});

test('The last word waits until everything before it was taken', async () => {
  const { made, sent, emptied } = outbox([refusal(0)], new Error('no network'));
  made.push('a');
  made.push('last', true);
  await emptied();
  expect(sent).toEqual([['a'], ['a'], ['a'], ['last']]);
});

test('Without a network it is tried for as long as it takes', async () => {
  const { made, lost, emptied } = outbox(...Array(50).fill(new Error('no network')));
  made.push('a');
  await emptied();
  expect(lost).toEqual([]);
});

test('What the queue will never take is told as lost, and stops nothing', async () => {
  const { made, sent, lost, emptied } = outbox([refusal(1, true)]);
  for (const body of ['a', 'b', 'c']) made.push(body);
  await emptied();
  made.push('d');
  await emptied();
  expect(sent).toEqual([['a', 'b', 'c'], ['d']]);
  expect(lost).toEqual([[1, 'InternalError']]);
});

test.each([
  ['five times', 5, false],
  ['six times', 6, true],
])('A queue that refuses the researcher as such %s: believed %s', async (_, times, believed) => {
  const { made, lost, emptied } = outbox(...Array(times).fill(denied));
  made.push('a');
  if (believed) await expect(emptied()).rejects.toThrow('no permission');
  else await emptied();
  expect(lost).toEqual(believed ? [[1, 'no permission']] : []);
});

test('After a stop it is tried for a while; what is left then is told as lost', async () => {
  const { made, lost } = outbox(...Array(1_000).fill(new Error('no network')));
  made.push('a');
  made.push('last', true);
  const stop = new AbortController();
  const done = made.emptiedOr(stop.signal, 10_000);
  await jest.advanceTimersByTimeAsync(600_000);
  expect(lost).toEqual([]);
  stop.abort();
  await jest.advanceTimersByTimeAsync(10_000);
  await done;
  expect(lost).toEqual([[2, 'no time was left to send it']]);
  expect(made.lastWordTaken).toBe(false);
});
