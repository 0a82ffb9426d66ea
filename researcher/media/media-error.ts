/** Whose audio it is; decided by the caller, who knows why the file was opened. */
export type MediaSubject = 'clip' | 'episode';

/**
 * Audio that cannot be researched: unreadable, of no format known here, broken, too short.
 * The message is for people and says what was found; it becomes the `failure` of a result.
 */
export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly subject: MediaSubject | undefined;

  constructor(message: string, subject?: MediaSubject, options?: ErrorOptions) {
    super(message, options);
    this.subject = subject;
  }

  /** The same failure, laid at the door of a clip or an episode. */
  static about(subject: MediaSubject, error: unknown): MediaError {
    if (error instanceof MediaError) return error.subject ? error : new MediaError(error.message, subject);
    return new MediaError(error instanceof Error ? error.message : String(error), subject, { cause: error });
  }
}

/** Audio that is understood and too long: no other decoder would make it shorter. */
export class TooLongError extends MediaError {}
