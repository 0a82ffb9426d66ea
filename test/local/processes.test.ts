import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expectFree, portsOf } from '../../local/emulators/ports.ts';
import { FunctionLog } from '../../local/lambda/function-log.ts';
import { Children } from '../../local/processes/children.ts';
import { DataFolderInUse, lockDataFolder } from '../../local/processes/data-folder-lock.ts';
import { startOfProcess } from '../../local/processes/process-identity.ts';
import { startTethered } from '../../local/processes/tether.ts';
import { freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';
import { until } from './support/until.ts';

jest.setTimeout(30_000);

afterAll(removeFreshFolders);

const sleeper = { command: 'sleep', args: ['60'], env: { PATH: process.env.PATH } };

describe('a tethered process', () => {
  test('is the command itself, with both outputs in their order', async () => {
    const env = { PATH: process.env.PATH };
    const script = 'console.log(process.pid); console.error("two"); console.log("three")';
    const started = await startTethered({ command: process.execPath, args: ['-e', script], env });
    let output = '';
    started.output.on('data', (chunk) => {
      output += chunk;
    });
    expect(await started.ended).toBe(0);
    await until('all is read', () => output.endsWith('three\n'));
    expect(output).toBe(`${started.pid}\ntwo\nthree\n`);
  });

  test('is killed when its parent is, whatever it does, and the file is removed before', async () => {
    const file = join(freshFolder(), 'ready');
    writeFileSync(file, '');
    const tether = join(__dirname, '..', '..', 'local', 'processes', 'tether.ts');
    const parent = `
      import { startTethered } from ${JSON.stringify(tether)};
      const endless = { command: process.execPath, args: ['-e', 'for(;;);'], env: {}, removeOnDeath: ${JSON.stringify(file)} };
      const { pid } = await startTethered(endless);
      console.log(pid);
      setInterval(() => {}, 1000);`;
    const args = ['--input-type=module-typescript', '-e', parent];
    const started = await startTethered({ command: process.execPath, args, env: { PATH: process.env.PATH } });
    const pid = Number(await new Promise<Buffer>((resolve) => started.output.once('data', resolve)));
    expect(startOfProcess(pid)).toBeDefined();
    started.child.kill('SIGKILL');
    await until('the endless loop is gone', () => startOfProcess(pid) === undefined);
    expect(existsSync(file)).toBe(false);
  });
});

describe('what a killed runner left behind', () => {
  /** A data folder whose children.json names one living process. */
  async function leftBehind(start: (own: string) => string) {
    const dataDir = freshFolder();
    const { pid, child } = await startTethered(sleeper);
    const record = { name: 'sleeper', pid, start: start(startOfProcess(pid)!) };
    writeFileSync(join(dataDir, 'children.json'), JSON.stringify([record]));
    return { dataDir, pid, child };
  }

  test('is killed when it does not end by itself', async () => {
    const { dataDir, pid } = await leftBehind((own) => own);
    const said: string[] = [];
    await new Children(dataDir).endLeftovers((line) => said.push(line));
    expect(startOfProcess(pid)).toBeUndefined();
    expect(said).toEqual([`Killing sleeper (process ${pid}), which an earlier runner left behind.`]);
  });

  test('is not mistaken for a process that got the same id later', async () => {
    const { dataDir, pid, child } = await leftBehind((own) => `${own}0`);
    await new Children(dataDir).endLeftovers(() => {});
    expect(startOfProcess(pid)).toBeDefined();
    child.kill('SIGKILL');
  });

  test('a list that was damaged is no reason not to start', async () => {
    const dataDir = freshFolder();
    writeFileSync(join(dataDir, 'children.json'), '[{"pid":');
    await new Children(dataDir).endLeftovers(() => {});
    expect(readFileSync(join(dataDir, 'children.json'), 'utf8')).toBe('[]\n');
  });
});

test('children are written down while they live', async () => {
  const dataDir = freshFolder();
  const written = () => JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8'));
  const { pid, child, ended } = await new Children(dataDir).start('sleeper', sleeper);
  expect(written()).toEqual([{ name: 'sleeper', pid, start: startOfProcess(pid) }]);
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  expect(written()).toEqual([]);
});

test('a data folder is held by one, and free after its release', () => {
  const dataDir = freshFolder();
  const lock = lockDataFolder(dataDir);
  expect(() => lockDataFolder(dataDir)).toThrow(DataFolderInUse);
  expect(() => lockDataFolder(dataDir)).toThrow(`is running on ${dataDir} (process ${process.pid})`);
  lock.release();
  lockDataFolder(dataDir).release();
});

describe('ports', () => {
  test('are three different free ones, and kept', async () => {
    const dataDir = freshFolder();
    const ports = await portsOf(dataDir);
    expect(new Set(Object.values(ports)).size).toBe(3);
    expect(await portsOf(dataDir)).toEqual(ports);
  });

  test('that are no ports are refused, naming the file', async () => {
    const dataDir = freshFolder();
    writeFileSync(join(dataDir, 'ports.json'), '{"sqs":0,"dynamodb":1,"lambda":2}');
    await expect(portsOf(dataDir)).rejects.toThrow(`${join(dataDir, 'ports.json')} must hold three ports`);
  });

  test('that are being given back are waited for', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    setTimeout(() => server.close(), 200);
    await expectFree((server.address() as { port: number }).port, 'a test', 'folder');
    expect(server.listening).toBe(false);
  });
});

test('a log that has become too large is put aside once', () => {
  const path = join(freshFolder(), 'logs', 'Function.log');
  const log = new FunctionLog(path, 10);
  for (const line of ['first line\n', 'second line\n', 'third\n']) log.append(line);
  log.close();
  log.append('too late\n');
  expect([readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['second line\n', 'third\n']);
});
