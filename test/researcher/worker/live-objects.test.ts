import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freshFolder, removeFreshFolders } from '../../local/support/fixture-assembly.ts';

afterAll(removeFreshFolders);

test('a researcher holds as many objects after many items as after a few, in its thread too', async () => {
  const script = join(__dirname, 'support', 'live-objects.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, freshFolder(), '5', '9']);
  const [few, many] = JSON.parse(stdout) as Record<string, number>[];
  expect(many).toEqual(few);
  expect(few).toMatchObject({ 'thread: ClipFinder': expect.any(Number), Outbox: expect.any(Number) });
}, 120_000);
