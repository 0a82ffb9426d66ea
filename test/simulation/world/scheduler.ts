interface Happening {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Lets every promise that can go on go on. No time passes: the event loop only turns once. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A virtual clock and what is to happen on it, in the order of time and, at the same time, of asking. */
export class Scheduler {
  now: number;
  steps = 0;
  private readonly heap: Happening[] = [];
  private asked = 0;

  constructor(start: number) {
    this.now = start;
  }

  at(time: number, happen: () => void): void {
    this.push({ at: Math.max(time, this.now), order: this.asked++, happen });
  }

  after(ms: number, happen: () => void): void {
    this.at(this.now + ms, happen);
  }

  /** Resolves when the time has come. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets things happen until the time, or until `stop` says so. */
  async run(until: number, stop: () => boolean = () => false): Promise<void> {
    await settled();
    for (let next = this.heap[0]; next !== undefined && next.at <= until && !stop(); next = this.heap[0]) {
      this.pop();
      this.now = next.at;
      this.steps++;
      next.happen();
      await settled();
    }
    if (!stop()) this.now = Math.max(this.now, until);
  }

  private push(item: Happening): void {
    const { heap } = this;
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (before(heap[parent] as Happening, item)) break;
      heap[index] = heap[parent] as Happening;
      index = parent;
    }
    heap[index] = item;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop() as Happening;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && before(right, heap[child] as Happening)) child++;
      if (before(last, heap[child] as Happening)) break;
      heap[index] = heap[child] as Happening;
      index = child;
    }
    heap[index] = last;
  }
}

const before = (a: Happening, b: Happening) => a.at < b.at || (a.at === b.at && a.order < b.order);
