import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SourceUnusable, type Validators } from './curated.ts';
import { documentText } from './document-text.ts';
import { type DownloadOptions, download, isWeb, shownUrl } from './download.ts';
import { feedDateMs } from './feed-date.ts';
import { explained } from './file-error.ts';

export interface PageRequest {
  readonly validators: Validators;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

export interface Page {
  readonly unchanged: false;
  readonly text: string;
  /** Where it came from after redirects, without credentials. */
  readonly url: URL;
  /** Characters, which is what memory has to hold. */
  readonly size: number;
  readonly modifiedMs: number | undefined;
  readonly validators: Validators;
}

export type LoadPage = (url: URL, request: PageRequest) => Promise<Page | { readonly unchanged: true }>;

/** Pages from the web or from files, by their address. @throws SourceUnusable when one cannot be read. */
export function pageLoader(web: Omit<DownloadOptions, 'validators' | 'signal'>): LoadPage {
  return async (url, { validators, signal, maxBytes }) => {
    if (!isWeb(url)) return filePage(url, maxBytes);
    const limits = { ...web.limits, maxDocumentBytes: maxBytes };
    const downloaded = await download(url, { ...web, limits, validators, signal });
    if (downloaded.unchanged) return downloaded;
    const { bytes, contentType } = downloaded;
    const text = named(downloaded.url.href, () => documentText(bytes, contentType, maxBytes));
    return {
      unchanged: false,
      text,
      url: downloaded.url,
      size: text.length,
      modifiedMs: feedDateMs(downloaded.validators.lastModified),
      validators: downloaded.validators,
    };
  };
}

async function filePage(url: URL, maxBytes: number): Promise<Page> {
  const path = fileURLToPath(url);
  const file = await open(path).catch((error: unknown) => {
    throw explained(path, error);
  });
  try {
    const { size, mtimeMs } = await file.stat();
    if (size > maxBytes) throw new SourceUnusable(`${path} has ${size} bytes, but at most ${maxBytes} are read`);
    const bytes = new Uint8Array(await file.readFile());
    const text = named(path, () => documentText(bytes, '', maxBytes));
    return { unchanged: false, text, url, size: text.length, modifiedMs: Math.floor(mtimeMs), validators: {} };
  } finally {
    await file.close();
  }
}

function named<T>(address: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SourceUnusable)) throw error;
    throw new SourceUnusable(`${shownUrl(address)} cannot be read: ${error.message}`, { cause: error.cause });
  }
}
