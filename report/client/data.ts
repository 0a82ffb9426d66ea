import {
  type ArchiveData,
  type ClipChunk,
  type ClipsData,
  chunkOf,
  type EpisodeChunk,
  type EpisodesData,
  type FindingsData,
} from '../shared/report-data.ts';

interface Files {
  archive: ArchiveData;
  episodes: EpisodesData;
  clips: ClipsData;
  findings: FindingsData;
  new: FindingsData;
  [findings: `findings/${number}` | `new/${number}`]: FindingsData;
  [episodes: `episodes/${number}` | `episodes/alone/${number}`]: EpisodeChunk;
  [clips: `clips/${number}` | `clips/alone/${number}`]: ClipChunk;
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

/** The file that has the entry: it shares it with its neighbours unless it is large. @throws MissingData */
export async function loadChunk<Kind extends 'episodes' | 'clips'>(
  kind: Kind,
  id: number,
): Promise<Files[`${Kind}/0`]> {
  const shared = await load(`${kind}/${chunkOf(id)}` as `${Kind}/0`);
  return shared.alone.includes(id) ? load(`${kind}/alone/${id}` as `${Kind}/0`) : shared;
}

/** The columns of the findings, as far as they have come. */
export interface Findings {
  readonly count: number;
  readonly columns: Readonly<Record<(typeof COLUMNS)[number], Int32Array>>;
  /** When all have come; undefined when they have already. */
  readonly whole?: Promise<void>;
}

const COLUMNS = ['episodes', 'clips', 'plays', 'first', 'scores', 'found'] as const;

/** No day. */
export const NEVER = -(2 ** 31);

/** What the first file holds; the others come afterwards, one after the other. @throws MissingData */
export async function loadFindings(name: 'findings' | 'new'): Promise<Findings> {
  const start = await load(name);
  const { count } = start;
  const made = COLUMNS.map((column) => [column, new Int32Array(count)] as const);
  const columns = Object.fromEntries(made) as Findings['columns'];
  let loaded = 0;
  const take = (part: FindingsData) => {
    for (const column of COLUMNS) {
      for (const [index, value] of part[column].entries()) columns[column][loaded + index] = value ?? NEVER;
    }
    loaded += part.episodes.length;
  };
  take(start);
  const rest = async () => {
    for (let part = 1; loaded < count; part++) {
      take(await load(`${name}/${part}`));
      received.delete(`${name}/${part}`);
    }
  };
  return loaded < count ? { count, columns, whole: rest() } : { count, columns };
}

/** The id in the address of the page; 0 when there is none. */
export function idInAddress(): number {
  const id = Number(new URLSearchParams(location.search).get('id'));
  return Number.isSafeInteger(id) && id > 0 ? id : 0;
}
