/**
 * Why something could not be had from the web:
 * - `refused`: its address may not be asked (kind of address, private network, where it redirects to)
 * - `unreachable`: no connection, or it broke off too often
 * - `answer`: the server, or the file system for a file: URI, says no
 * - `too-big`, `too-slow`: a limit
 * - `local`: this machine's own trouble (disk full, folder not writable); nobody is to blame for what was fetched
 */
export type FetchErrorKind = 'refused' | 'unreachable' | 'answer' | 'too-big' | 'too-slow' | 'local';

/** What could not be fetched. The message is for people; of a medium it becomes the `failure` of a report. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly kind: FetchErrorKind;

  constructor(kind: FetchErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
