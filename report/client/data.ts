import type {
  ArchiveData,
  ClipChunk,
  ClipsData,
  EpisodeChunk,
  EpisodesData,
  FindingsData,
} from '../shared/report-data.ts';

interface Files {
  archive: ArchiveData;
  episodes: EpisodesData;
  clips: ClipsData;
  findings: FindingsData;
  new: FindingsData;
  [episodes: `episodes/${number}`]: EpisodeChunk;
  [clips: `clips/${number}`]: ClipChunk;
}

const received = new Map<string, unknown>();

/** Data files are scripts that call this. */
export function receiveData(): void {
  Object.assign(globalThis, { archivistReport: (name: string, value: unknown) => received.set(name, value) });
}

/** A data file is missing: there is nothing of that name, or the folder was not copied whole. */
export class MissingData extends Error {
  override readonly name = 'MissingData';
}

/** @throws MissingData */
export async function load<Name extends keyof Files & string>(name: Name): Promise<Files[Name]> {
  const script = document.createElement('script');
  script.src = `data/${name}.js`;
  await new Promise<void>((resolve) => {
    script.onload = script.onerror = () => resolve();
    document.head.append(script);
  });
  script.remove();
  if (!received.has(name)) throw new MissingData(`data/${name}.js`);
  return received.get(name) as Files[Name];
}

/** The id in the address of the page; 0 when there is none. */
export function idInAddress(): number {
  const id = Number(new URLSearchParams(location.search).get('id'));
  return Number.isSafeInteger(id) && id > 0 ? id : 0;
}
