import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, removeCheckout } from '../checkout.ts';
import { ITEMS, writeFeed } from '../feed/made-feed.ts';
import { atMost, type Figure } from '../figures.ts';

/** What reading a feed took, without loading the code; memory with it. */
interface Read {
  readonly messages: number;
  readonly processorSeconds: number;
  readonly megabytes: number;
}

export interface FeedResult {
  readonly suite: 'feed';
  readonly items: number;
  readonly bytes: number;
  readonly now: Read;
  /** Of the commit it was compared with, in turn with this one. */
  readonly before?: Read;
  /** The same feed, sent before, with another token in each address. */
  readonly again: Read;
  readonly figures: readonly Figure[];
  /** The machine has a say in these. */
  readonly targets: readonly Figure[];
}

const MEGABYTES = 200;
const SHARE = 1 / 3;
/** The least of so many counts: other work on the machine only adds. */
const TIMES = 3;

/** A feed of 9,600 entries: what reading it takes, and that a second look of which only tokens differ gives nothing. */
export async function feedSuite(
  root: string,
  against: string | undefined,
  told: (line: string) => void,
): Promise<FeedResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'archivist-bench-feed-'));
  const feed = join(scratch, 'feed.xml');
  let other: string | undefined;
  try {
    other = against === undefined ? undefined : checkout(root, against, join(scratch, 'before'));
    writeFeed(feed, 'a');
    const [ours, theirs]: [Read[], Read[]] = [[], []];
    for (let time = 0; time < TIMES; time++) {
      ours.push(read(root, root, feed));
      if (other !== undefined) theirs.push(read(root, other, feed));
    }
    const [now, before] = [least(ours), theirs.length > 0 ? least(theirs) : undefined];
    const memory = join(scratch, 'memory');
    read(root, root, feed, memory);
    writeFeed(feed, 'b');
    const again = read(root, root, feed, memory);
    for (const [what, took] of Object.entries({ now, before, again })) if (took) told(`${what}: ${spoken(took)}`);
    return {
      suite: 'feed',
      items: ITEMS,
      bytes: statSync(feed).size,
      now,
      ...(before && { before }),
      again,
      figures: [atMost('messages of a second look at a feed of which only tokens differ', 0, again.messages)],
      targets: [
        ...(before
          ? [
              atMost(
                'processor time of reading, as a share of before',
                SHARE,
                now.processorSeconds / before.processorSeconds,
              ),
            ]
          : []),
        atMost('MB of memory to read a feed', MEGABYTES, now.megabytes),
        atMost('MB of memory for a second look at it', MEGABYTES, again.megabytes),
      ],
    };
  } finally {
    if (other !== undefined) removeCheckout(root, other);
    rmSync(scratch, { recursive: true, force: true });
  }
}

function read(root: string, sources: string, feed: string, ...memory: string[]): Read {
  const script = join(root, 'bench', 'feed', 'measured-reading.ts');
  return JSON.parse(execFileSync(process.execPath, [script, sources, feed, ...memory], { encoding: 'utf8' })) as Read;
}

const least = (all: readonly Read[]): Read => ({
  messages: all[0]?.messages ?? 0,
  processorSeconds: Math.min(...all.map(({ processorSeconds }) => processorSeconds)),
  megabytes: Math.max(...all.map(({ megabytes }) => megabytes)),
});

const spoken = ({ messages, processorSeconds, megabytes }: Read): string =>
  `${messages} messages, ${processorSeconds.toFixed(2)} s of a processor, ${Math.round(megabytes)} MB`;
