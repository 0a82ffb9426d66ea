import { FetchError } from './fetch-error.ts';

const HOPELESS =
  /^(ENOTFOUND|HPE_|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_INVALID|UND_ERR_HEADERS_OVERFLOW)/;

/** Whether a connection that failed so may succeed in a moment. */
export function worthAnotherTry(error: unknown): boolean {
  return !(error instanceof FetchError) && !HOPELESS.test((error as NodeJS.ErrnoException).code ?? '');
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'names cannot be resolved at the moment',
  ECONNREFUSED: 'the host refuses the connection',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ETIMEDOUT: 'the host does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  UND_ERR_SOCKET: 'the connection broke off',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer',
  UND_ERR_HEADERS_OVERFLOW: 'the head of its answer is too big',
};

const SILENT: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** @param idleMs how long the connection might be silent, if there was a limit. */
export function networkReason(error: unknown, idleMs = 0): string {
  // Both families of addresses were tried.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code = '', message } = first as NodeJS.ErrnoException;
  if (SILENT.has(code)) return `no data came for ${idleMs / 1_000} s`;
  return WORDS[code] ?? (message || String(first));
}
