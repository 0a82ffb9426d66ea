import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FetchError } from './fetch-error.ts';
import type { FetchLimits } from './fetch-limits.ts';
import { localTrouble } from './local-trouble.ts';
import { networkReason, worthAnotherTry } from './network-reason.ts';
import { shownAddress } from './shown-address.ts';
import { type Validators, validatorsOf } from './validators.ts';
import { type AnswerHeaders, drop, type WebAnswer, type WebClient } from './web-client.ts';

export interface Begun {
  readonly bytes: number;
  readonly validators: Validators;
}

export interface DownloadOptions {
  readonly client: WebClient;
  readonly limits: FetchLimits;
  /** Of what is there already: the answer may be that it has not changed. */
  readonly known?: Validators;
  /** What an earlier download left at the path: taken up if the server says that it is the same file. */
  readonly begun?: Begun;
  /** Called when a download begins from its first byte, with what a later one needs to take it up. */
  readonly onBegin?: (validators: Validators) => Promise<void>;
  /** Called before the body is written, when its length is known. */
  readonly makeRoom?: (bytes: number) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
}

export type Downloaded =
  | { readonly unchanged: true }
  | ({ readonly unchanged: false; readonly bytes: number } & Validators);

/**
 * Downloads one file over http or https. A connection that breaks off is taken up where it ended, if the server says
 * that the file is still the same (Range with If-Range), else from the beginning.
 *
 * @param path written anew, unless something was begun; what is there afterwards is whole, or an error was thrown.
 * @throws FetchError that names the address and what was wrong, or the reason of the signal.
 */
export async function download(url: URL, path: string, options: DownloadOptions): Promise<Downloaded> {
  const { limits, signal } = options;
  const timeout = AbortSignal.timeout(limits.maximumMs);
  const ended = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const run = new Download(url, options, ended);
  try {
    return await run.into(path);
  } catch (error) {
    signal?.throwIfAborted();
    const where = `${shownAddress(url.href)} cannot be fetched`;
    if (timeout.aborted) {
      const reason = `it was not complete after ${limits.maximumMs / 1_000} s (${run.received} bytes came)`;
      throw new FetchError('too-slow', `${where}: ${reason}`, { cause: error });
    }
    if (error instanceof FetchError) throw new FetchError(error.kind, `${where}: ${error.message}`, { cause: error });
    throw new FetchError('unreachable', `${where}: ${networkReason(error, limits.idleMs)}`, { cause: error });
  }
}

/** Tried again: the server is busy, or says that it has trouble of its own. */
class Busy extends Error {
  override readonly name = 'Busy';
  /** It asks to be left alone for so long. */
  readonly pauseMs: number;

  constructor(message: string, pauseMs = 0) {
    super(message);
    this.pauseMs = pauseMs;
  }
}

class Download {
  received = 0;
  readonly #url: URL;
  readonly #options: DownloadOptions;
  readonly #signal: AbortSignal;
  /** Of the bytes received so far. */
  #validators: Validators = {};
  #total: number | undefined;

  constructor(url: URL, options: DownloadOptions, signal: AbortSignal) {
    this.#url = url;
    this.#options = options;
    this.#signal = signal;
    this.received = options.begun?.bytes ?? 0;
    this.#validators = options.begun?.validators ?? {};
  }

  async into(path: string): Promise<Downloaded> {
    const { limits, begun } = this.#options;
    const file = await open(path, begun ? 'r+' : 'w').catch(localTrouble);
    try {
      let most = this.received;
      for (let attempt = 1, fruitless = 0; ; attempt++) {
        try {
          return await this.#attempt(file);
        } catch (error) {
          fruitless = this.received > most ? 0 : fruitless + 1;
          most = Math.max(most, this.received);
          const hopeless = fruitless >= limits.fruitlessTries || attempt >= limits.tries || !worthAnotherTry(error);
          const asked = error instanceof Busy ? error.pauseMs : 0;
          if (hopeless || asked > limits.longestPauseMs || this.#signal.aborted) throw error;
          const pause = Math.max(asked, limits.firstPauseMs * 2 ** Math.max(0, fruitless - 1));
          await sleep(pause, undefined, { signal: this.#signal });
        }
      }
    } finally {
      await file.close();
    }
  }

  async #attempt(file: FileHandle): Promise<Downloaded> {
    const answer = await this.#options.client.get(this.#url, { headers: this.#headers(), signal: this.#signal });
    try {
      if (answer.status === 304 && this.received === 0 && this.#options.known) return { unchanged: true };
      await this.#begin(answer, file);
      await this.#read(answer, file);
      return { unchanged: false, bytes: this.received, ...this.#validators };
    } finally {
      drop(answer);
    }
  }

  #headers(): Record<string, string> {
    // Compressed on the way, the bytes could be neither counted nor taken up where they ended.
    const headers = { accept: 'audio/*, */*;q=0.5', 'accept-encoding': 'identity' };
    const { etag, lastModified } = this.#validators;
    const same = etag?.startsWith('W/') ? lastModified : (etag ?? lastModified);
    if (this.received > 0 && same !== undefined) {
      return { ...headers, range: `bytes=${this.received}-`, 'if-range': same };
    }
    const { known } = this.#options;
    return {
      ...headers,
      ...(known?.etag !== undefined && { 'if-none-match': known.etag }),
      ...(known?.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
    };
  }

  /** Decides where the body of the answer belongs. */
  async #begin({ status, statusText, headers }: WebAnswer, file: FileHandle): Promise<void> {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
    const total = range && range[2] !== '*' ? Number(range[2]) : undefined;
    if (status === 206 && this.received > 0 && Number(range?.[1]) === this.received) {
      if (this.#isSame(headers, total)) {
        this.#total = total ?? this.#total;
        this.#assertFits(this.#total ?? 0);
        return;
      }
    }
    const resumed = this.received > 0;
    await file.truncate(0).catch(localTrouble);
    this.received = 0;
    this.#validators = {};
    this.#total = undefined;
    const answered = `the server answered ${status} ${statusText}`.trimEnd();
    if (status === 408 || status === 429 || status >= 500) {
      throw new Busy(answered, retryAfterMs(headers['retry-after'], Date.now()));
    }
    if (status === 416 || status === 206) {
      if (resumed) throw new Busy(answered);
      throw new FetchError('answer', answered);
    }
    if (status !== 200) throw new FetchError('answer', answered);
    if (isCompressed(headers)) {
      throw new FetchError('answer', `the server compresses it (${headers['content-encoding']}), unasked`);
    }
    this.#validators = validatorsOf(headers);
    await this.#options.onBegin?.(this.#validators);
    const length = headers['content-length'];
    if (length === undefined) return;
    this.#total = Number(length);
    this.#assertFits(this.#total);
    await this.#options.makeRoom?.(this.#total);
  }

  async #read({ body }: WebAnswer, file: FileHandle): Promise<void> {
    const { limits, onProgress } = this.#options;
    let windowFrom = performance.now();
    let windowBytes = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      this.#assertFits(this.received + piece.length);
      await writeWhole(file, piece, this.received).catch(localTrouble);
      this.received += piece.length;
      windowBytes += piece.length;
      onProgress?.(this.received, this.#total);
      const elapsed = performance.now() - windowFrom;
      if (elapsed < limits.slowWindowMs) continue;
      const speed = windowBytes / (elapsed / 1_000);
      if (speed < limits.minimumSpeed) {
        const wanted = `at least ${limits.minimumSpeed} are expected`;
        throw new FetchError('too-slow', `only ${Math.round(speed)} bytes a second came (${wanted})`);
      }
      windowFrom = performance.now();
      windowBytes = 0;
    }
    if (this.#total === undefined || this.received === this.#total) return;
    if (this.received < this.#total) {
      throw new Busy(`the connection ended after ${this.received} of ${this.#total} bytes`);
    }
    const came = this.received;
    this.received = 0;
    this.#validators = {};
    throw new Busy(`${came} bytes came of a file that was to have ${this.#total}`);
  }

  /** Whether a part is one of the file that was begun, whatever the server made of If-Range. */
  #isSame(headers: AnswerHeaders, total: number | undefined): boolean {
    const { etag, lastModified } = this.#validators;
    const differs = (known: string | undefined, told: string | undefined) =>
      known !== undefined && told !== undefined && known !== told;
    return !(
      isCompressed(headers) ||
      differs(etag, headers.etag) ||
      differs(lastModified, headers['last-modified']) ||
      (total !== undefined && this.#total !== undefined && total !== this.#total)
    );
  }

  #assertFits(bytes: number): void {
    const { maximumBytes } = this.#options.limits;
    if (bytes <= maximumBytes) return;
    throw new FetchError(
      'too-big',
      `it has ${this.#total ?? `more than ${maximumBytes}`} bytes; at most ${maximumBytes} are fetched`,
    );
  }
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(header: string | undefined, now: number): number {
  const text = header?.trim() ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return ms > 0 ? ms : 0;
}

const isCompressed = (headers: AnswerHeaders): boolean =>
  !['', 'identity'].includes((headers['content-encoding'] ?? '').trim().toLowerCase());

/** A nearly full disk takes a part without an error. */
async function writeWhole(file: FileHandle, piece: Buffer, position: number): Promise<void> {
  for (let written = 0; written < piece.length; ) {
    const { bytesWritten } = await file.write(piece, written, piece.length - written, position + written);
    written += bytesWritten;
  }
}
