import type { Kind } from '../../../domain/collection.ts';
import { bodyOf, type ClipInfo, type EpisodeInfo } from '../../../domain/messages.ts';
import { timestampOf } from '../../../domain/timestamp.ts';
import type { Archivists } from './archivists.ts';
import type { Random } from './random.ts';
import type { Curated } from './truth.ts';
import { EPOCH, type World } from './world.ts';

type Info = ClipInfo & EpisodeInfo;

interface Thing {
  readonly kind: Kind;
  readonly number: number;
  info: Info;
  /** Descriptions that have not been taken in. Only without any does it get another name, as identity by names asks for. */
  readonly pending: Set<string>;
}

/** Curators find clips and episodes and describe them, again and again, and change their minds. */
export class Curators {
  readonly things: Thing[] = [];
  private readonly world: World;
  private readonly archivists: Archivists;
  private readonly random: Random;
  private described = 0;

  constructor(world: World, archivists: Archivists) {
    this.world = world;
    this.archivists = archivists;
    this.random = world.forkRandom();
  }

  start(): undefined {
    const { plan, scheduler } = this.world;
    for (let index = 0; index < plan.episodes; index++) this.find('episode');
    for (let index = 0; index < plan.clips; index++) this.find('clip');
    for (let index = 0; index < plan.curations; index++) {
      scheduler.after(this.random.int(0, plan.troubleMs), () => this.change());
    }
    for (let index = 0; index < plan.habits.moves; index++) {
      scheduler.after(this.random.int(0, plan.troubleMs), () => {
        const thing = this.drawn(({ kind, pending }) => kind === 'clip' && pending.size === 0);
        if (thing !== undefined) this.move(thing);
      });
    }
    // Most of them come while a run goes by the clips that it has read.
    let due = 0;
    for (let index = 0; index < plan.recordings; index++) {
      const inARun = this.random.chance(0.75);
      scheduler.after(this.random.int(0, plan.troubleMs), () => (inARun ? due++ : this.record()));
    }
    this.world.onCatalogueRead = () => {
      if (due === 0 || this.random.chance(0.5)) return;
      due--;
      const replaced = this.record();
      if (replaced !== undefined) this.archivists.curated(replaced, 0);
    };
  }

  /** A source has another recording of what it names: the same entry, to be researched again. */
  private record(): Kind | undefined {
    const thing = this.drawn(({ info }) => info.source !== undefined);
    if (thing === undefined) return undefined;
    const recording = Number(thing.info.revision?.slice(1) ?? 0) + 1;
    thing.info = { ...thing.info, revision: `r${recording}` };
    this.describe(thing, `has recording ${recording} of`);
    return thing.kind;
  }

  private drawn(is: (thing: Thing) => boolean): Thing | undefined {
    const things = this.things.filter(is);
    return things.length === 0 ? undefined : this.random.of(things);
  }

  /** What was given up because its media is bad gets good media, in the end. */
  mendAll(): undefined {
    for (const thing of this.things)
      if (thing.pending.size === 0 && /dead|killer/.test(thing.info.mediaUri) && this.random.chance(0.5))
        this.move(thing);
  }

  taken(kind: Kind, number: number, body: string): undefined {
    this.things.find((one) => one.kind === kind && one.number === number)?.pending.delete(body);
  }

  private find(kind: Kind): undefined {
    const number = this.things.filter((thing) => thing.kind === kind).length + 1;
    const { random } = this;
    const found = timestampOf(EPOCH - random.int(1, 90) * 86_400_000);
    const info: Info = {
      initialDateCurated: found,
      lastDateCurated: found,
      curatorInformation: 'simulation',
      title: `${kind} ${number}`,
      description: '',
      mediaUri: this.mediaUri(kind, number, 1),
      mediaType: 'audio/mpeg',
      priority: random.int(0, 3),
      ...(kind === 'episode' ? { dateAired: timestampOf(EPOCH - random.int(1, 2_000) * 86_400_000) } : {}),
    };
    const thing = {
      kind,
      number,
      info: random.chance(this.world.plan.habits.sourced) ? this.ofSource(info, number) : info,
      pending: new Set<string>(),
    };
    this.things.push(thing);
    this.describe(thing, 'finds');
    // Some feeds are corrected at once: insertion and move may come in one batch, or the other way round.
    if (random.chance(0.1)) this.move(thing);
  }

  /** Of a show that names its entries: then many have one title. */
  private ofSource(info: Info, number: number): Info {
    const title = `Episode ${this.random.int(1, this.world.plan.habits.titles)}`;
    // Both shows count their entries from one.
    const named = { ...info, title, source: `show ${number % 2}`, sourceId: `${number >> 1}` };
    return this.world.plan.recordings === 0 ? named : { ...named, revision: 'r1' };
  }

  /** What a show names changes whenever it likes: its id says what it is. */
  private changeOfSource(thing: Thing): undefined {
    const { random } = this;
    const peers = this.things.filter(({ kind, info }) => kind === thing.kind && info.source === thing.info.source);
    const peer = random.of(peers);
    const { addresses, hearsay } = this.world.plan.habits;
    if (hearsay > 0 && random.chance(hearsay)) return this.tellElsewhere(thing);
    if (addresses > 0 && random.chance(0.8)) return this.turnRound(peers);
    switch (random.int(0, 6)) {
      case 0:
        thing.info = { ...thing.info, title: peer.info.title };
        return this.describe(thing, 'calls like another');
      case 1:
        return this.move(thing);
      case 2:
        if (peer === thing) return;
        [thing.info, peer.info] = [
          { ...thing.info, mediaUri: peer.info.mediaUri },
          { ...peer.info, mediaUri: thing.info.mediaUri },
        ];
        this.describe(thing, 'puts in the place of another');
        return this.describe(peer, 'puts in the place of another');
      case 3:
      case 4:
        // The next one at the same address.
        thing.info = { ...thing.info, mediaUri: peer.info.mediaUri };
        return this.describe(thing, 'puts over another');
      default:
        return this.describe(thing, 'says again');
    }
  }

  /** Several entries of a show go somewhere else while the archive takes in that the first one did. */
  private turnRound(peers: readonly Thing[]): undefined {
    const { random } = this;
    const { scheduler, plan } = this.world;
    const places = Array.from({ length: plan.habits.addresses }, (_, index) => index + 1);
    let afterMs = 0;
    const later = (thing: Thing, place: number) => {
      scheduler.after(afterMs, () => this.takeAddress(thing, place));
      afterMs += random.int(100, 2_000);
    };
    if (random.chance(0.5)) {
      for (let times = random.int(2, 8); times > 0; times--) later(random.of(peers), random.of(places));
      return;
    }
    // One goes away, another takes its place, and it comes back.
    const [one, other, place] = [random.of(peers), random.of(peers), random.of(places)];
    later(one, place);
    afterMs += random.int(0, 8_000);
    later(one, random.of(places));
    afterMs += random.int(0, 8_000);
    later(other, place);
    later(one, place);
  }

  /**
   * Somebody who names no source tells of an entry by its address, calls it something else, and sometimes tells by that
   * name that it is at an address of another show: its source decides all the same.
   */
  private tellElsewhere({ kind, info, number }: Thing): undefined {
    const { random, world } = this;
    const { source, sourceId: _id, revision: _revision, ...rest } = info;
    const title = `what others call ${kind} ${number}`;
    const tell = (mediaUri: string) => {
      const lastDateCurated = timestampOf(Math.max(world.now, EPOCH) + ++this.described);
      this.send(kind, bodyOf({ ...rest, title, mediaUri, lastDateCurated }), {
        thing: number,
        hopeless: false,
        hearsay: true,
      });
      world.tell('curator', `hears of ${title} at ${mediaUri.slice(26)}`);
    };
    tell(info.mediaUri);
    if (random.chance(0.3)) return;
    const show = source === 'show 0' ? 'show 1' : 'show 0';
    const place = addressOf(kind, show, random.int(1, world.plan.habits.addresses));
    world.scheduler.after(random.int(0, 60_000), () => tell(place));
  }

  /** One of the few that its show has: it, or another, may have been there before. */
  private takeAddress(thing: Thing, place: number): undefined {
    const { kind, info } = thing;
    thing.info = { ...info, mediaUri: addressOf(kind, info.source ?? '', place) };
    this.describe(thing, 'puts at an address of its show');
  }

  private mediaUri(kind: Kind, number: number, file: number): string {
    const { plan, troubled } = this.world;
    const bad =
      troubled && this.random.chance(plan.dead)
        ? 'dead'
        : kind === 'clip' && troubled && this.random.chance(plan.killers)
          ? 'killer'
          : 'good';
    return `https://media.example.org/${kind}/${number}/${file}-${bad}.mp3`;
  }

  private change(): undefined {
    const { random } = this;
    const settled = this.things.filter(({ pending }) => pending.size === 0);
    const thing = settled.length === 0 ? undefined : random.of(settled);
    const drawn = random.int(0, 9);
    const named = this.things.filter(({ info }) => info.source !== undefined);
    if (named.length > 0 && random.chance(0.5)) return this.changeOfSource(random.of(named));
    if (thing === undefined || drawn <= 2) return this.find(random.chance(0.6) ? 'clip' : 'episode');
    if (drawn === 3) return this.sayNonsense(thing);
    if (drawn === 4 && thing.info.source === undefined) return this.sayConflict(thing);
    if (drawn === 5) return this.describe(thing, 'says again');
    if (drawn === 6) {
      thing.info = { ...thing.info, title: `${thing.info.title}'` };
      return this.describe(thing, 'retitles');
    }
    if (drawn === 7) {
      // More than once before the archive has taken it in: the queue may turn them round.
      for (let times = random.int(1, 3); times > 0; times--) {
        thing.info = { ...thing.info, priority: random.int(0, 9) };
        this.describe(thing, 'ranks');
      }
      return;
    }
    this.move(thing);
  }

  private move(thing: Thing): undefined {
    const file = Number(/(\d+)-/.exec(thing.info.mediaUri)?.[1]) + 1;
    thing.info = { ...thing.info, mediaUri: this.mediaUri(thing.kind, thing.number, file) };
    this.describe(thing, 'moves');
  }

  private describe(thing: Thing, how: string): undefined {
    const { world } = this;
    thing.info = { ...thing.info, lastDateCurated: timestampOf(Math.max(world.now, EPOCH) + ++this.described) };
    const body = bodyOf(thing.info);
    thing.pending.add(body);
    this.send(thing.kind, body, { thing: thing.number, hopeless: false });
    world.tell(
      'curator',
      `${how} ${thing.info.title}: ${thing.info.mediaUri.slice(26)}, priority ${thing.info.priority}`,
    );
  }

  private sayNonsense({ kind, info }: Thing): undefined {
    this.send(kind, bodyOf({ ...info, mediaUri: '' }), { thing: 0, hopeless: true });
    this.world.tell('curator', `describes a ${kind} without a media URI`);
  }

  private sayConflict({ kind, info, number }: Thing): undefined {
    const other = this.things.find(
      (one) => one.kind === kind && one.pending.size === 0 && one.number !== number && one.info.source === undefined,
    );
    if (other === undefined) return;
    const mixed = {
      ...info,
      mediaUri: other.info.mediaUri,
      lastDateCurated: timestampOf(this.world.now + ++this.described),
    };
    this.send(kind, bodyOf(mixed), { thing: 0, hopeless: true });
    this.world.tell('curator', `mixes up ${info.title} and ${other.info.title}`);
  }

  private send(kind: Kind, body: string, curated: Omit<Curated, 'kind'>): undefined {
    const { world } = this;
    const queue = kind === 'clip' ? world.curatedClips : world.curatedEpisodes;
    world.truth.curated.set(body, { kind, ...curated });
    queue.send(body);
    if (world.troubled && this.random.chance(world.plan.duplicated)) queue.send(body);
    this.archivists.curated(kind);
  }
}

const addressOf = (kind: Kind, show: string, place: number): string =>
  `https://media.example.org/${kind}/${show.replace(' ', '-')}/${place}-good.mp3`;
