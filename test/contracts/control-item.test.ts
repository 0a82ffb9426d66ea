import { DynamoLedgers } from '../../functions/stores/dynamo-ledgers.ts';
import { type Emulator, freshTables, startDynoxide } from '../support/emulators/dynamodb.ts';

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
