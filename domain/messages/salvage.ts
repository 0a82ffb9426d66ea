import { type ClipReference, type CompletedResearchItem, clipReference } from './definitions.ts';
import { FIELD_NAMES } from './field-names.ts';
import { InvalidMessage } from './invalid-message.ts';
import { MOST_CLIPS } from './limits.ts';

/** What can still be used of a completed research item that is refused. */
export interface Salvaged {
  /** What is sound: its lease and episode at least. */
  readonly item: CompletedResearchItem;
  /** Pairs of which something was said that is refused. */
  readonly refused: readonly { readonly clip: ClipReference; readonly reason: string }[];
}

type Wire = Readonly<Record<string, unknown>>;
type Parse = (body: string) => CompletedResearchItem;

/** Enough to be looked up by its id, for an episode that is described wrongly. */
const UNDESCRIBED = {
  initialDateCurated: '1970-01-01T00:00:00Z',
  lastDateCurated: '1970-01-01T00:00:00Z',
  mediaUri: 'unknown',
  mediaType: 'unknown',
};

/**
 * What is sound of a refused message that names its lease and episode, and which pairs what is not sound is about: so
 * one wrong result costs neither the others of its message nor any other pair.
 * @param why why it was refused as a whole
 * @returns undefined where no lease, no episode or no pair is named
 */
export function salvaged(body: string, why: string, parse: Parse): Salvaged | undefined {
  const wire = wireOf(body);
  if (wire === undefined) return undefined;
  const results = field(wire, 'results');
  const several = Array.isArray(results) && results.length > 0;
  const sound = several ? tried(parse, { ...wire, results: [] }) : undefined;
  if (several) return sound?.leaseId ? ofResults(wire, results, sound, parse) : undefined;
  const named = clipReference.safeParse(field(wire, 'clipInfo'));
  if (!named.success || Array.isArray(field(wire, 'notFound'))) return undefined;
  const { id, mediaUri, title } = named.data;
  const item = leaseOf(wire, parse);
  if (!item?.leaseId || (id ?? mediaUri ?? title) === undefined) return undefined;
  return { item, refused: [{ clip: named.data, reason: why }] };
}

function ofResults(wire: Wire, results: unknown[], sound: CompletedResearchItem, parse: Parse): Salvaged | undefined {
  const rest = Object.fromEntries(
    Object.entries(wire).filter(([name]) => !['notFound', 'not_found', ...both(FIELD_NAMES.pair)].includes(name)),
  );
  const taken: CompletedResearchItem['results'] = [];
  const refused: Salvaged['refused'][number][] = [];
  for (const result of results.slice(0, LOOKED_AT)) {
    try {
      taken.push(...parse(JSON.stringify({ ...rest, results: [result] })).results);
    } catch (error) {
      if (!(error instanceof InvalidMessage)) throw error;
      const named = clipReference.safeParse(
        typeof result === 'object' && result ? field(result as Wire, 'clipInfo') : 0,
      );
      if (named.success) refused.push({ clip: named.data, reason: error.message });
    }
  }
  return { item: { ...sound, results: taken }, refused };
}

/** More are not looked at: no researcher that means well sends them. */
const LOOKED_AT = 2 * MOST_CLIPS;

/** The message as a sign of life. */
function leaseOf(wire: Wire, parse: Parse): CompletedResearchItem | undefined {
  const episodeInfo = field(wire, 'episodeInfo');
  const base = { leaseId: field(wire, 'leaseId'), revokeLease: field(wire, 'revokeLease') };
  const described = (episode: unknown) =>
    tried(parse, { ...base, episodeInfo: episode, researcher: field(wire, 'researcher') }) ??
    tried(parse, { ...base, episodeInfo: episode });
  const id = typeof episodeInfo === 'object' && episodeInfo ? field(episodeInfo as Wire, 'id') : undefined;
  return described(episodeInfo) ?? (id === undefined ? undefined : described({ ...UNDESCRIBED, id }));
}

function tried(parse: Parse, wire: Wire): CompletedResearchItem | undefined {
  try {
    return parse(JSON.stringify(wire));
  } catch (error) {
    if (error instanceof InvalidMessage) return undefined;
    throw error;
  }
}

function wireOf(body: string): Wire | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Wire) : undefined;
  } catch {
    return undefined;
  }
}

const snakeCase = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const both = (names: readonly string[]): string[] => names.flatMap((name) => [name, snakeCase(name)]);

const field = (wire: Wire, name: string): unknown =>
  both([name])
    .map((spelling) => (Object.hasOwn(wire, spelling) ? wire[spelling] : undefined))
    .find((value) => value !== undefined && value !== null);
