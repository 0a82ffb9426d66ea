import type { Entry, Kind } from '../../../domain/collection.ts';
import { idName, namesOf } from '../../../domain/identity.ts';
import type { ClipInfo, EpisodeInfo } from '../../../domain/messages.ts';
import { parseClipInfo, parseEpisodeInfo } from '../../../domain/messages.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** What curators said of things that their sources name, once the archive has taken it in. */
export type Said = ClipInfo & Pick<EpisodeInfo, 'dateAired'>;

/**
 * Each thing that its source names is one entry, as it was described last, and where it says unless another came there later.
 * Which entry that is its id says, and where that was joined to another the one that stands for both: what nobody named may
 * turn out to be it, and came first. What was joined is not researched.
 *
 * A message that the queue gave up may have been taken in by a run that died before it said so. It was, if its entry has its
 * date, which no other has; else it is left open whether another entry was said by it to be at its address.
 */
export function checkIdentities(world: World, kind: Kind): undefined {
  const { state } = world.archive;
  const entryOf = ({ source = '', sourceId = '' }: Said) =>
    standing(world, kind, state.names[kind].get(idName(kind, source, sourceId))?.ordinal ?? 0);
  const isTaken = (info: Said) => entryOf(info)?.info.lastDateCurated === info.lastDateCurated;
  const givenUp = givenUpOf(world, kind);
  const latest = new Map<string, Said>();
  const claims = new Map<string, Said>();
  for (const info of [...world.truth.ofSources[kind], ...givenUp.filter(isTaken)]) {
    const id = `${info.source} ${info.sourceId}`;
    const place = `${info.source} ${info.mediaUri}`;
    if (isLater(info, latest.get(id))) latest.set(id, info);
    if (isLater(info, claims.get(place))) claims.set(place, info);
  }
  const ordinals = new Map<number, string>();
  for (const [id, info] of latest) {
    const { source, sourceId } = info;
    const entry = entryOf(info);
    if (entry === undefined) return world.violate('IDENTITY', `${kind} ${id} is not known by its id`);
    const { ordinal } = entry;
    const twin = ordinals.get(ordinal);
    if (twin !== undefined) return world.violate('IDENTITY', `${kind} ${id} and ${twin} are one entry`);
    ordinals.set(ordinal, id);
    const { title, mediaUri } = entry.info;
    if (title !== info.title || mediaUri !== info.mediaUri || entry.info.revision !== info.revision) {
      return world.violate('IDENTITY', `${kind} ${id} is not as it was described last: ${title}, ${mediaUri}`);
    }
    const claim = claims.get(`${source} ${mediaUri}`);
    const away = claim?.sourceId !== sourceId;
    const isOpen = givenUp.some((one) => one.source === source && one.mediaUri === mediaUri && isLater(one, claim));
    if ((entry.gone === true) !== away && !isOpen) {
      return world.violate('IDENTITY', `${kind} ${id} is ${away ? 'not ' : ''}said to be gone from its address`);
    }
    const ledger = kind === 'episode' ? state.ledgers.get(ordinal) : undefined;
    if (ledger !== undefined && (ledger.gone === true) !== (entry.gone === true)) {
      return world.violate('IDENTITY', `the ledger of episode ${id} does not know whether it is gone`);
    }
  }
  for (const { ordinal, sameAs } of state[kind].values()) {
    if (sameAs === undefined) continue;
    if (sameAs >= ordinal)
      return world.violate('IDENTITY', `${kind} ${sameAs} stands for ${ordinal}, which came first`);
    if (kind === 'episode' && state.ledgers.get(ordinal)?.gone !== true)
      return world.violate('IDENTITY', `the ledger of episode ${ordinal} does not know that ${sameAs} stands for it`);
  }
}

function givenUpOf({ truth }: World, kind: Kind): Said[] {
  const sensible = truth.givenUp[kind].filter((body) => truth.curated.get(body)?.hopeless === false);
  const infos = sensible.map((body) => (kind === 'clip' ? parseClipInfo(body) : parseEpisodeInfo(body)));
  return infos.filter(({ sourceId }) => sourceId !== undefined);
}

/** The entry of this ordinal, or the one that stands for it. */
function standing(world: World, kind: Kind, ordinal: number): Entry<Said> | undefined {
  const entry = world.archive.state[kind].get(ordinal);
  // Each of lower ordinal, as it must be: a judge does not go in circles.
  return entry?.sameAs === undefined || entry.sameAs >= ordinal ? entry : standing(world, kind, entry.sameAs);
}

const isLater = (info: Said, before: Said | undefined): boolean =>
  before === undefined || Date.parse(info.lastDateCurated) > Date.parse(before.lastDateCurated);

/** What a curated message became when it was acknowledged. @returns the thing that it describes, if it makes sense */
export function checkArchived(
  world: World,
  process: Process,
  kind: Kind,
  body: string,
  dead: ReadonlySet<string>,
): number | undefined {
  const curated = world.truth.curated.get(body);
  if (curated?.hearsay || (curated?.hopeless === true && dead.has(body))) return;
  if (curated === undefined || curated.hopeless) {
    return world.violate('COLLECTION', `${process.name} took in a ${kind} that makes no sense`);
  }
  const owners = world.archive.state.names[kind];
  const info = kind === 'clip' ? parseClipInfo(body) : parseEpisodeInfo(body);
  const names = namesOf(kind, info);
  const ordinal = owners.get(names.id ?? names.uri)?.ordinal;
  if (names.id !== undefined) world.truth.ofSources[kind].push(info);
  const bySecond = names.id === undefined ? owners.get(names.title ?? '')?.ordinal : ordinal;
  if (ordinal === undefined || bySecond !== ordinal) {
    return world.violate('COLLECTION', `${kind} "${curated.thing}" is not known by both names that it had`);
  }
  const thing = `${kind}/${curated.thing}`;
  const known = world.truth.ordinals.get(thing);
  if (known !== undefined && known !== ordinal) {
    world.violate('COLLECTION', `${kind} "${curated.thing}" is entry ${known} and entry ${ordinal}`);
  }
  world.truth.ordinals.set(thing, ordinal);
  return curated.thing;
}
