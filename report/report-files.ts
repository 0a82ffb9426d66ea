import { type Asset, plotStyleHash } from './assets.ts';
import { clipChunks, episodeChunks } from './chunks.ts';
import { collected } from './collected.ts';
import { dataFile } from './data-file.ts';
import { listsOf } from './lists.ts';
import { overviewOf } from './overview.ts';
import { contentSecurityPolicy, newPage, PAGES, pageHtml } from './pages.ts';
import type { ReportFacts } from './report-facts.ts';
import { cleanLine } from './shared/clean-text.ts';

export type ReportFile = Asset;

/**
 * Every file of a report, one after the other, so that they need not all be held.
 * @param withAddresses of media in the web, whole: they can be played, and secrets of private feeds are among them
 * @param since ms since the epoch: adds a page of what was found since
 */
export async function* reportFiles(
  name: string,
  facts: ReportFacts,
  assets: readonly Asset[],
  withAddresses = false,
  since?: number,
): AsyncGenerator<ReportFile> {
  yield* assets;
  const title = cleanLine(name) || 'Archive';
  const policy = contentSecurityPolicy([plotStyleHash()]);
  const pages = since === undefined ? PAGES : [...PAGES, newPage(since)];
  for (const page of pages)
    yield { path: page.file, content: pageHtml(page, { title, policy, madeAt: facts.status.at, pages }) };
  const archive = collected(facts, withAddresses);
  const data = (path: string, value: unknown): ReportFile => ({
    path: `data/${path}.js`,
    content: dataFile(path, value),
  });
  yield data('archive', overviewOf(title, facts, archive));
  const { episodes, clips, findings, fresh } = listsOf(archive, since);
  yield data('episodes', episodes);
  yield data('clips', clips);
  yield* inParts('findings', findings, data);
  if (since !== undefined) yield* inParts('new', fresh, data);
  for await (const [path, content] of episodeChunks(archive, facts.describe)) yield data(path, content);
  for await (const [path, content] of clipChunks(archive, facts.describe)) yield data(path, content);
}

/** The first part bears the name itself. */
function* inParts(
  name: string,
  parts: Iterable<unknown>,
  data: (path: string, value: unknown) => ReportFile,
): Generator<ReportFile> {
  let part = 0;
  for (const value of parts) {
    yield data(part === 0 ? name : `${name}/${part}`, value);
    part++;
  }
}
