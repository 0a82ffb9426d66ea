import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startLocalArchive } from '../../local/archive.ts';
import { CREDENTIALS } from '../../local/project.ts';
import { fixtureAssembly, freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';
import { killRunners, startRunner } from './support/runner.ts';

/**
 * On disks of their own, where the system gives any (a tmpfs needs a right that not every machine grants). Elsewhere the
 * archive is told how much room there is, and a folder in which nothing can be made stands for a disk that is read only.
 */

jest.setTimeout(120_000);

const mounted: string[] = [];

afterAll(() => {
  killRunners();
  for (const folder of mounted) spawnSync('umount', ['-l', folder]);
  removeFreshFolders();
});

/** @returns undefined where nothing may be mounted */
function disk(options: string): string | undefined {
  const folder = freshFolder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]);
  if (status !== 0) return undefined;
  mounted.push(folder);
  return folder;
}

const MIB = 1024 ** 2;
const roomIn = (folder: string) => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

/** Until there is not a byte left. */
function fill(file: string): void {
  for (let size = 4 * MIB; size >= 1; size = Math.floor(size / 4)) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
}

test('a disk that is really full ends the archive with a sentence; what was sent before is there when there is room', async () => {
  const folder = disk('size=160m');
  const dataDir = join(folder ?? freshFolder(), 'archive');
  const filler = join(dataDir, '..', 'filler');
  const { folder: assembly } = fixtureAssembly();
  let told = Number.POSITIVE_INFINITY;
  const options = {
    ...{ dataDir, settings: {}, assembly, holdSchedules: true },
    ...(folder === undefined && { freeBytes: () => told }),
  };
  const said: string[] = [];
  const archive = await startLocalArchive({ ...options, log: (line) => void said.push(line) });
  const sqs = new SQSClient({
    ...{ region: 'us-east-1', credentials: CREDENTIALS, endpoint: archive.stack.sqs.endpoint },
  });
  await sqs.send(new SendMessageCommand({ QueueUrl: archive.stack.queues.WorkDeadLetters, MessageBody: 'kept' }));
  sqs.destroy();
  if (folder !== undefined) fill(filler);
  told = 0;
  expect(await archive.trouble).toMatch(/^The disk of .* is nearly full: 0 MiB are left.*nothing is lost\.$/);
  await archive.stop();
  // Whoever is told once need not be told again and again.
  expect(said.filter((line) => /ENOSPC|no space/i.test(line)).length).toBeLessThan(3);
  await expect(startLocalArchive({ ...options, log: () => undefined })).rejects.toThrow('is nearly full');

  rmSync(filler, { force: true });
  told = Number.POSITIVE_INFINITY;
  const again = await startLocalArchive({ ...options, log: () => undefined });
  const there = new SQSClient({
    ...{ region: 'us-east-1', credentials: CREDENTIALS, endpoint: again.stack.sqs.endpoint },
  });
  const { Messages } = await there.send(
    new ReceiveMessageCommand({ QueueUrl: again.stack.queues.WorkDeadLetters, WaitTimeSeconds: 1 }),
  );
  expect(Messages?.map(({ Body }) => Body)).toEqual(['kept']);
  there.destroy();
  await again.stop();
});

test.each(['the folder itself', 'a folder in it'])(
  'a disk that is read only is told in a sentence: %s',
  async (what) => {
    const folder = disk('ro,size=1m');
    const dataDir = what === 'a folder in it' ? join(folder ?? '/proc', 'archive') : (folder ?? '/proc');
    const runner = startRunner(dataDir, '--assembly', freshFolder());
    expect(await runner.exited).toBe(1);
    expect(runner.said()).toContain(`${dataDir} cannot be used: `);
    expect(runner.said().trim().split('\n')).toHaveLength(1);
    if (folder !== undefined) expect(runner.said()).toMatch(/read[- ]only/);
  },
);

test('a disk that is too small from the start is told so', async () => {
  const folder = disk('size=20m');
  const dataDir = join(folder ?? freshFolder(), 'archive');
  mkdirSync(dataDir, { recursive: true });
  const room = folder === undefined ? 20 * MIB : roomIn(folder);
  const starting = startLocalArchive({
    ...{ dataDir, settings: {}, assembly: fixtureAssembly().folder, log: () => undefined },
    ...(folder === undefined && { freeBytes: () => room }),
  });
  await expect(starting).rejects.toThrow(/(?:19|20) MiB are left, and an archive needs at least 64 MiB/);
});
