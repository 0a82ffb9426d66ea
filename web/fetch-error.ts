/**
 * Why a medium could not be had:
 * - `refused`: its address may not be asked (kind of address, private network, where it redirects to)
 * - `unreachable`: no connection, or it broke off too often
 * - `answer`: the server, or the file system for a file: URI, says no
 * - `too-big`, `too-slow`: a limit
 * - `local`: this machine's own trouble (disk full, folder not writable); nobody is to blame for the medium
 */
export type FetchErrorKind = 'refused' | 'unreachable' | 'answer' | 'too-big' | 'too-slow' | 'local';

/** A medium that could not be fetched. The message is for people and becomes the `failure` of a report. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly kind: FetchErrorKind;

  constructor(kind: FetchErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** An address as it may be shown: without credentials, and not endless. */
export function shownUri(uri: string): string {
  const shown = uri.replace(/^([a-z][a-z+.-]*:\/\/)[^/?#@]*@/i, '$1…@');
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}
