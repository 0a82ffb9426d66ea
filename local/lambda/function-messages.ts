/** What the runner sends to the process of a function. */
export interface Invoke {
  readonly requestId: string;
  readonly functionArn: string;
  /** The event, as JSON. */
  readonly event: string;
  /** When the invocation will be ended, in ms since 1970. */
  readonly deadlineMs: number;
  readonly traceId: string;
  readonly clientContext?: unknown;
}

/** How Lambda describes an error of a function. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What the process of a function answers. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly error: FunctionError }
  | { readonly kind: 'result'; readonly requestId: string; readonly payload: string; readonly memoryMb: number }
  | { readonly kind: 'failure'; readonly requestId: string; readonly error: FunctionError; readonly memoryMb: number };
