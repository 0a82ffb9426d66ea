import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly } from '../local/assembly/cloud-assembly.ts';
import { stackSpec } from '../local/assembly/stack-spec.ts';
import { dynamoDbProgram, startDynamoDbEmulator } from '../local/emulators/dynamodb-emulator.ts';
import { hiddenAddress } from '../local/guard/hidden-address.ts';
import { Children } from '../local/processes/children.ts';
import { lockDataFolder } from '../local/processes/data-folder-lock.ts';
import { describeStack } from '../local/stack-description.ts';
import { type ArchiveLocation, locationOf } from './archive-location.ts';
import { Failure } from './failure.ts';
import { tell } from './terminal.ts';

export interface OpenedArchive {
  readonly location: ArchiveLocation;
  close(): Promise<void>;
}

/** Whether an archive was run in the folder before, so that its tables can be read. */
export const hasTables = (dataDir: string): boolean => existsSync(join(dataDir, 'cdk.out', 'manifest.json'));

/**
 * Opens the tables of an archive that is not running: its database runs for as long as somebody reads, and nothing else
 * of it does. Meanwhile nobody else can start it.
 * @throws DataFolderInUse when it is starting or running after all; Failure when its database does not start
 */
export async function openStoppedArchive(dataDir: string): Promise<OpenedArchive> {
  const lock = lockDataFolder(dataDir);
  try {
    const children = new Children(dataDir);
    await children.endLeftovers(tell);
    const address = await hiddenAddress();
    const program = dynamoDbProgram({ address, dataDir });
    const emulator = await startDynamoDbEmulator({ dataDir, program }, children, tell);
    const spec = stackSpec(readAssembly(join(dataDir, 'cdk.out')), NO_QUEUES);
    const description = describeStack(spec, { sqs: NO_QUEUES, dynamodb: emulator.endpoint, lambda: NO_QUEUES });
    const { endpoints, ...location } = locationOf(dataDir, { ...description, queues: {} });
    return {
      // Of an archive that was killed the folder still tells where its database was.
      location: { ...location, ...(endpoints && { endpoints: { ...endpoints, dynamodb: emulator.endpoint } }) },
      close: async () => {
        await emulator.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw new Failure(`The tables in ${dataDir} cannot be opened: ${(error as Error).message}`);
  }
}

/** Queues are not opened: what is in them is nobody's before the archive runs again. */
const NO_QUEUES = 'http://127.0.0.1:9';
