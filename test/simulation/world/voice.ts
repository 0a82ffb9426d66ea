import {
  bodyOf,
  type ClipToFind,
  type CompletedResearchItem,
  completedItem,
  type PendingResearchItem,
} from '../../../domain/messages.ts';
import { timestampOf } from '../../../domain/timestamp.ts';
import type { Random } from './random.ts';
import { playsAt, type Said } from './truth.ts';
import { shortLease, type World } from './world.ts';

/** There are two versions of it, so that findings of a pair are by both. */
export const analyzerOf = (researcher: string): string => `simulated@${1 + (researcher.length % 2)}`;

/** What a researcher sends, sense and nonsense; the judge is told what it means. */
export class Voice {
  private readonly world: World;
  private readonly name: string;
  private readonly random: Random;
  private readonly skewMs: number;
  /** Sends back which recordings a work item names; older ones do not. */
  private readonly tellsRecordings: boolean;
  /** Says how long the files are and what their hashes are. */
  readonly measures: boolean;

  constructor(world: World, name: string, random: Random, skewMs: number) {
    this.world = world;
    this.name = name;
    this.random = random;
    this.skewMs = skewMs;
    this.tellsRecordings = world.plan.recordings === 0 || random.chance(0.5);
    this.measures = world.plan.recordings === 0 || random.chance(0.5);
  }

  /** What the archive cannot take of a pair that it names. */
  refused(item: PendingResearchItem, clip: ClipToFind): void {
    const fields = { leaseId: item.leaseId, researcher: this.name, clipInfo: clip, clipOffsets: [-5] };
    this.sayBody(bodyOf(completedItem(item.episode, fields)), this.said('refused', item, Number(clip.id), {}));
  }

  nonsense(item: PendingResearchItem, clip: ClipToFind): void {
    const { world, random } = this;
    const drawn = random.of([0, 1, 1, 1, 2, 3, 4, 5]);
    if (drawn === 0) this.sayBody('not even JSON', this.said('garbage', item, 0, {}));
    if (drawn === 1) this.refused(item, clip);
    if (drawn === 2 || drawn === 5) {
      const { id: _, ...unknown } = {
        ...clip,
        title: `nobody knows ${random.int(1, 3)}`,
        mediaUri: `https://other.example.org/${random.int(1, 3)}`,
      };
      this.say(item, { clipInfo: unknown, clipOffsets: [1] }, 'unknown');
    }
    if (drawn === 3) this.say(item, { clipInfo: clip, leaseId: '', clipOffsets: playsAt(item.episode, clip) });
    if (drawn === 4) {
      const lease = `99999999-0000-4000-8000-${random.int(0, 999).toString().padStart(12, '0')}`;
      this.say(item, { leaseId: lease });
    }
    world.tell(this.name, 'talks nonsense');
  }

  say(
    item: PendingResearchItem,
    fields: Partial<CompletedResearchItem>,
    kind?: Said['kind'],
    parts: Said[] = [],
  ): void {
    const { world, random } = this;
    // A researcher that knows nothing of ids is found by names; of addresses that a source gives to others it must know.
    const { id: _e, ...episode } = item.episode;
    const { clipInfo } = fields;
    const { state } = world.archive;
    const ofSource = [state.episode.get(Number(_e)), state.clip.get(Number(clipInfo?.id))].some(
      (entry) => entry?.info.source !== undefined,
    );
    const { habits } = world.plan;
    const nameless = random.chance(habits.nameless) && !ofSource;
    let clip = clipInfo;
    if (nameless && clipInfo !== undefined) {
      const { id: _c, ...rest } = clipInfo;
      // Of two clips that it names, the address says which it is.
      const title =
        kind !== 'unknown' && random.chance(habits.mistitled) ? this.titleOfAnother(Number(clipInfo.id)) : undefined;
      clip = { ...rest, ...(title !== undefined && { title }) };
    }
    const message = completedItem(this.sentBack(nameless ? episode : item.episode), {
      leaseId: item.leaseId,
      researcher: this.name,
      // Some have another version.
      analyzer: analyzerOf(this.name),
      researchDate: timestampOf(world.now + this.skewMs),
      ...fields,
      ...(clip === undefined ? {} : { clipInfo: this.sentBack(clip) }),
      ...(fields.results && {
        results: fields.results.map((one) => ({ ...one, clipInfo: this.sentBack(one.clipInfo) })),
      }),
    });
    const said = kind ?? (fields.failure ? (clip ? 'clipFailure' : 'episodeFailure') : clip ? 'result' : 'sign');
    const whole = this.said(said, item, Number(clipInfo?.id ?? 0), fields);
    const now = parts.map((part) => ({ ...part, sentAt: world.now, lastWord: whole.lastWord }));
    this.sayBody(bodyOf(message), parts.length === 0 ? whole : { ...whole, parts: now });
  }

  /** Of a clip that its title names. */
  private titleOfAnother(clip: number): string | undefined {
    const clips = [...this.world.archive.state.clip.values()];
    const others = clips.filter(({ ordinal, info }) => ordinal !== clip && info.sourceId === undefined);
    return others.length === 0 ? undefined : this.random.of(others).info.title;
  }

  /** A result that comes late, under no lease and by the names of its clip alone. */
  sayByName(item: PendingResearchItem, { id, ...clipInfo }: ClipToFind): void {
    const { title, mediaUri } = clipInfo;
    const fields = { leaseId: '', clipInfo, clipOffsets: playsAt(item.episode, { ...clipInfo, id }) };
    const said = this.said('result', item, Number(id), fields);
    const named = { ...fields, clipInfo: this.sentBack(clipInfo), researcher: this.name };
    this.sayBody(bodyOf(completedItem(this.sentBack(item.episode), named)), { ...said, byName: { title, mediaUri } });
  }

  private sentBack<I extends { readonly revision?: string | undefined }>(info: I): I {
    if (this.tellsRecordings) return info;
    const { revision: _, ...rest } = info;
    return rest as I;
  }

  said(kind: Said['kind'], item: PendingResearchItem, clip: number, fields: Partial<CompletedResearchItem>): Said {
    return {
      kind,
      leaseId: kind === 'garbage' ? '' : (fields.leaseId ?? item.leaseId),
      episode: Number(item.episode.id),
      clip: kind === 'unknown' ? 0 : clip,
      offsets: fields.clipOffsets ?? [],
      lastWord: fields.revokeLease === true || kind === 'episodeFailure',
      researcher: this.name,
      sentAt: this.world.now,
      ...(kind === 'result' && { of: this.recordingsOf(item, clip, fields) }),
    };
  }

  private recordingsOf(
    { episode, clips }: PendingResearchItem,
    clip: number,
    { clipInfo, clipOffsets }: Partial<CompletedResearchItem>,
  ): Said['of'] {
    const { revision, mediaUri } = clips.find(({ id }) => Number(id) === clip) ?? {};
    // What was not found is told by its id alone where several are reported together.
    const byIdAlone = clipInfo === undefined && (clipOffsets ?? []).length === 0 && revision !== undefined;
    return { episode: episode.revision, clip: revision, told: this.tellsRecordings && !byIdAlone, mediaUri };
  }

  private sayBody(body: string, said: Said): void {
    const { world, random } = this;
    const queue = world.archive.completedMessages;
    world.truth.say(queue.send(body), body, said);
    world.tell(this.name, sentence(said));
    if (world.troubled && random.chance(world.plan.duplicated)) world.truth.say(queue.send(body), body, said);
  }
}

function sentence({ kind, leaseId, episode, clip, offsets, lastWord, parts }: Said): string {
  const last = lastWord ? ', its last word' : '';
  const lease = `for ${shortLease(leaseId)}${last}`;
  if (parts !== undefined) return `says together: ${parts.map(sentence).join('; ')}`;
  if (kind === 'result') return `reports ${episode}×${clip} ${offsets.length > 0 ? 'found' : 'not found'} ${lease}`;
  if (kind === 'clipFailure') return `cannot fetch clip ${clip} ${lease}`;
  if (kind === 'episodeFailure') return `cannot fetch episode ${episode} ${lease}`;
  if (kind === 'sign') return `gives a sign of life ${lease}`;
  return `sends ${kind} ${lease}`;
}
