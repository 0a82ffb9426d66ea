import type { ResearchSettings } from '../domain/research-settings.ts';

/** The parts of the stack by their logical ids. Others of its outputs may have names that look alike: these are looked up. */
export const STACK_PARTS = {
  queues: ['CuratedClips', 'CuratedEpisodes', 'PendingResearch', 'CompletedResearch'].flatMap((queue) => [
    queue,
    `${queue}DeadLetters`,
  ]),
  tables: ['Collection', 'Leases'],
  functions: ['ClipsArchivist', 'EpisodesArchivist', 'PendingResearchArchivist', 'CompletedResearchArchivist'],
  /** Only in a stack that was asked for them. */
  optionalFunctions: ['Researcher', 'FeedCurator'],
} as const;

const OUTPUT_OF = { queues: 'Url', tables: 'TableName', functions: 'Name', optionalFunctions: 'Name' } as const;

/** Where the parts of an archive are, by their logical ids: addresses of queues, names of the others. */
export interface ArchiveParts {
  readonly queues: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, string>>;
  /** Undefined of a stack that was deployed before it had this output. */
  readonly settings?: ResearchSettings | undefined;
}

/** Reads where the parts are from the outputs of a CloudFormation stack, by their keys; or says which is missing. */
export function partsIn(outputs: ReadonlyMap<string, string>): ArchiveParts | { readonly missing: string } {
  const named = (what: keyof typeof STACK_PARTS) =>
    STACK_PARTS[what].map((id) => [id, outputs.get(`${id}${OUTPUT_OF[what]}`)] as const);
  for (const what of ['queues', 'tables', 'functions'] as const) {
    const missing = named(what).find(([, value]) => value === undefined);
    if (missing) return { missing: `${missing[0]}${OUTPUT_OF[what]}` };
  }
  const there = (...kinds: (keyof typeof STACK_PARTS)[]) =>
    Object.fromEntries(kinds.flatMap(named).flatMap(([id, value]) => (value === undefined ? [] : [[id, value]])));
  return {
    queues: there('queues'),
    tables: there('tables'),
    functions: there('functions', 'optionalFunctions'),
    settings: settingsIn(outputs.get('ResearchSettings')),
  };
}

export const settingsIn = (json: string | undefined): ResearchSettings | undefined =>
  json === undefined ? undefined : (JSON.parse(json) as ResearchSettings);
