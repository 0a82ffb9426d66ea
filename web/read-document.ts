import { Blocks } from './blocks.ts';
import { hasCredentials, withoutCredentials } from './credentials.ts';
import { ACCEPTED_ENCODINGS, decodedBody } from './decoded-body.ts';
import { FetchError } from './fetch-error.ts';
import { networkReason } from './network-reason.ts';
import { conditionalOn, type Validators, validatorsOf } from './validators.ts';
import { drop, type WebAnswer, type WebClient } from './web-client.ts';

export interface DocumentRequest {
  readonly client: WebClient;
  /** What is wanted, as an Accept header says it. */
  readonly accept: string;
  /** After decompression: what memory has to hold. */
  readonly maximumBytes: number;
  /** From the request to the last byte: an endless body ends here, or at its size. */
  readonly maximumMs: number;
  /** Whose credentials are sent to its origin, and nowhere else. */
  readonly credentialsOf: URL;
  /** Of what is known already: the answer may be that it has not changed. */
  readonly known?: Validators;
  readonly signal?: AbortSignal;
}

export type Document =
  | {
      readonly unchanged: true;
      /** How long it is worth not asking again, as the server says; '' when it does not. */
      readonly cacheControl: string;
    }
  | {
      readonly unchanged: false;
      /** In blocks of their own, which may be given back one by one. */
      readonly bytes: readonly Uint8Array<ArrayBuffer>[];
      /** Where it came from after redirects, without credentials: what relative links refer to. */
      readonly url: URL;
      /** Where it has moved to for good. */
      readonly movedTo?: URL;
      readonly contentType: string;
      readonly cacheControl: string;
      readonly validators: Validators;
    };

/**
 * One document over http or https, held in memory: bounded in size, time and redirects.
 * @throws FetchError that says what was wrong, without the address; or the reason of the signal.
 */
export async function readDocument(url: URL, request: DocumentRequest): Promise<Document> {
  const { client, accept, maximumMs, credentialsOf, known = {}, signal } = request;
  const timeout = AbortSignal.timeout(maximumMs);
  const ended = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const headers = { accept, 'accept-encoding': ACCEPTED_ENCODINGS, ...conditionalOn(known) };
  try {
    const answer = await client.get(url, { headers, signal: ended, credentialsOf });
    try {
      return await documentOf(answer, request);
    } finally {
      drop(answer);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) {
      throw new FetchError('too-slow', `no complete answer within ${maximumMs / 1_000} s`, { cause: error });
    }
    if (error instanceof FetchError) throw error;
    throw new FetchError('unreachable', networkReason(error), { cause: error });
  }
}

async function documentOf(answer: WebAnswer, request: DocumentRequest): Promise<Document> {
  const { status, statusText, url, movedTo, headers } = answer;
  const { etag, lastModified } = request.known ?? {};
  const cacheControl = headers['cache-control'] ?? '';
  if (status === 304 && (etag ?? lastModified) !== undefined) return { unchanged: true, cacheControl };
  if (status !== 200) {
    const answered = `the server answered ${status} ${statusText}`.trimEnd();
    throw new FetchError('answer', `${answered}${status === 401 ? whyWithout(url, request.credentialsOf) : ''}`);
  }
  return {
    unchanged: false,
    bytes: await boundedBody(answer, request.maximumBytes),
    url,
    ...(movedTo && { movedTo: withoutCredentials(movedTo) }),
    contentType: headers['content-type'] ?? '',
    cacheControl,
    validators: validatorsOf(headers),
  };
}

function whyWithout(url: URL, owner: URL): string {
  const kept = hasCredentials(owner) && url.origin !== owner.origin;
  return kept ? `; the credentials for ${owner.origin} were not sent to ${url.origin}` : '';
}

async function boundedBody(answer: WebAnswer, maximumBytes: number): Promise<Uint8Array<ArrayBuffer>[]> {
  const blocks = new Blocks();
  let bytes = 0;
  for await (const part of decodedBody(answer) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maximumBytes) {
      throw new FetchError('too-big', `it has more than ${maximumBytes} bytes, the most that are read`);
    }
    blocks.add(part);
  }
  return blocks.all();
}
