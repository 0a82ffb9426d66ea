import { atLeast, atMost, costOf, exponent, operation } from '../../bench/figures.ts';
import { dollarsAMillionPairs, dollarsIdleMonth } from '../../bench/prices.ts';

const cost = (writeUnits: number, readUnits: number, sqsRequests = 0) => ({
  writeUnits,
  readUnits,
  ledgerWriteUnits: 0,
  dynamoDbRequests: 0,
  sqsRequests,
  bytes: 0,
});

describe('figures', () => {
  test.each([
    [10.9, true, false],
    [11, true, true],
    [11.1, false, true],
  ])('%d holds as at most 11: %s, as at least 11: %s', (measured, most, least) => {
    expect([atMost('a', 11, measured).holds, atLeast('a', 11, measured).holds]).toEqual([most, least]);
  });

  test('costs are told apart by table and by service, and are for each of the count', () => {
    const consumed = {
      read: { Collection: 2 },
      write: { Leases: 4, 'Leases/byState': 2, 'Leases:control': 1, Collection: 3 },
      requests: { GetItem: 1, PutItem: 2, ReceiveMessage: 3, DeleteMessageBatch: 1, GetQueueAttributes: 1 },
      bytes: 1000,
    };
    expect(costOf(consumed, 10)).toEqual({
      writeUnits: 1,
      readUnits: 0.2,
      ledgerWriteUnits: 0.6,
      dynamoDbRequests: 0.3,
      sqsRequests: 0.5,
      bytes: 100,
    });
  });

  test('a write unit weighs as much as five read units', () => {
    expect(operation('a', 'b', cost(1, 5), cost(10, 50)).ratio).toBe(10);
    expect(operation('a', 'b', cost(1, 0), cost(0, 5)).ratio).toBe(1);
    expect(operation('a', 'b', cost(0, 0), cost(0, 5)).ratio).toBeNull();
  });

  test.each([
    [0, [1, 1, 1]],
    [1, [3, 30, 300]],
    [2, [1, 100, 10_000]],
    [0.5, [1, Math.sqrt(10), 10]],
  ])('the exponent %d is found', (b, ys) => {
    expect(exponent(ys.map((y, index) => [10 ** index, y]))).toBeCloseTo(b, 3);
  });
});

describe('dollars', () => {
  test('a million pairs at one write unit each cost a million write units', () => {
    expect(dollarsAMillionPairs(cost(1, 0)).dynamoDb).toBe(0.625);
    expect(dollarsAMillionPairs(cost(0, 1)).dynamoDb).toBe(0.125);
    expect(dollarsAMillionPairs(cost(0, 0, 1)).sqsByArchivists).toBe(0.4);
  });

  test('an idle month is 43,800 idle minutes, and the total is the sum of its parts', () => {
    const { total, ...parts } = dollarsIdleMonth(cost(1, 0, 1), 1e9, {
      alarms: 10,
      metrics: 1,
      dashboards: 1,
      keys: 1,
    });
    expect(parts.dynamoDb).toBeCloseTo(0.0438 * 0.625, 4);
    expect(parts.sqs).toBeCloseTo(0.0438 * 0.4, 4);
    expect(parts.alarmsAndMetrics).toBeCloseTo(5.3, 4);
    expect(parts.stored).toBeCloseTo(0.45, 4);
    expect(total).toBeCloseTo(
      Object.values(parts).reduce((sum, part) => sum + part, 0),
      3,
    );
  });
});
