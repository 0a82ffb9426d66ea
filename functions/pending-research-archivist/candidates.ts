import type { Ledgers, Nominee } from '../ports.ts';
import type { Drafts } from './drafts.ts';

type Assignable = 'OPEN' | 'STRUCK';

/**
 * The episodes of a state in the order of work: what the index nominates, merged with what this run has read already
 * (which the index may not show yet, or no longer rightly).
 */
export class Candidates {
  private readonly ledgers: Pick<Ledgers, 'nominees'>;
  private readonly drafts: Drafts;
  private readonly streams = new Map<Assignable, { iterator: AsyncIterator<Nominee>; head: Nominee | undefined }>();

  constructor(ledgers: Pick<Ledgers, 'nominees'>, drafts: Drafts) {
    this.ledgers = ledgers;
    this.drafts = drafts;
  }

  /** The first episode of the state, or undefined when there is none. It stays first until its draft leaves the state. */
  async first(state: Assignable): Promise<number | undefined> {
    const nominee = await this.nominee(state);
    const draft = this.drafts.inState(state)[0];
    if (draft === undefined) return nominee?.episode;
    return nominee === undefined || draft.position <= nominee.position ? draft.episode : nominee.episode;
  }

  private async nominee(state: Assignable): Promise<Nominee | undefined> {
    let stream = this.streams.get(state);
    if (stream === undefined) {
      const iterator = this.ledgers.nominees(state)[Symbol.asyncIterator]();
      stream = { iterator, head: undefined };
      this.streams.set(state, stream);
      stream.head = await nextOf(iterator);
    }
    // An episode that this run has read is a draft; what the index says of it is older.
    while (stream.head !== undefined && this.drafts.has(stream.head.episode))
      stream.head = await nextOf(stream.iterator);
    return stream.head;
  }
}

async function nextOf(iterator: AsyncIterator<Nominee>): Promise<Nominee | undefined> {
  const next = await iterator.next();
  return next.done === true ? undefined : next.value;
}
