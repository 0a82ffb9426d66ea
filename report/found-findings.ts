import { betterThan } from '../domain/rivals.ts';
import { epochMs } from '../domain/timestamp.ts';
import type { StoredFinding } from '../operating/tables/dynamo-operations.ts';
import { Words } from './words.ts';

/** A finding as far as pages tell of it. */
export interface ShownFinding extends Omit<StoredFinding, 'researchDate' | 'episodeRecording' | 'clipRecording'> {
  /** Ms since the epoch; NaN where nobody said. */
  readonly foundAt: number;
  /** By place: the clip that fits it better; 0 where none does. */
  readonly rivalOf: readonly number[];
}

type Numbers = Float64Array | Float32Array | Uint32Array | Uint8Array;

/** Numbers that become more. */
class Column<A extends Numbers> {
  values: A;
  length = 0;
  private readonly make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.make = make;
    this.values = make(1024);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const more = this.make(2 * this.length);
      more.set(this.values);
      this.values = more;
    }
    this.values[this.length++] = value;
  }
}

const doubles = () => new Column((length) => new Float64Array(length));
const integers = () => new Column((length) => new Uint32Array(length));

function unknownTo(length: number): Column<Float64Array> {
  const column = doubles();
  while (column.length < length) column.push(Number.NaN);
  return column;
}

/** Rows in an order, and where those of each key begin and end in it. */
interface Grouped {
  readonly rows: Uint32Array;
  /** By key; one more than there are keys. */
  readonly starts: Uint32Array;
}

/**
 * Findings as columns of numbers: a million of them are 120 MB, and would be a gigabyte as objects, of which a page needs a
 * few at a time.
 */
export class FoundFindings {
  private readonly episodes = integers();
  private readonly clips = integers();
  private readonly variants = new Column((length) => new Uint8Array(length));
  private readonly researchers = integers();
  private readonly analyzers = integers();
  private readonly foundAt = doubles();
  private readonly hashes = integers();
  private readonly episodeNs = doubles();
  private readonly clipNs = doubles();
  /** Where the places of each begin. */
  private readonly places = integers();
  private readonly offsets = doubles();
  /** NaN where nobody gave one. */
  private readonly scores = new Column((length) => new Float32Array(length));
  /** NaN where nobody said which part is heard; undefined as long as nobody has. */
  private heard: { readonly from: Column<Float64Array>; readonly to: Column<Float64Array> } | undefined;
  private readonly words = new Words();
  private made: Groups | undefined;

  static of(findings: Iterable<StoredFinding>): FoundFindings {
    const all = new FoundFindings();
    for (const finding of findings) all.add(finding);
    return all;
  }

  get length(): number {
    return this.episodes.length;
  }

  add(finding: StoredFinding): void {
    this.made = undefined;
    this.episodes.push(finding.episode);
    this.clips.push(finding.clip);
    this.variants.push(finding.variant);
    this.researchers.push(this.words.index(finding.researcher));
    this.analyzers.push(this.words.index(finding.analyzer));
    this.foundAt.push(epochMs(finding.researchDate));
    this.hashes.push(this.words.index(finding.episodeFacts.hash));
    this.episodeNs.push(finding.episodeFacts.durationNs);
    this.clipNs.push(finding.clipFacts.durationNs);
    this.places.push(this.offsets.length);
    const { offsetsNs, scores, heardFromNs, heardToNs } = finding;
    if (heardFromNs !== undefined || heardToNs !== undefined) {
      this.heard ??= { from: unknownTo(this.offsets.length), to: unknownTo(this.offsets.length) };
    }
    for (let place = 0; place < offsetsNs.length; place++) {
      this.offsets.push(offsetsNs[place]!);
      this.scores.push(scores[place] ?? Number.NaN);
      this.heard?.from.push(heardFromNs?.[place] ?? Number.NaN);
      this.heard?.to.push(heardToNs?.[place] ?? Number.NaN);
    }
  }

  /** Rows of findings and variants in an episode, by clip and variant. */
  inEpisode(episode: number): Uint32Array {
    return slice(this.groups().byEpisode, episode);
  }

  /** Rows of findings and variants of a clip, by episode and variant. */
  ofClip(clip: number): Uint32Array {
    return slice(this.groups().byClip, clip);
  }

  stands(row: number): boolean {
    return this.variants.values[row] === 0;
  }

  episodeOf(row: number): number {
    return this.episodes.values[row]!;
  }

  clipOf(row: number): number {
    return this.clips.values[row]!;
  }

  /** Ms since the epoch; NaN where nobody said. */
  foundAtOf(row: number): number {
    return this.foundAt.values[row]!;
  }

  playsOf(row: number): number {
    return this.end(row) - this.places.values[row]!;
  }

  /** Ns; 0 of none. */
  firstPlayOf(row: number): number {
    return this.playsOf(row) === 0 ? 0 : this.offsets.values[this.places.values[row]!]!;
  }

  /** 0..1; -1 when nobody gave one. */
  bestScoreOf(row: number): number {
    return this.scores.values
      .subarray(this.places.values[row], this.end(row))
      .reduce((best, score) => (score > best ? score : best), -1);
  }

  /** What its researcher measured, ns. */
  durationOf(row: number, of: 'episode' | 'clip'): number {
    return (of === 'episode' ? this.episodeNs : this.clipNs).values[row]!;
  }

  shown(row: number): ShownFinding {
    return { ...this.bare(row), rivalOf: [...this.groups().rivals.subarray(this.places.values[row], this.end(row))] };
  }

  private end(row: number): number {
    return row + 1 < this.length ? this.places.values[row + 1]! : this.offsets.length;
  }

  private groups(): Groups {
    if (this.made === undefined) {
      const rows = Uint32Array.from({ length: this.length }, (_, row) => row);
      const byVariant = groupedBy(rows, this.variants.values).rows;
      const byEpisode = groupedBy(groupedBy(byVariant, this.clips.values).rows, this.episodes.values);
      const byClip = groupedBy(byEpisode.rows, this.clips.values);
      this.made = { byEpisode, byClip, rivals: this.rivals(byEpisode) };
    }
    return this.made;
  }

  /** By place: the clip that fits it better; 0 where none does. */
  private rivals({ rows, starts }: Grouped): Uint32Array {
    const rivals = new Uint32Array(this.offsets.length);
    for (let episode = 0; episode + 1 < starts.length; episode++) {
      const standing = [...rows.subarray(starts[episode], starts[episode + 1])].filter((row) => this.stands(row));
      const better = standing.length > 1 ? betterThan(standing.map((row) => this.bare(row))) : new Map();
      if (better.size === 0) continue;
      for (const row of standing) {
        const own = better.get(this.clipOf(row));
        if (own === undefined) continue;
        for (let place = this.places.values[row]!; place < this.end(row); place++) {
          rivals[place] = own.get(this.offsets.values[place]!)?.clip ?? 0;
        }
      }
    }
    return rivals;
  }

  private bare(row: number) {
    const [start, end] = [this.places.values[row]!, this.end(row)];
    const part = (column: Column<Float32Array | Float64Array> | undefined): number[] | undefined =>
      column === undefined || start === end || Number.isNaN(column.values[start])
        ? undefined
        : Array.from(column.values.subarray(start, end));
    const [heardFromNs, heardToNs] = [part(this.heard?.from), part(this.heard?.to)];
    return {
      episode: this.episodeOf(row),
      clip: this.clipOf(row),
      variant: this.variants.values[row]!,
      offsetsNs: part(this.offsets) ?? [],
      scores: part(this.scores) ?? [],
      ...(heardFromNs !== undefined && { heardFromNs }),
      ...(heardToNs !== undefined && { heardToNs }),
      researcher: this.words.list[this.researchers.values[row]!] ?? '',
      analyzer: this.words.list[this.analyzers.values[row]!] ?? '',
      foundAt: this.foundAtOf(row),
      episodeFacts: { hash: this.words.list[this.hashes.values[row]!] ?? '', durationNs: this.episodeNs.values[row]! },
      clipFacts: { hash: '', durationNs: this.clipNs.values[row]! },
    };
  }
}

interface Groups {
  readonly byEpisode: Grouped;
  readonly byClip: Grouped;
  readonly rivals: Uint32Array;
}

const slice = ({ rows, starts }: Grouped, key: number): Uint32Array =>
  key + 1 < starts.length ? rows.subarray(starts[key], starts[key + 1]) : rows.subarray(0, 0);

/** Rows by their key, those of one key in the order in which they came: a counting sort. */
function groupedBy(rows: Uint32Array, keys: Uint32Array | Uint8Array): Grouped {
  let most = 0;
  for (const row of rows) if (keys[row]! > most) most = keys[row]!;
  const starts = new Uint32Array(most + 2);
  for (const row of rows) starts[keys[row]! + 1]!++;
  for (let key = 1; key < starts.length; key++) starts[key]! += starts[key - 1]!;
  const next = starts.slice();
  const ordered = new Uint32Array(rows.length);
  for (const row of rows) ordered[next[keys[row]!]!++] = row;
  return { rows: ordered, starts };
}
