import { NO_CONTROL } from '../../domain/control.ts';
import { controlItem, controlOf } from '../../functions/stores/control-item.ts';
import { DynamoLedgers } from '../../functions/stores/dynamo-ledgers.ts';
import { type Emulator, freshTables, startDynoxide } from '../../local/emulators/alone/dynamodb.ts';

/** Two processes that each remember the control item as they saw it last. */
describe('the control item between processes', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startDynoxide({ inMemory: true });
  });
  afterAll(() => emulator.stop());

  async function twoProcesses() {
    const { names, ledgers } = await freshTables(emulator.client);
    return [ledgers, new DynamoLedgers(emulator.client, names.leases, names.collection)] as const;
  }

  test('a change that begins with an old view keeps what others changed since', async () => {
    const [one, other] = await twoProcesses();
    await one.changeControl((control) => ({ ...control, workItems: 1 }));
    await other.changeControl((control) => ({ ...control, drainedUntil: 7 }));
    const stored = await one.changeControl((control) => ({ ...control, workItems: control.workItems + 1 }));
    expect(stored).toMatchObject({ workItems: 2, drainedUntil: 7 });
    expect(await other.control()).toEqual(stored);
  });

  test('nothing is judged to be unchanged by an old view', async () => {
    const [one, other] = await twoProcesses();
    await one.changeControl((control) => ({ ...control, workItems: 1 }));
    await other.changeControl((control) => ({ ...control, workItems: 5 }));
    const control = await one.changeControl((latest) => (latest.workItems >= 1 ? latest : { ...latest, workItems: 1 }));
    expect(control.workItems).toBe(5);
  });
});

describe('the control item as it is stored', () => {
  const sound = {
    version: 7,
    drainedUntil: 1000,
    drains: { run: 2000 },
    besideUntil: 900,
    opened: { members: 3, at: 500 },
    workItems: 4,
    backlogSince: 0,
    paused: true,
    pace: [{ at: 400, pairs: 5 }],
  };

  test('it is read as it was written', () => {
    const { opened, ...rest } = sound;
    const control = { ...rest, reopening: { assignableVersion: opened.members, at: opened.at } };
    expect(controlOf(sound)).toEqual(control);
    expect(controlItem(control)).toEqual(sound);
  });

  test('what it does not have yet is as before the first run', () =>
    expect(controlOf({ version: 1 })).toEqual({ ...NO_CONTROL, version: 1 }));

  test.each([
    ['a version that is text', { version: 'oops' }, 'its version must be an integer from 1, but is string oops'],
    ['a time that is text', { drainedUntil: 'noon' }, 'its drainedUntil must be a number from 0, but is string noon'],
    ['a drain without a time', { drains: { run: null } }, 'its run must be a number from 0, but is null'],
    ['drains that are none', { drains: 'none' }, 'its drains must be a map, but is string none'],
    [
      'a drain beside another that ended never',
      { besideUntil: 'late' },
      'its besideUntil must be a number from 0, but is string late',
    ],
    ['opened without a version', { opened: { at: 1 } }, 'its members must be a number from 0, but is nothing'],
    ['pace without pairs', { pace: [{ at: 1 }] }, 'its pairs must be a number from 0, but is nothing'],
  ])('%s is refused rather than decided by', (_, difference, reason) =>
    expect(() => controlOf({ ...sound, ...difference })).toThrow(reason),
  );
});
