import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Name } from '../domain/identity.ts';
import { epochMs, timestampOf } from '../domain/timestamp.ts';
import { isWeb } from '../web/redirect.ts';
import type { Validators } from '../web/validators.ts';
import { withoutTokens } from './address-tokens.ts';
import type { CuratedMessage, Remembered } from './curated.ts';

/** What is known of an entry that was sent. */
interface Sent {
  /** Of everything in the message but its curation dates. */
  readonly digest: string;
  readonly lastMs: number;
  /** Of the name it was sent under, empty for none. */
  readonly name: string;
  readonly note: string | undefined;
}

/** Entries remembered per source; those not seen for longest are forgotten first, and would be sent once more. */
const MOST_ENTRIES = 100_000;

/** Raised when the same document gives other messages than before: it is read again then, changed or not. */
const FORMAT = 2;

const text = z.string();

/** Entries as [key, digest, milliseconds in base 36, name, note if any]. */
const stored = z.object({
  settings: text,
  source: z.optional(text),
  movedTo: z.optional(text),
  etag: z.optional(text),
  lastModified: z.optional(text),
  entries: z.array(z.tuple([text, text, text, text], text)),
});

/**
 * What was sent of one source: unchanged entries are not sent again, and a changed one gets a lastDateCurated that
 * the archive takes for newer, even where the feed changed no date.
 */
export class CurationMemory implements Remembered {
  readonly #settings: string;
  readonly #entries = new Map<string, Sent>();
  /** The latest date of what was sent in earlier runs; undefined where nothing was. */
  readonly #latestMs: number | undefined;
  /** What the server said of the document, when all of it had been sent under the same settings. */
  validators: Validators = {};
  /** What the source was first said to be: it stays that, or all of its entries would be others. */
  source: string | undefined;
  /** Where the source said that it had moved to. */
  movedTo: string | undefined;

  /**
   * @param settings all that decides what becomes of a document: under others an unchanged document gives other messages.
   * @param memory as `toString` gave it; one that cannot be read counts as none, and everything is sent once more.
   */
  constructor(settings: unknown, memory: string | undefined) {
    this.#settings = digestOf([FORMAT, settings]);
    const document = readMemory(memory);
    for (const [key, digest, last, name, note] of document?.entries ?? []) {
      this.#entries.set(key, { digest, lastMs: Number.parseInt(last, 36), name, note });
    }
    const dates = [...this.#entries.values()].map(({ lastMs }) => lastMs);
    this.#latestMs = dates.length === 0 ? undefined : dates.reduce((a, b) => Math.max(a, b));
    this.source = document?.source;
    this.movedTo = document?.movedTo;
    if (document?.settings !== this.#settings) return;
    const { etag, lastModified } = document;
    this.validators = { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
  }

  *notes(): Generator<string> {
    for (const { note } of this.#entries.values()) if (note !== undefined) yield note;
  }

  /** Whether an entry was sent under this name before; undefined of one that never was sent. */
  wasNamed(key: string, name: Name): boolean | undefined {
    const sent = this.#entries.size === 0 ? undefined : this.#entries.get(digestOf(key));
    return sent === undefined ? undefined : sent.name === digestOf(name);
  }

  /** Whether anything was sent under this key. */
  knows(key: string): boolean {
    return this.#entries.size > 0 && this.#entries.has(digestOf(key));
  }

  /** Whether this message was sent, whatever its dates. */
  wasSent(key: string, message: CuratedMessage): boolean {
    return this.#entries.get(digestOf(key))?.digest === contentDigest(message);
  }

  /** An entry that is as it was sent. */
  seen(key: string, note: string | undefined): void {
    const sent = this.#entries.get(digestOf(key));
    if (sent !== undefined) this.#put(digestOf(key), { ...sent, note });
  }

  /**
   * The message as it has to be sent: with the dates it came with; or, where it is new or differs from what was sent, and is
   * not dated later than everything that was sent of the source, with a newer date. An entry may be where another one
   * was, and then it is there since now, whatever its own date.
   *
   * @returns undefined when it was sent already.
   */
  toSend<Message extends CuratedMessage>(
    key: string,
    message: Message,
    nowMs: number,
    note: string | undefined,
  ): Message | undefined {
    const sent = this.#entries.get(digestOf(key));
    if (sent?.digest === contentDigest(message)) {
      this.#put(digestOf(key), { ...sent, note });
      return undefined;
    }
    // What has no identity has no addresses that go from one to another: somebody wrote the messages, and their dates.
    const ofSource = this.source === undefined ? undefined : this.#latestMs;
    const latestMs = Math.max(ofSource ?? -Infinity, sent?.lastMs ?? -Infinity);
    if (epochMs(message.lastDateCurated) > latestMs) return message;
    return { ...message, lastDateCurated: timestampOf(Math.max(nowMs, latestMs + 1)) };
  }

  remember(key: string, message: CuratedMessage, name: Name | undefined, note: string | undefined): void {
    const lastMs = epochMs(message.lastDateCurated);
    this.#put(digestOf(key), {
      digest: contentDigest(message),
      lastMs,
      name: name === undefined ? '' : digestOf(name),
      note,
    });
  }

  /** Puts an entry behind all others, as the one that was seen last. */
  #put(key: string, sent: Sent): void {
    this.#entries.delete(key);
    this.#entries.set(key, sent);
  }

  toString(): string {
    const entries = [...this.#entries].slice(-MOST_ENTRIES);
    return JSON.stringify({
      settings: this.#settings,
      ...(this.source !== undefined && { source: this.source }),
      ...(this.movedTo !== undefined && { movedTo: this.movedTo }),
      ...this.validators,
      entries: entries.map(([key, { digest, lastMs, name, note }]) => {
        const entry = [key, digest, lastMs.toString(36), name] as const;
        return note === undefined ? [...entry] : [...entry, note];
      }),
    } satisfies z.output<typeof stored>);
  }
}

function readMemory(memory: string | undefined): z.output<typeof stored> | undefined {
  try {
    return stored.parse(JSON.parse(memory ?? 'null'));
  } catch {
    return undefined;
  }
}

/** Of what has an identity in its source, an address in which only a token differs is the same. */
function contentDigest(message: CuratedMessage): string {
  const url = message.sourceId === undefined ? null : URL.parse(message.mediaUri);
  const mediaUri = url && isWeb(url) ? withoutTokens(url) : message.mediaUri;
  return digestOf({ ...message, mediaUri, initialDateCurated: '', lastDateCurated: '' });
}

/** 72 bits: among a hundred thousand entries two are alike with a chance of one in a trillion. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 12);
}
