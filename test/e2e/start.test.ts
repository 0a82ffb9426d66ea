import { execFile, spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startOfProcess } from '../../local/processes/process-identity.ts';
import { projectDir } from '../../local/project.ts';
import { webServer } from '../curators/support/web-server.ts';
import { childrenOf } from '../local/support/runner.ts';
import { until } from '../local/support/until.ts';

const server = webServer();
const folder = mkdtempSync(join(tmpdir(), 'archivist-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = (name: string) => readFileSync(join(projectDir, 'samples', name));

/** Two of the samples' clips: one plays in episode 41, the other is a web page. */
function drops(): string {
  const clips = join(folder, 'drops');
  mkdirSync(clips, { recursive: true });
  for (const name of ['opening-theme.mp3', 'lost-tape.mp3'])
    copyFileSync(join(projectDir, 'samples', 'clips', name), join(clips, name));
  return clips;
}

function feedOf(...media: readonly string[]): string {
  const items = media.map(
    (
      path,
      i,
    ) => `<item><title>Episode ${i + 1}</title><guid>${i}</guid><pubDate>Tue, 0${i + 1} Sep 2026 20:00:00 GMT</pubDate>
      <enclosure url="${path}" length="1" type="audio/mpeg"/></item>`,
  );
  return `<rss version="2.0"><channel><title>A show</title>${items.join('')}</channel></rss>`;
}

/** A folder for the archive of a job. What the first job synthesized, the others find there, for it takes seconds. */
function dataFolder(name: string): string {
  const dataDir = join(folder, name);
  const made = dataFolders.map((other) => join(other, 'cdk.out')).find((path) => existsSync(path));
  if (made !== undefined) cpSync(made, join(dataDir, 'cdk.out'), { recursive: true });
  dataFolders.push(dataDir);
  return dataDir;
}
const dataFolders: string[] = [];

async function started(feed: string, dataDir: string, ...options: readonly string[]) {
  const cli = join(projectDir, 'bin', 'archivist-cli.ts');
  const args = [cli, 'start', '--data', dataDir, '--episodes', feed, '--clips', drops(), ...options];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  return { stdout, stderr };
}

test('Media on private addresses are not asked for without the flag; the results say how to allow it', async () => {
  server().serve('/feed.xml', feedOf('good.mp3'));
  server().serve('/good.mp3', sample('episodes/harbour-lights-41.mp3'));
  const { stdout } = await started(server().url('/feed.xml'), dataFolder('public'));
  expect(server().requests.filter((path) => path !== '/feed.xml')).toEqual([]);
  expect(stdout).toMatch(/127\.0\.0\.1 is no public address \(loopback\).*--allow-private/);
}, 180_000);

test('A feed most of whose media are broken: the job ends, finds what is in the good one, and says what each other had', async () => {
  // As a private feed is: its key is in every part of each address.
  const secret = 's3cret';
  const at = (name: string) => `/u/${secret}/${name}?token=${secret}`;
  const media = ['gone.mp3', 'page.mp3', 'empty.mp3', 'cut.mp3', 'metadata.mp3', 'good.mp3'].map(at);
  server().on(at('feed.xml'), (_, response) => response.writeHead(301, { location: at('moved.xml') }).end());
  server().serve(at('moved.xml'), feedOf(...media, `http://me:${secret}@/none.mp3`));
  server().serve(at('page.mp3'), '<!doctype html><title>Not found</title>', { 'content-type': 'text/html' });
  server().serve(at('empty.mp3'), '');
  server().on(at('cut.mp3'), (_, response) => {
    response.writeHead(200, { 'content-length': '100000' }).write('ID3');
    setTimeout(() => response.destroy(), 100);
  });
  server().redirect(at('metadata.mp3'), `http://169.254.169.254/latest/meta-data/${secret}`);
  server().serve(at('good.mp3'), sample('episodes/harbour-lights-41.mp3'));
  const dataDir = dataFolder('private');
  const feed = server().url(at('feed.xml')).replace('://', `://me:${secret}@`);
  const { stdout, stderr } = await started(feed, dataDir, '--allow-private', '--json');
  expect(JSON.parse(stdout)).toMatchObject([{ episode: { title: 'Episode 6' }, clip: { title: 'opening-theme' } }]);
  expect(stderr).toContain('1 play in 6 episodes; 1 of 12 pairs researched.');
  for (const [number, reason] of [
    [1, /404/],
    [2, /HTML|no audio/i],
    [3, /empty/i],
    [4, /the connection broke off/],
    [5, /169\.254\.169\.254 is no public address \(linkLocal\); nothing is ever fetched from there/],
  ] as const) {
    const line = stderr.split('\n').findLast((text) => text.includes(`Episode ${number}`));
    expect(line).toMatch(reason);
  }
  expect(stderr).toMatch(/Of http:\/\/127\.0\.0\.1:\d+\/…: .*moved/);
  expect(stderr).not.toContain(secret);
  const logs = readdirSync(join(dataDir, 'logs')).map((name) => readFileSync(join(dataDir, 'logs', name), 'utf8'));
  expect(logs.join('')).toContain('"level"');
  expect(logs.join('')).not.toContain(secret);
}, 300_000);

test('SIGTERM ends a job in order, whatever it waits for: a sentence, no child, and nothing that says it is ready', async () => {
  server().on('/feed.xml', () => undefined);
  const dataDir = dataFolder('ended');
  const cli = join(projectDir, 'bin', 'archivist-cli.ts');
  const args = [cli, 'start', '--episodes', server().url('/feed.xml'), '--clips', drops(), '--data', dataDir];
  const job = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  job.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = new Promise((resolve) => job.once('close', (code, signal) => resolve(code ?? signal)));
  await until('the feed is asked for', () => server().requests.includes('/feed.xml'), 120_000);
  const children = childrenOf(dataDir);
  expect(children.length).toBeGreaterThan(1);
  job.kill('SIGTERM');
  const late = new Promise((resolve) =>
    setTimeout(resolve, 40_000, 'still there, as long as the feed might answer').unref(),
  );
  expect(await Promise.race([ended, late])).toBe(1);
  expect(said).toContain('Stopped before the end; what is done so far is kept.');
  expect(children.filter(({ pid, start }) => startOfProcess(pid) === start)).toEqual([]);
  expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
}, 180_000);
