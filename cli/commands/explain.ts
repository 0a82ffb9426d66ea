import type { Command } from 'commander';
import type { EpisodeEntry } from '../../domain/collection.ts';
import type { ArchiveClient } from '../../operating/archive-client.ts';
import type { LocationOptions } from '../../operating/archive-location.ts';
import { type Explanation, explainEpisode, explainPair } from '../../operating/explain.ts';
import { readEpisodeFacts } from '../../operating/reading/episode-facts.ts';
import { lightEntries, lightEpisodes } from '../../operating/reading/light-entries.ts';
import { SELECTORS, selectedOne } from '../../operating/select.ts';
import { print, shown } from '../../operating/terminal.ts';
import { reading } from '../reading.ts';

interface ExplainOptions extends LocationOptions {
  readonly episode: string;
  readonly clip?: string;
  readonly json?: boolean;
}

export function explainCommand(command: Command): void {
  command
    .requiredOption('--episode <episode>', `the episode: ${SELECTORS}`)
    .option('--clip <clip>', 'the clip, in the same way; without it the whole episode is explained')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
It tells what a pair is waiting for: to whom it is leased and until when, who struck it, why it was given up, until
when it rests, or what is before it in line. Of a pair that is researched it tells the places, and which other clips fit
there: the best score stands, the others are its rivals.

Examples:
  $ npm run -s archivist -- explain --data ./archive --episode "Episode 12: On trains"
  $ npm run -s archivist -- explain --stack Archivist --episode 12 --clip "Big wave"`,
    )
    .action(async (options: ExplainOptions) => {
      await reading(options, async (client) => {
        const explanation = await explained(client, options);
        if (options.json) print(JSON.stringify(explanation, null, 2));
        else show(explanation);
      });
    });
}

async function explained(client: ArchiveClient, { episode, clip }: ExplainOptions): Promise<Explanation> {
  const { operations } = client;
  const byId = /^\d{1,12}$/.test(episode) ? await lightEntries(client, 'episode', [Number(episode)]) : new Map();
  const entry: EpisodeEntry =
    byId.values().next().value ?? selectedOne('episode', (await lightEpisodes(client)).values(), episode);
  const facts = await readEpisodeFacts(client, entry);
  if (clip === undefined) return explainEpisode(facts);
  const chosen = selectedOne('clip', facts.catalogue.clips, clip);
  const [inEpisode, history] = await Promise.all([
    operations.findings(entry.ordinal),
    operations.history(entry.ordinal, chosen.ordinal),
  ]);
  const findings = inEpisode.filter((finding) => finding.clip === chosen.ordinal);
  return explainPair(facts, chosen, findings, history, inEpisode);
}

function show({ episode, clip, verdict, because }: Explanation): void {
  const what = clip === undefined ? '' : `${shown(clip.title)} [${clip.id}] in `;
  print(`${what}${shown(episode.title)} [${episode.id}]: ${verdict}`);
  for (const sentence of because) print(`  ${shown(sentence)}`);
}
