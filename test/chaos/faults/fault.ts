/** What a proxy does to one call. Nobody but the proxy knows which. */
export const FAULTS = [
  'delayed before',
  'delayed after',
  'dropped before',
  'dropped after',
  'throttled',
  'failed before',
  'failed after',
  'partial',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The two services that are behind proxies. */
export type Service = 'sqs' | 'dynamodb';

/** A call as it came, and what is known of it. */
export interface Call {
  readonly service: Service;
  /** Of the header X-Amz-Target, as `ReceiveMessage`. */
  readonly operation: string;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}
