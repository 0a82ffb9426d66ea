import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { projectDir } from '../../local/project.ts';

const SAMPLES = join(projectDir, 'samples');
const TYPES: Readonly<Record<string, string>> = { '.mp3': 'audio/mpeg', '.xml': 'application/rss+xml' };

export interface SampleServer {
  /** The address of the feed of episodes. */
  readonly feed: string;
  /** Writes the clips with addresses of this server; @returns the file of messages */
  clips(folder: string): string;
  stop(): void;
}

/** The samples on a web server of this machine: a deployed archive has no files. */
export async function serveSamples(): Promise<SampleServer> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    try {
      const content = readFileSync(join(SAMPLES, path));
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    feed: `${base}/feed.xml`,
    clips(folder) {
      const lines = readFileSync(join(SAMPLES, 'clips.jsonl'), 'utf8').trim().split('\n');
      const absolute = lines.map((line) => {
        const clip = JSON.parse(line) as { mediaUri: string };
        return JSON.stringify({ ...clip, mediaUri: `${base}/${clip.mediaUri}` });
      });
      const file = join(folder, 'clips.jsonl');
      writeFileSync(file, `${absolute.join('\n')}\n`);
      return file;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
