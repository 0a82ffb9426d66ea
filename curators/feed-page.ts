import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BLOCK_BYTES } from '../web/blocks.ts';
import { withoutCredentials } from '../web/credentials.ts';
import { readDocument } from '../web/read-document.ts';
import { isWeb } from '../web/redirect.ts';
import { shownAddress } from '../web/shown-address.ts';
import type { Validators } from '../web/validators.ts';
import type { WebClient } from '../web/web-client.ts';
import { SourceUnusable } from './curated.ts';
import type { CurationLimits } from './curation-limits.ts';
import { type DocumentText, documentText } from './document-text.ts';
import { feedDateMs } from './feed-date.ts';
import { explained } from './file-error.ts';
import type { SaidOfPace } from './pace.ts';

export interface PageRequest {
  readonly validators: Validators;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

export interface Page {
  readonly unchanged: false;
  readonly document: DocumentText;
  /** Where it came from after redirects, without credentials. */
  readonly url: URL;
  /** Where it has moved to for good. */
  readonly movedTo?: URL;
  readonly modifiedMs: number | undefined;
  readonly validators: Validators;
}

export type LoadPage = (url: URL, request: PageRequest) => Promise<Page | { readonly unchanged: true }>;

export interface PageWeb {
  /** Hears what came of each page, and how long it is worth not asking again. */
  readonly onPage?: ((said: SaidOfPace) => void) | undefined;
  readonly client: WebClient;
  readonly limits: CurationLimits;
  /** What the user named: the credentials in it go to its origin and nowhere else. */
  readonly userAddress: URL;
}

const ACCEPTED = 'application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5';

/** Pages from the web or from files, by their address. @throws SourceUnusable when one cannot be read. */
export function pageLoader({ client, limits, userAddress, onPage }: PageWeb): LoadPage {
  return async (url, { validators, signal, maxBytes }) => {
    if (!isWeb(url)) return filePage(url, maxBytes);
    const document = await readDocument(withoutCredentials(url), {
      client,
      accept: ACCEPTED,
      maximumBytes: maxBytes,
      maximumMs: limits.documentTimeMs,
      credentialsOf: userAddress,
      known: validators,
      signal,
    }).catch((error: unknown) => {
      throw new SourceUnusable(`${shownAddress(url.href)} cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    });
    if (document.unchanged) {
      onPage?.({ cacheControl: document.cacheControl });
      return { unchanged: true };
    }
    const { bytes, contentType } = document;
    const text = named(shownAddress(document.url.href), () => documentText(bytes, contentType, maxBytes));
    onPage?.({ cacheControl: document.cacheControl, text: beginningOf(text) });
    return {
      unchanged: false,
      document: text,
      url: document.url,
      ...(document.movedTo && { movedTo: document.movedTo }),
      modifiedMs: feedDateMs(document.validators.lastModified),
      validators: document.validators,
    };
  };
}

/** The first piece: what a feed says of its pace stands there. */
const beginningOf = (document: DocumentText): string => document.pieces().next().value ?? '';

async function filePage(url: URL, maxBytes: number): Promise<Page> {
  const path = fileURLToPath(url);
  const file = await open(path).catch((error: unknown) => {
    throw explained(path, error);
  });
  try {
    const { size, mtimeMs } = await file.stat();
    if (size > maxBytes) throw new SourceUnusable(`${path} has ${size} bytes, but at most ${maxBytes} are read`);
    const blocks = await blocksOf(file);
    const document = named(path, () => documentText(blocks, '', maxBytes));
    return { unchanged: false, document, url, modifiedMs: Math.floor(mtimeMs), validators: {} };
  } finally {
    await file.close();
  }
}

/** Read into blocks of their own: those of a stream would stay beside them for long. */
async function blocksOf(file: FileHandle): Promise<Uint8Array<ArrayBuffer>[]> {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const block = new Uint8Array(BLOCK_BYTES);
    const { bytesRead } = await file.read(block);
    if (bytesRead === 0) return blocks;
    blocks.push(block.subarray(0, bytesRead));
  }
}

function named<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SourceUnusable)) throw error;
    throw new SourceUnusable(`${where} cannot be read: ${error.message}`, { cause: error.cause });
  }
}
