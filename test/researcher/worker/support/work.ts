import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type ClipToFind,
  type EpisodeInfo,
  type PendingResearchItem,
  parseClipInfo,
} from '../../../../domain/messages.ts';
import { perfectClipToFind, perfectEpisode, perfectItem } from '../../../support/perfect-messages.ts';

export const ROOT = join(__dirname, '../../../..');
export const SAMPLES = join(ROOT, 'samples');
export const WORKER_FILE = join(ROOT, 'researcher/analyzer/worker.ts');

export const sampleUri = (path: string): string => pathToFileURL(join(SAMPLES, path)).href;

export const sampleEpisode = (number = 41): EpisodeInfo =>
  perfectEpisode({ title: `Episode ${number}`, mediaUri: sampleUri(`episodes/harbour-lights-${number}.mp3`) });

/** The sample clips with absolute addresses and ordinals from 1. */
export const sampleClips = (): ClipToFind[] =>
  readFileSync(join(SAMPLES, 'clips.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(parseClipInfo)
    .map(({ title, mediaUri, mediaType }, index) => ({
      ...{ id: String(index + 1), title, mediaType },
      mediaUri: sampleUri(mediaUri),
    }));

/** A clip that stands for a file that no test reads. */
export const someClip = (number: number): ClipToFind =>
  perfectClipToFind({ id: String(number), title: `Clip ${number}`, mediaUri: sampleUri('clips/dishes.mp3') });

export const workItem = (overrides: Partial<PendingResearchItem> = {}): PendingResearchItem =>
  perfectItem({
    leaseId: randomUUID(),
    episode: sampleEpisode(),
    clips: [someClip(1), someClip(2), someClip(3)],
    deadline: '2999-01-01T00:00:00Z',
    ...overrides,
  });

const folders: string[] = [];

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-researcher-'));
  folders.push(folder);
  return folder;
}

export function removeFreshFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
