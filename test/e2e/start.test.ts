import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectDir } from '../../local/project.ts';
import { webServer } from '../curators/support/web-server.ts';

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

async function started(...options: readonly string[]) {
  const cli = join(projectDir, 'bin', 'archivist-cli.ts');
  const args = [cli, 'start', '--episodes', server().url('/feed.xml'), '--clips', drops(), ...options];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  return { stdout, stderr, media: server().requests.filter((path) => path !== '/feed.xml') };
}

test('Media on private addresses are not asked for without the flag; the results say how to allow it', async () => {
  server().serve('/feed.xml', feedOf('good.mp3'));
  server().serve('/good.mp3', sample('episodes/harbour-lights-41.mp3'));
  const { stdout, media } = await started();
  expect(media).toEqual([]);
  expect(stdout).toMatch(/127\.0\.0\.1 is no public address \(loopback\).*--allow-private/);
}, 180_000);

test('A feed most of whose media are broken: the job ends, finds what is in the good one, and says what each other had', async () => {
  server().serve('/feed.xml', feedOf('gone.mp3', 'page.mp3', 'empty.mp3', 'cut.mp3', 'metadata.mp3', 'good.mp3'));
  server().serve('/page.mp3', '<!doctype html><title>Not found</title>', { 'content-type': 'text/html' });
  server().serve('/empty.mp3', '');
  server().on('/cut.mp3', (_, response) => {
    response.writeHead(200, { 'content-length': '100000' }).write('ID3');
    setTimeout(() => response.destroy(), 100);
  });
  server().redirect('/metadata.mp3', 'http://169.254.169.254/latest/meta-data');
  server().serve('/good.mp3', sample('episodes/harbour-lights-41.mp3'));
  const { stdout, stderr } = await started('--allow-private', '--json');
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
}, 300_000);
