import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { projectDir } from '../../local/project.ts';

const EPISODES = ['harbour-lights-41', 'harbour-lights-42', 'harbour-lights-43'];
const CLIPS = [
  'opening-theme',
  'closing-theme',
  'big-wave',
  'dishes',
  'station-ident',
  'studio-audience',
  'underwater',
  'weather-jingle',
  'captains-catchphrase',
];

/** A show whose feeds grow: each of its episodes is a sample under an address of its own. */
export class GrowingShow {
  episodes = 1;
  clips = CLIPS.length;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      if (path === '/episodes.xml') return response.end(feed('episode', this.episodes));
      if (path === '/clips.xml') return response.end(feed('clip', this.clips));
      const [, kind, number = '0'] = /^\/(episode|clip)\/(\d+)\.mp3$/.exec(path) ?? [];
      if (kind === undefined) return response.writeHead(404).end();
      const names = kind === 'clip' ? CLIPS : EPISODES;
      const name = names[Number(number) % names.length] ?? '';
      const file = join(projectDir, 'samples', `${kind}s`, `${name}.mp3`);
      response.writeHead(200, { 'content-type': 'audio/mpeg', etag: `"${number}"` }).end(readFileSync(file));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  address(kind: 'episodes' | 'clips'): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${kind}.xml`;
  }
}

function feed(kind: 'episode' | 'clip', count: number): string {
  const items = Array.from({ length: count }, (_, number) => {
    const date = new Date(Date.UTC(2020, 0, 1) + number * 3_600_000).toUTCString();
    return `<item><guid>${kind} ${number}</guid><title>${kind} ${number}</title><pubDate>${date}</pubDate><enclosure url="/${kind}/${number}.mp3" type="audio/mpeg" length="1"/></item>`;
  });
  return `<rss version="2.0"><channel><title>Soak</title>${items.join('')}</channel></rss>`;
}
