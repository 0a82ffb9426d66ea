import { type PairResult, rangesOf } from '../../../domain/messages.ts';
import type { Said } from './truth.ts';

/** Results that a researcher holds back, to send them together. */
export class Together {
  readonly most: number;
  private held: { readonly result: PairResult; readonly said: Said }[] = [];

  constructor(most: number) {
    this.most = most;
  }

  /** @returns whether this was the first one */
  hold(result: PairResult, said: Said): boolean {
    this.held.push({ result, said });
    return this.held.length === 1;
  }

  get full(): boolean {
    return this.held.length >= this.most;
  }

  get isEmpty(): boolean {
    return this.held.length === 0;
  }

  /** Everything held back, as a message says it: what was not found by its ids alone. */
  take(): { readonly results: PairResult[]; readonly notFound: string[]; readonly parts: Said[] } {
    const { held } = this;
    this.held = [];
    const negatives = held.filter(({ result }) => result.failure === '' && result.clipOffsets.length === 0);
    return {
      results: held.filter((one) => !negatives.includes(one)).map(({ result }) => result),
      notFound: rangesOf(negatives.map(({ result }) => Number(result.clipInfo.id))),
      parts: held.map(({ said }) => said),
    };
  }
}
