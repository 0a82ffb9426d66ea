/** Exit codes of the command line. */
export const EXIT = { success: 0, failure: 1, usage: 2 } as const;

/** A command could not do its job; the message says what to do, and is all that people see. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The command line asks for something that cannot be. */
export class BadUsage extends Error {
  override readonly name = 'BadUsage';
}
