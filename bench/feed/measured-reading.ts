/**
 * A process of its own that reads a feed with the sources of a checkout. Arguments: checkout, feed, folder of the curator's
 * memory or nothing. Prints what it took as JSON.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CuratedMessage } from '../../curators/curated.ts';

const [root, feed, stateDir] = process.argv.slice(2) as [string, string, string | undefined];
const { curate } = (await import(
  pathToFileURL(join(root, 'curators', 'curate.ts')).href
)) as typeof import('../../curators/curate.ts');
const loaded = process.cpuUsage();
const curation = curate(feed, { kind: 'episodes', now: new Date(), ...(stateDir && { stateDir }) });
const messages: CuratedMessage[] = [];
let count = 0;
for await (const result of curation) {
  if (!result.ok) throw new Error(`${result.what}: ${result.reason}`);
  count += 1;
  if (stateDir) messages.push(result.info);
}
if (stateDir) {
  curation.confirm(messages);
  await curation.save();
}
const { user, system } = process.cpuUsage(loaded);
process.stdout.write(
  JSON.stringify({
    messages: count,
    processorSeconds: (user + system) / 1e6,
    megabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
