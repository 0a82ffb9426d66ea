import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Children } from '../processes/children.ts';
import { programFile } from '../project.ts';
import { descriptionPath } from '../stack-description.ts';
import { type Emulator, startSupervised } from './supervised.ts';

/** Starts fauxqs with its state in the archive's folder. */
export async function startSqsEmulator(
  { port, dataDir }: { port: number; dataDir: string },
  children: Children,
  log: (line: string) => void,
): Promise<Emulator> {
  const state = join(dataDir, 'sqs');
  mkdirSync(state, { recursive: true });
  return startSupervised(
    {
      name: 'SQS emulator (fauxqs)',
      endpoint: `http://127.0.0.1:${port}`,
      command: {
        command: process.execPath,
        args: [programFile('local/emulators/fauxqs-process.ts'), String(port), state],
        env: { PATH: process.env.PATH },
        removeOnDeath: descriptionPath(dataDir),
      },
      logFile: join(dataDir, 'logs', 'sqs-emulator.log'),
      startLimitMs: 20_000,
    },
    children,
    log,
  );
}
